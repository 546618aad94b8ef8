//! Pictures: decoded, made small and written anew, so that nothing of the file that was uploaded is kept: no
//! metadata, no place where it was taken, nothing that only looks like a picture (OWASP File Upload).

use std::{io::Cursor, time::Duration};

use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageError, ImageFormat, ImageReader,
    Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops,
};

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
    server::{app::AppState, client::Client},
};

/// How long an uploaded picture waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
const QUALITY: u8 = 85;
/// Longest side and most pixels that are decoded: a phone's photo fits, a bomb does not.
const SIDE_MAX: u32 = 16_384;
const PIXELS_MAX: u64 = 40_000_000;
/// Most memory that a picture may take, decoded.
const MEMORY_MAX: u64 = PIXELS_MAX * 4;

/// Why a file is no picture that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "picture_", serialize_all = "snake_case")]
pub enum PictureProblem {
    /// It is neither PNG, JPEG nor WebP, whatever it says it is.
    Unknown,
    /// It begins like one and cannot be read to its end.
    Broken,
    /// It has more pixels than we decode.
    TooManyPixels,
    /// It has more bytes than the form takes.
    TooLarge,
    /// It has none.
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

/// What becomes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Cut to the square in the middle, of exactly this many pixels a side.
    Square(u32),
    /// As it is, its longer side at most this many pixels.
    Within(u32),
}

/// A picture that we drew.
pub struct Drawn {
    /// JPEG without metadata.
    pub jpeg: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Who brings a picture: those who bring many wait for each other, and not others for them.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// From where.
    pub client: &'a Client,
    /// Whoever is signed in.
    pub account: Option<&'a str>,
}

/// Too many pictures wait.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many pictures wait")]
pub struct Busy;

/// Draws a PNG, JPEG or WebP anew. One picture at a time: a large one takes more memory than everything else
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
    let who = whose.account.unwrap_or_default();
    let turn = state.pictures.take(&whose.client.network, who, PATIENCE).await.ok_or(Busy)?;
    let drawn = tokio::task::spawn_blocking(move || {
        // The turn ends with the work, even if the browser hangs up before.
        let _turn = turn;
        draw(&file, shape)
    });
    // A decoder that panics has met a file that is no picture.
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
    // Decoders fill what is missing at the end with grey, or leave it empty.
    if !is_whole(file, format) {
        return Err(PictureProblem::Broken);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    let mut small = match shape {
        Shape::Square(side) => DynamicImage::ImageRgba8(cut(&picture, side)),
        Shape::Within(side) if width.max(height) > side => picture.thumbnail(side, side),
        Shape::Within(_) => picture,
    };
    // Cameras write down how they were held instead of turning the picture.
    small.apply_orientation(orientation);
    let small = on_white(&small);
    let (width, height) = small.dimensions();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&small)
        .map_err(|_| PictureProblem::Broken)?;
    Ok(Drawn { jpeg, width, height })
}

/// Whether a file goes on to the end that its format marks. What comes behind that (cameras append a film, or a
/// second picture) is none of the picture.
fn is_whole(file: &[u8], format: ImageFormat) -> bool {
    let whole = match format {
        ImageFormat::Jpeg => jpeg_ends(file),
        ImageFormat::Png => png_ends(file),
        ImageFormat::WebP => webp_ends(file),
        _ => None,
    };
    whole.is_some()
}

/// ITU-T T.81, annex B: segments that say how long they are; behind a start of scan, data up to the next marker.
fn jpeg_ends(file: &[u8]) -> Option<()> {
    let mut rest = file.strip_prefix(&[0xff, 0xd8])?;
    loop {
        // A marker is one byte behind 0xFF, any number of them; what stands before it is passed over, as decoders do.
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

/// How long the data of a scan is. In it 0xFF stands before 0 for itself, and before 0xD0 to 0xD7 for a new start.
fn scan_length(data: &[u8]) -> Option<usize> {
    data.windows(2).position(
        |pair| matches!(pair, [0xff, marker] if !matches!(marker, 0 | 0xd0..=0xd7 | 0xff)),
    )
}

/// PNG 3, section 5: chunks of a length, a type, the data and a sum.
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

/// RFC 9649, section 2.4: the file says how long it is.
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

/// The square in the middle, made small.
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

/// JPEG knows no transparency: what shows through is white.
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
