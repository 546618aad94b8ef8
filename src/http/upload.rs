//! Forms that may upload a file. They are not read by server functions, because those would have to buffer a file of
//! unknown size completely.

use axum::extract::{FromRequest as _, Multipart, Request};
use http::header;

use super::fields;
use crate::error::{AppError, RequestProblem};

/// Maximum text of a form, all fields and their names together; also the maximum size of a form without a file.
const TEXT_MAX: usize = 64 * 1024;
/// Maximum number of fields of a form, including the file.
const PARTS_MAX: usize = 32;

/// A form as it was posted.
#[derive(Default)]
pub(crate) struct Upload {
    fields: Vec<(String, String)>,
    file: Vec<u8>,
    /// Whether the file was larger than allowed.
    pub too_large: bool,
    /// Whether a file was chosen and is empty.
    pub empty_file: bool,
}

/// Returns whether a body is multipart. Media types are case-insensitive (RFC 9110 §8.3.1).
fn is_multipart(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("multipart/form-data")
}

impl Upload {
    /// Returns the value of a field, empty if there is none.
    #[must_use]
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().rev().find(|(theirs, _)| theirs == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Takes the file, if one was chosen and is not too large.
    pub(crate) fn take_file(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.file)).filter(|file| !file.is_empty())
    }

    /// Returns whether there is such a field.
    #[must_use]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(theirs, _)| theirs == name)
    }

    /// Reads a form, with or without files; keeps at most `most` bytes of the field `file`, and at most `TEXT_MAX` of
    /// everything else together: visitors who are not signed in post here, too.
    ///
    /// # Errors
    /// `malformed` and `too_large`.
    pub(crate) async fn read(request: Request, file: &str, most: usize) -> Result<Self, AppError> {
        let malformed = || AppError::new(RequestProblem::Malformed);
        let too_large = || AppError::new(RequestProblem::TooLarge);
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let mut upload = Self::default();
        if !kind.is_some_and(is_multipart) {
            let body = axum::body::to_bytes(request.into_body(), TEXT_MAX).await;
            let body = body.map_err(|_| too_large())?;
            let fields = url::form_urlencoded::parse(&body).take(PARTS_MAX + 1);
            upload.fields.extend(fields.map(|(name, value)| (name.into(), value.into())));
            return if upload.fields.len() > PARTS_MAX {
                Err(too_large())
            } else {
                fields::judge(&upload.fields).map(|()| upload)
            };
        }
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
        let (mut parts, mut text, mut endless) = (0, 0, false);
        while let Some(mut part) = form.next_field().await.map_err(|_| malformed())? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = name == file;
            // Without a choice browsers send a part with an empty file name.
            let is_chosen = is_file && part.file_name().is_some_and(|name| !name.is_empty());
            parts += 1;
            text += name.len();
            let (mut bytes, mut large) = (Vec::new(), false);
            while let Some(chunk) = part.chunk().await.map_err(|_| malformed())? {
                // Read to its end even when it is too large: a browser that is cut off does not show our response.
                if is_file {
                    large |= bytes.len() + chunk.len() > most;
                } else {
                    text += chunk.len();
                }
                endless |= text > TEXT_MAX || parts > PARTS_MAX;
                if !large && !endless {
                    bytes.extend_from_slice(&chunk);
                }
            }
            endless |= text > TEXT_MAX || parts > PARTS_MAX;
            if endless {
                upload = Self::default();
            } else if is_file {
                upload.too_large |= large;
                upload.empty_file |= is_chosen && !large && bytes.is_empty();
                upload.file = if large { Vec::new() } else { bytes };
            } else {
                upload.fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        if endless {
            return Err(too_large());
        }
        fields::judge(&upload.fields).map(|()| upload)
    }

    /// Reads the text of a form that is refused in any case, if it is short: it may be shown again, to be sent
    /// elsewhere. A longer body, such as one with a picture, is not read.
    pub(crate) async fn read_short(request: Request) -> Self {
        let (head, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, TEXT_MAX).await else { return Self::default() };
        let form = Self::read(Request::from_parts(head, body.into()), "", 0).await;
        form.unwrap_or_default()
    }
}
