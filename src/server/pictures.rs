//! Pictures: decoded, made small and written anew, so that nothing of the file that was uploaded is kept: no
//! metadata, no place where it was taken, nothing that only looks like a picture (OWASP File Upload).

use std::{io::Cursor, time::Duration};

use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageError, ImageFormat, ImageReader,
    Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops,
};

use crate::{
    error::Kind,
    server::{app::App, client::Client},
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureProblem {
    /// It is neither PNG, JPEG nor WebP, whatever it says it is.
    Unknown,
    /// It begins like one and cannot be read to its end.
    Broken,
    /// It has more pixels than we decode.
    TooManyPixels,
}

impl From<PictureProblem> for Kind {
    fn from(problem: PictureProblem) -> Self {
        match problem {
            PictureProblem::Unknown => Self::PictureUnknown,
            PictureProblem::Broken => Self::PictureBroken,
            PictureProblem::TooManyPixels => Self::PictureTooManyPixels,
        }
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
    app: &App,
    file: Vec<u8>,
    shape: Shape,
    whose: Whose<'_>,
) -> Result<Result<Drawn, PictureProblem>, Busy> {
    let who = whose.account.unwrap_or_default();
    let turn = app.pictures.take(&whose.client.network, who, PATIENCE).await.ok_or(Busy)?;
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
