//! Saved codes: ten one-time codes on paper. They are made in the settings, shown once, and lead back in where neither
//! password nor mailbox is at hand.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod recover;
mod service;

use axum::{
    Extension, Form as Posted, Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use leptos::prelude::*;
use serde::Deserialize;

use self::{recover::UseError, service::SavedCodesError};
use crate::{
    error::{AppError, Kind},
    forms::{SavedCode, SecretText},
    recovery,
    server::{
        clock::Millis,
        flows::{Purpose, Step},
        http::{
            context::Cx,
            form::{Form, Onward},
            page::render,
            press::Press,
        },
    },
};

/// Where they are made; its form posts to its own address, so that loading it again shows the screen.
pub const SCREEN: &str = "/account/settings/codes";
/// Where the codes go to come back as a file.
pub const FILE: &str = "/account/settings/codes/file";
/// Where one is typed.
pub const RECOVER: &str = "/recover/saved-code";

/// The form that makes them.
#[derive(Deserialize)]
pub struct Making {
    /// When the codes were made that its screen knew of; 0: there were none.
    made_at: Option<Millis>,
}

/// `POST /account/settings/codes`: makes codes and shows them, once. No redirect can carry them, so this
/// form answers with a page.
pub async fn make(Extension(mut cx): Extension<Cx>, Posted(form): Posted<Making>) -> Response {
    let result = async {
        let account = cx.somebody_proved().await?.account;
        let codes = service::make(&cx.app, &account, form.made_at, &cx.client)
            .await
            .map_err(AppError::from)?;
        Ok((account, codes))
    };
    match result.await {
        Ok((account, codes)) if cx.accepts_html => render(&cx, page::fresh(&cx, &account, &codes)),
        Ok((_, codes)) => {
            let codes: Vec<String> = codes.iter().map(SavedCode::display).collect();
            Json(serde_json::json!({ "codes": codes })).into_response()
        }
        Err(error) => Form::of(&cx, SCREEN).respond(Err::<Onward, AppError>(error)),
    }
}

/// The form of the download.
#[derive(Deserialize)]
pub struct Downloading {
    #[serde(default)]
    saved_codes: SecretText,
}

/// `POST /account/settings/codes/file`: the codes that are on the screen, as a file. They are stored nowhere, so the
/// form brings them along; what are no codes of this account is not made a file of ours.
pub async fn download(
    Extension(mut cx): Extension<Cx>,
    Posted(form): Posted<Downloading>,
) -> Response {
    let result = async {
        let account = cx.somebody().await?.account;
        service::file(&cx.app, &account, &form.saved_codes, cx.locale).await.map_err(AppError::from)
    };
    match result.await {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/plain; charset=utf-8");
            let name = HeaderValue::from_static("attachment; filename=\"saved-codes.txt\"");
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text)
                .into_response()
        }
        Err(error) => Form::of(&cx, SCREEN).respond(Err::<Onward, AppError>(error)),
    }
}

/// Recovers with a saved code instead of a mailed one.
///
/// # Errors
/// What is wrong with the code; `too_many_tries`; `flow_expired`.
#[server(endpoint = "recover_saved_code")]
pub async fn use_code(#[server(default)] saved_code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let cookie = Purpose::Recover.cookie();
    let press = Press::of_code(&cx, "recover_saved_code", cookie, &saved_code);
    let result = press.once(move |cx| async move {
        let flow = recovery::flow_at(&cx, Step::Method).await?;
        let token = recover::use_code(&cx.app, &flow, &saved_code, &cx.client)
            .await
            .map_err(AppError::from)?;
        cx.give_flow(Purpose::Recover, &token);
        Ok(Onward::to("/recover/password"))
    });
    Form::of(&cx, RECOVER).answer(result.await)
}

impl From<SavedCodesError> for AppError {
    fn from(error: SavedCodesError) -> Self {
        match error {
            SavedCodesError::Gone => Self::new(Kind::SignedOut).on("/sign-in"),
            SavedCodesError::TooMany(wait) => Self::new(Kind::TooManyTries).wait(wait),
            SavedCodesError::Replaced => Self::new(Kind::SavedCodesReplaced),
            SavedCodesError::Fault(fault) => fault.into(),
        }
    }
}

impl From<UseError> for AppError {
    fn from(error: UseError) -> Self {
        let field = |kind| Self::field("saved_code", kind);
        match error {
            UseError::Missing => field(Kind::SavedCodeMissing),
            UseError::Malformed => field(Kind::SavedCodeMalformed),
            UseError::Wrong(left) => Self { left: Some(left), ..field(Kind::SavedCodeWrong) },
            UseError::Exhausted => field(Kind::SavedCodeExhausted),
            UseError::TooMany(wait) => Self::new(Kind::TooManyTries).wait(wait),
            UseError::TooManyFromNetwork(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            UseError::Overtaken => Self::new(Kind::StartAgain).on("/recover/method"),
            UseError::Fault(fault) => fault.into(),
        }
    }
}
