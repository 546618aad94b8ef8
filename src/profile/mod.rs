//! The profile: display name, picture, language, time zone.

pub mod page;
mod service;
mod store;

use axum::{
    Extension,
    extract::{FromRequest as _, Multipart, Request},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};

use self::service::{Entry, ProfileError};
pub(crate) use self::store::picture_id;
use crate::{
    error::{AppError, Kind},
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        form::{Form, Onward},
    },
};

const SCREEN: &str = "/account/profile";

/// Where the form is posted.
pub const SAVE: &str = "/api/profile";

/// Largest picture that is taken.
pub const PICTURE_MAX: usize = 2 * 1024 * 1024;

/// Largest of the other fields, and largest form without a picture.
const FIELD_MAX: usize = 64 * 1024;

/// What was posted. No server function reads it, because those cannot read a file that may lie about itself
/// without keeping all of it.
#[derive(Default)]
struct Posted {
    display_name: String,
    locale: String,
    /// The language with which the form was made: the switch may have changed it since, in another tab.
    locale_was: String,
    time_zone: String,
    version: Option<i64>,
    remove_picture: bool,
    picture: Vec<u8>,
    picture_too_large: bool,
}

impl Posted {
    fn set(&mut self, name: &str, value: &str) {
        match name {
            "display_name" => value.clone_into(&mut self.display_name),
            "locale" => value.clone_into(&mut self.locale),
            "locale_was" => value.clone_into(&mut self.locale_was),
            "time_zone" => value.clone_into(&mut self.time_zone),
            "version" => self.version = value.parse().ok(),
            "remove_picture" => self.remove_picture = true,
            _ => {}
        }
    }
}

/// `POST /api/profile`, as a form with or without a picture: `display_name`, `picture`, `locale`, `time_zone`,
/// `remove_picture`, `version`.
pub async fn save(Extension(mut cx): Extension<Cx>, request: Request) -> Response {
    // Strangers send nothing that is read.
    let posted = match cx.somebody().await {
        Ok(_) => read(request).await,
        Err(error) => Err(error),
    };
    let posted = match posted {
        Ok(posted) => posted,
        Err(error) => return Form::of(&cx, SCREEN).respond(Err(error)),
    };
    let form = Form::of(&cx, SCREEN)
        .keep("display_name", &posted.display_name)
        .keep("locale", &posted.locale)
        .keep("time_zone", if posted.time_zone.is_empty() { "-" } else { &posted.time_zone });
    let result = async {
        let account = cx.somebody().await?.account;
        let entry = Entry {
            account: &account,
            display_name: &posted.display_name,
            // Not chosen here: it stays what it is by now.
            locale: if posted.locale == posted.locale_was { "" } else { &posted.locale },
            time_zone: &posted.time_zone,
            version: posted.version,
            picture: (!posted.picture.is_empty()).then_some(posted.picture),
            picture_too_large: posted.picture_too_large,
            remove_picture: posted.remove_picture,
            client: &cx.client,
        };
        let locale = service::save(&cx.app, entry).await.map_err(AppError::from)?;
        // The language of the next screens, also after signing out.
        cx.set_cookie("lang", locale.tag(), Some(365 * crate::server::clock::DAY));
        cx.leave_draft(SCREEN, &Draft::notice(Notice::Saved));
        Ok(Onward::to(SCREEN))
    };
    let result = result.await;
    form.respond(result)
}

async fn read(request: Request) -> Result<Posted, AppError> {
    let malformed = || AppError::new(Kind::Malformed);
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let mut posted = Posted::default();
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let body = axum::body::to_bytes(request.into_body(), FIELD_MAX).await;
        let body = body.map_err(|_| AppError::new(Kind::TooLarge))?;
        for (name, value) in url::form_urlencoded::parse(&body) {
            posted.set(&name, &value);
        }
        return Ok(posted);
    }
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    while let Some(mut part) = parts.next_field().await.map_err(|_| malformed())? {
        let name = part.name().unwrap_or_default().to_owned();
        let most = if name == "picture" { PICTURE_MAX } else { FIELD_MAX };
        let (mut bytes, mut too_large) = (Vec::new(), false);
        while let Some(chunk) = part.chunk().await.map_err(|_| malformed())? {
            // Read to its end even when it is too large: a browser that is cut off shows no answer of ours.
            too_large |= bytes.len() + chunk.len() > most;
            if !too_large {
                bytes.extend_from_slice(&chunk);
            }
        }
        if name == "picture" {
            posted.picture_too_large |= too_large;
            posted.picture = bytes;
        } else if too_large {
            return Err(AppError::new(Kind::TooLarge));
        } else {
            posted.set(&name, &String::from_utf8_lossy(&bytes));
        }
    }
    Ok(posted)
}

/// `GET /account/picture`: one's own.
pub async fn show_picture(Extension(mut cx): Extension<Cx>) -> Response {
    let found = async {
        let account = cx.somebody().await?.account;
        let image = store::picture(&cx.app.db, &account.id).await?;
        image.ok_or_else(|| AppError::new(Kind::NotFound))
    };
    match found.await {
        Ok(image) => ([(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))], image)
            .into_response(),
        Err(error) => crate::server::http::page::error_response(&cx, &error),
    }
}

impl From<ProfileError> for AppError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Fields(fields) => Self::fields(fields),
            ProfileError::ChangedElsewhere => Self::new(Kind::ChangedElsewhere),
            ProfileError::Busy => Self { seconds: Some(2), ..Self::new(Kind::Busy) },
            ProfileError::Fault(fault) => fault.into(),
        }
    }
}
