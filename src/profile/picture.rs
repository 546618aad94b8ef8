//! Pictures: decoded, cut to a square, made small and written anew, so that nothing of the file that was uploaded is
//! kept: no metadata, no place where it was taken, nothing that only looks like a picture (OWASP File Upload).

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageError, ImageFormat, ImageReader,
    Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops,
};

/// Width and height of a stored picture.
pub(super) const SIDE: u32 = 256;
const QUALITY: u8 = 85;
/// Longest side and most pixels that are decoded: a phone's photo fits, a bomb does not.
const SIDE_MAX: u32 = 16_384;
const PIXELS_MAX: u64 = 40_000_000;
/// Most memory that a picture may take, decoded.
const MEMORY_MAX: u64 = PIXELS_MAX * 4;

/// Why a file is no picture that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureProblem {
    /// It is neither PNG, JPEG nor WebP, whatever it says it is.
    Unknown,
    /// It begins like one and cannot be read to its end.
    Broken,
    /// It has more pixels than we decode.
    TooManyPixels,
}

/// A JPEG of [`SIDE`] × [`SIDE`] without metadata, made of a PNG, JPEG or WebP.
pub(super) fn make(file: &[u8]) -> Result<Vec<u8>, PictureProblem> {
    let format = image::guess_format(file).map_err(|_| PictureProblem::Unknown)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(PictureProblem::Unknown);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(problem)?;
    let (width, height) = decoder.dimensions();
    // Before a single pixel is decoded.
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_MAX || decoder.total_bytes() > MEMORY_MAX {
        return Err(PictureProblem::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    let mut square = DynamicImage::ImageRgba8(cut(&picture));
    // Cameras write down how they were held instead of turning the picture.
    square.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&on_white(&square))
        .map_err(|_| PictureProblem::Broken)?;
    Ok(jpeg)
}

fn problem(error: ImageError) -> PictureProblem {
    match error {
        ImageError::Limits(_) => PictureProblem::TooManyPixels,
        ImageError::Unsupported(_) => PictureProblem::Unknown,
        _ => PictureProblem::Broken,
    }
}

/// The square in the middle, made small.
fn cut(picture: &DynamicImage) -> image::RgbaImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height).max(1);
    let middle = imageops::crop_imm(picture, (width - side) / 2, (height - side) / 2, side, side);
    if side > SIDE {
        imageops::thumbnail(&*middle, SIDE, SIDE)
    } else {
        imageops::resize(&*middle, SIDE, SIDE, imageops::FilterType::CatmullRom)
    }
}

/// JPEG knows no transparency: what shows through is white.
fn on_white(square: &DynamicImage) -> RgbImage {
    let rgba = square.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let image::Rgba([red, green, blue, alpha]) = *rgba.get_pixel(x, y);
        let over = |part: u8| {
            let (part, alpha) = (u32::from(part), u32::from(alpha));
            u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}
