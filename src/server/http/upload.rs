//! Forms that may bring a file. No server function reads them, because those cannot read a file that may lie about
//! itself without keeping all of it.

use axum::extract::{FromRequest as _, Multipart, Request};
use http::header;

use crate::error::{AppError, Kind};

/// Largest of the other fields, and largest form without a file.
const FIELD_MAX: usize = 64 * 1024;

/// A form as it was posted.
#[derive(Default)]
pub struct Upload {
    fields: Vec<(String, String)>,
    file: Vec<u8>,
    /// It was larger than it may be.
    pub too_large: bool,
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

    /// Reads a form, with or without files; of the field `file` at most `most` bytes are kept.
    ///
    /// # Errors
    /// `malformed` and `too_large`.
    pub async fn read(request: Request, file: &str, most: usize) -> Result<Self, AppError> {
        let malformed = || AppError::new(Kind::Malformed);
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let mut upload = Self::default();
        if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let body = axum::body::to_bytes(request.into_body(), FIELD_MAX).await;
            let body = body.map_err(|_| AppError::new(Kind::TooLarge))?;
            let fields = url::form_urlencoded::parse(&body);
            upload.fields.extend(fields.map(|(name, value)| (name.into(), value.into())));
            return Ok(upload);
        }
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
        while let Some(mut part) = parts.next_field().await.map_err(|_| malformed())? {
            let name = part.name().unwrap_or_default().to_owned();
            let most = if name == file { most } else { FIELD_MAX };
            let (mut bytes, mut too_large) = (Vec::new(), false);
            while let Some(chunk) = part.chunk().await.map_err(|_| malformed())? {
                // Read to its end even when it is too large: a browser that is cut off shows no answer of ours.
                too_large |= bytes.len() + chunk.len() > most;
                if !too_large {
                    bytes.extend_from_slice(&chunk);
                }
            }
            if name == file {
                upload.too_large |= too_large;
                upload.file = if too_large { Vec::new() } else { bytes };
            } else if too_large {
                return Err(AppError::new(Kind::TooLarge));
            } else {
                upload.fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        Ok(upload)
    }
}
