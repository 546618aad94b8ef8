//! Pictures: decoded, scaled down and encoded anew, so that nothing of the uploaded file is kept: no metadata, no
//! location, nothing that only looks like a picture (OWASP File Upload).

use std::{io::Cursor, time::Duration};

use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageError, ImageFormat, ImageReader,
    Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops,
};

use strum::{AsRefStr, VariantArray};

use crate::{
    domain::{client::Client, ids::AccountId},
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
    state::AppState,
};

/// How long an uploaded picture waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
const QUALITY: u8 = 85;
/// Longest side and most pixels that are decoded: a phone's photo fits, a decompression bomb does not.
const SIDE_MAX: u32 = 16_384;
const PIXELS_MAX: u64 = 40_000_000;
/// Most memory that a decoded picture may take.
const MEMORY_MAX: u64 = PIXELS_MAX * 4;

/// Why a file is not accepted as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "picture_", serialize_all = "snake_case")]
pub enum PictureProblem {
    /// It is neither PNG, JPEG nor WebP, whatever it claims to be.
    Unknown,
    /// It begins like one and cannot be read to its end.
    Broken,
    /// It has more pixels than are decoded.
    TooManyPixels,
    /// It has more bytes than the form accepts.
    TooLarge,
    /// It is empty.
    Empty,
}

impl FormError for PictureProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Unknown => t::picture_unknown(locale),
            Self::Broken => t::picture_broken(locale),
            Self::TooManyPixels => t::picture_too_many_pixels(locale),
            Self::TooLarge => t::picture_too_large(locale),
            Self::Empty => t::picture_empty(locale),
        };
        text.to_owned()
    }
}

/// How a picture is transformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Cropped to the square in the middle, of exactly this many pixels a side.
    Square(u32),
    /// Not cropped, its longer side at most this many pixels.
    Within(u32),
}

/// A picture that was encoded anew.
pub struct Drawn {
    /// JPEG without metadata.
    pub jpeg: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Who uploads a picture: those who upload many wait for each other, and others do not wait for them.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// Where the request comes from.
    pub client: &'a Client,
    /// The account that is signed in, if any.
    pub account: Option<&'a AccountId>,
}

/// Too many pictures are waiting.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many pictures wait")]
pub struct Busy;

/// Encodes a PNG, JPEG or WebP anew. One picture at a time: a large one takes more memory than everything else
/// together.
///
/// # Errors
/// [`Busy`]; within, [`PictureProblem`].
pub async fn redraw(
    state: &AppState,
    file: Vec<u8>,
    shape: Shape,
    whose: Whose<'_>,
) -> Result<Result<Drawn, PictureProblem>, Busy> {
    let who = whose.account.map_or("", AccountId::as_str);
    let turn = state.pictures.take(&whose.client.network, who, PATIENCE).await.ok_or(Busy)?;
    let drawn = tokio::task::spawn_blocking(move || {
        // The turn ends with the work, even if the browser disconnects before.
        let _turn = turn;
        draw(&file, shape)
    });
    // A decoder that panics has met a file that is not a valid picture.
    Ok(drawn.await.unwrap_or(Err(PictureProblem::Broken)))
}

fn draw(file: &[u8], shape: Shape) -> Result<Drawn, PictureProblem> {
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
    // Decoders fill a missing end with grey, or leave it empty.
    if !is_whole(file, format) {
        return Err(PictureProblem::Broken);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    let mut small = match shape {
        Shape::Square(side) => DynamicImage::ImageRgba8(cut(&picture, side)),
        Shape::Within(side) if width.max(height) > side => picture.thumbnail(side, side),
        Shape::Within(_) => picture,
    };
    // Cameras record how they were held instead of rotating the picture.
    small.apply_orientation(orientation);
    let small = on_white(&small);
    let (width, height) = small.dimensions();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&small)
        .map_err(|_| PictureProblem::Broken)?;
    Ok(Drawn { jpeg, width, height })
}

/// Returns whether a file reaches the end that its format marks. What follows that end (cameras append a video, or a
/// second picture) is not part of the picture.
fn is_whole(file: &[u8], format: ImageFormat) -> bool {
    let whole = match format {
        ImageFormat::Jpeg => jpeg_ends(file),
        ImageFormat::Png => png_ends(file),
        ImageFormat::WebP => webp_ends(file),
        _ => None,
    };
    whole.is_some()
}

/// Checks for the end of a JPEG (ITU-T T.81, annex B): segments state their length; after a start of scan, data goes up
/// to the next marker.
fn jpeg_ends(file: &[u8]) -> Option<()> {
    let mut rest = file.strip_prefix(&[0xff, 0xd8])?;
    loop {
        // A marker is one byte after 0xFF, any number of them; what comes before it is skipped, as decoders do.
        rest = rest.get(rest.iter().position(|byte| *byte == 0xff)?..)?;
        let (marker, behind) =
            rest.get(rest.iter().position(|byte| *byte != 0xff)?..)?.split_first()?;
        rest = match marker {
            // End of image.
            0xd9 => return Some(()),
            // These have no length.
            0 | 0x01 | 0xd0..=0xd8 => behind,
            _ => behind.get(usize::from(u16::from_be_bytes(*behind.first_chunk()?))..)?,
        };
        // Start of scan.
        if *marker == 0xda {
            rest = rest.get(scan_length(rest)?..)?;
        }
    }
}

/// Returns the length of the data of a scan. In it 0xFF is followed by 0 when it means itself, and by 0xD0 to 0xD7 for
/// a restart.
fn scan_length(data: &[u8]) -> Option<usize> {
    data.windows(2).position(
        |pair| matches!(pair, [0xff, marker] if !matches!(marker, 0 | 0xd0..=0xd7 | 0xff)),
    )
}

/// Checks for the end of a PNG (PNG 3, section 5): chunks of a length, a type, the data and a checksum.
fn png_ends(file: &[u8]) -> Option<()> {
    let mut rest = file.get(8..)?;
    loop {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let (kind, behind) = behind.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        rest = behind.get(length.checked_add(4)?..)?;
        if kind == b"IEND" {
            return Some(());
        }
    }
}

/// Checks for the end of a WebP (RFC 9649, section 2.4): the file states its length.
fn webp_ends(file: &[u8]) -> Option<()> {
    let length = u32::from_le_bytes(*file.get(4..)?.first_chunk()?);
    file.get(8..)?.get(..usize::try_from(length).ok()?).map(drop)
}

fn problem(error: ImageError) -> PictureProblem {
    match error {
        ImageError::Limits(_) => PictureProblem::TooManyPixels,
        ImageError::Unsupported(_) => PictureProblem::Unknown,
        _ => PictureProblem::Broken,
    }
}

/// Crops to the square in the middle and scales it.
fn cut(picture: &DynamicImage, to: u32) -> image::RgbaImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height).max(1);
    let middle = imageops::crop_imm(picture, (width - side) / 2, (height - side) / 2, side, side);
    if side > to {
        imageops::thumbnail(&*middle, to, to)
    } else {
        imageops::resize(&*middle, to, to, imageops::FilterType::CatmullRom)
    }
}

/// Puts a picture on white, because JPEG has no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let image::Rgba([red, green, blue, alpha]) = *rgba.get_pixel(x, y);
        let over = |part: u8| {
            let (part, alpha) = (u32::from(part), u32::from(alpha));
            u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}
