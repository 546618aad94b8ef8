//! The profile: display name, picture, language, time zone.

pub mod page;
mod service;
mod store;

use axum::{
    Extension,
    extract::Request,
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
        upload::Upload,
    },
};

const SCREEN: &str = "/account/profile";

/// Where the form is posted.
pub const SAVE: &str = "/api/profile";

/// Largest picture that is taken.
pub const PICTURE_MAX: usize = 2 * 1024 * 1024;

/// `POST /api/profile`, as a form with or without a picture: `display_name`, `picture`, `locale`, `time_zone`,
/// `remove_picture`, `version`.
pub async fn save(Extension(mut cx): Extension<Cx>, request: Request) -> Response {
    // Strangers send nothing that is read.
    let posted = match cx.somebody().await {
        Ok(_) => Upload::read(request, "picture", PICTURE_MAX).await,
        Err(error) => Err(error),
    };
    let mut posted = match posted {
        Ok(posted) => posted,
        Err(error) => return Form::of(&cx, SCREEN).respond(Err(error)),
    };
    let picture = posted.take_file();
    let (display_name, locale) = (posted.field("display_name"), posted.field("locale"));
    let time_zone = posted.field("time_zone");
    let form = Form::of(&cx, SCREEN)
        .keep("display_name", display_name)
        .keep("locale", locale)
        .keep("time_zone", if time_zone.is_empty() { "-" } else { time_zone });
    let result = async {
        let account = cx.somebody().await?.account;
        let entry = Entry {
            account: &account,
            display_name,
            // The language with which the form was made; the switch may have changed it since, in another tab. Not
            // chosen here: it stays what it is by now.
            locale: if locale == posted.field("locale_was") { "" } else { locale },
            time_zone,
            version: posted.field("version").parse().ok(),
            picture,
            picture_too_large: posted.too_large,
            picture_empty: posted.empty_file,
            remove_picture: posted.has("remove_picture"),
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
