//! Forms that may bring a file. No server function reads them, because those cannot read a file that may lie about
//! itself without keeping all of it.

use axum::extract::{FromRequest as _, Multipart, Request};
use http::header;

use super::fields;
use crate::error::{AppError, RequestProblem};

/// Most text of a form, all fields and their names together; and largest form without a file.
const TEXT_MAX: usize = 64 * 1024;
/// Most fields of a form, with the file.
const PARTS_MAX: usize = 32;

/// A form as it was posted.
#[derive(Default)]
pub struct Upload {
    fields: Vec<(String, String)>,
    file: Vec<u8>,
    /// It was larger than it may be.
    pub too_large: bool,
    /// A file was chosen, and there is nothing in it.
    pub empty_file: bool,
}

/// Media types are case-insensitive (RFC 9110 §8.3.1).
fn is_multipart(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("multipart/form-data")
}

impl Upload {
    /// The value of a field, empty if there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().rev().find(|(theirs, _)| theirs == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Takes the file, if one was chosen and is not too large.
    pub fn take_file(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.file)).filter(|file| !file.is_empty())
    }

    /// Whether there is such a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(theirs, _)| theirs == name)
    }

    /// Reads a form, with or without files; of the field `file` at most `most` bytes are kept, and of everything else
    /// [`TEXT_MAX`] together: strangers post here, too.
    ///
    /// # Errors
    /// `malformed` and `too_large`.
    pub async fn read(request: Request, file: &str, most: usize) -> Result<Self, AppError> {
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
            // Without a choice browsers send a part without a name.
            let is_chosen = is_file && part.file_name().is_some_and(|name| !name.is_empty());
            parts += 1;
            text += name.len();
            let (mut bytes, mut large) = (Vec::new(), false);
            while let Some(chunk) = part.chunk().await.map_err(|_| malformed())? {
                // Read to its end even when it is too large: a browser that is cut off shows no answer of ours.
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

    /// The text of a form that is refused in any case, if it is short: it may come back to be sent elsewhere. Whatever
    /// is longer, as everything with a picture is, is not read.
    pub async fn read_short(request: Request) -> Self {
        let (head, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, TEXT_MAX).await else { return Self::default() };
        let form = Self::read(Request::from_parts(head, body.into()), "", 0).await;
        form.unwrap_or_default()
    }
}
