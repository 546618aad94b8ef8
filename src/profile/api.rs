use axum::{
    Extension,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, header};
use sha2::{Digest as _, Sha256};

use super::{
    PICTURE_MAX, PROFILE,
    service::{self, Entry, ProfileError},
    store,
};
use crate::{
    error::{AppError, Kind},
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        form::{Form, Onward},
        press::Press,
        upload::Upload,
    },
};

/// `POST /api/profile`, as a form with or without a picture: `display_name`, `picture`, `locale`, `time_zone`,
/// `remove_picture`, `version`.
pub async fn save(Extension(mut cx): Extension<Cx>, request: Request) -> Response {
    let refused = cx.somebody().await.err();
    let posted = match &refused {
        None => Upload::read(request, "picture", PICTURE_MAX).await,
        // Signed out meanwhile, or it is not known: what was typed comes back, and of a picture nothing is kept.
        Some(_) if cx.accepts_html => Upload::read(request, "picture", 0).await,
        // What strangers send is not read.
        Some(error) => Err(error.clone()),
    };
    let mut posted = match posted {
        Ok(posted) => posted,
        Err(error) => return Form::of(&cx, PROFILE).respond(Err(refused.unwrap_or(error))),
    };
    let kept = ["display_name", "locale", "locale_was", "time_zone", "version"];
    // A field that was not posted is not one that was left empty.
    let form = kept
        .into_iter()
        .filter(|name| posted.has(name))
        .fold(Form::of(&cx, PROFILE), |form, name| form.keep(name, posted.field(name)));
    let picture = posted.take_file();
    let of_picture = picture.as_deref().map(|file| URL_SAFE_NO_PAD.encode(Sha256::digest(file)));
    let of_picture = of_picture.unwrap_or_default();
    let remove = if posted.has("remove_picture") { "remove" } else { "" };
    let fields = kept.map(|name| posted.field(name));
    let all: Vec<&str> = fields.into_iter().chain([of_picture.as_str(), remove]).collect();
    let press = Press::of(&cx, "profile", "session", &all);
    let result = press.once(move |mut cx| async move {
        if let Some(error) = refused {
            return Err(error);
        }
        let account = cx.somebody().await?.account;
        let locale = posted.field("locale");
        let entry = Entry {
            account: &account,
            display_name: posted.field("display_name"),
            // The language with which the form was made; the switch may have changed it since, in another tab. Not
            // chosen here: it stays what it is by now.
            locale: if locale == posted.field("locale_was") { "" } else { locale },
            time_zone: posted.field("time_zone"),
            version: posted.field("version").parse().ok(),
            picture,
            picture_too_large: posted.too_large,
            picture_empty: posted.empty_file,
            remove_picture: posted.has("remove_picture"),
            client: &cx.client,
        };
        let locale = service::save(&cx.app, entry).await.map_err(AppError::from)?;
        // The language of the next pages, also after signing out.
        cx.set_cookie("lang", locale.tag(), Some(365 * crate::server::clock::DAY));
        cx.leave_draft(PROFILE, &Draft::notice(Notice::Saved));
        Ok(Onward::to(PROFILE))
    });
    form.respond(result.await)
}

/// `GET /account/picture`: the user's own.
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
