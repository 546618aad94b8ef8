use axum::{
    Extension, Form as Posted, Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use leptos::prelude::*;
use serde::Deserialize;

use super::{
    PAGE, pages,
    recover::{self, UseError},
    service::{self, BackupCodesError},
};
use crate::{
    clock::Timestamp,
    domain::{
        backup_codes::BackupCodeProblem,
        values::{BackupCode, SecretText},
        verification::flows::{FlowKind, FlowProblem, Step},
    },
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        cookies::CookieName,
        post_redirect_get::{FormFields, answer_form, respond},
        press::Press,
        redirect::Redirect,
    },
    recovery::by_email,
};

/// The form that creates codes.
#[derive(Deserialize)]
pub(crate) struct MakeForm {
    /// When the codes that the form's page knew of were made; 0: there were none.
    made_at: Option<Timestamp>,
}

/// `POST /account/settings/codes`: creates codes and shows them, once. A redirect cannot carry them, so this form is
/// answered with a page.
pub(crate) async fn make(
    Extension(mut request): Extension<RequestContext>,
    Posted(form): Posted<MakeForm>,
) -> Response {
    let made = async {
        let account = request.fresh_user().await?.account;
        let codes = service::make(&request.state, &account, form.made_at, &request.client).await?;
        Ok::<_, AppError>((account, codes))
    };
    match made.await {
        Ok((account, codes)) if request.accepts_html => {
            pages::fresh(request, &account, &codes).await
        }
        Ok((_, codes)) => {
            let codes: Vec<String> = codes.iter().map(BackupCode::display).collect();
            Json(serde_json::json!({ "codes": codes })).into_response()
        }
        Err(error) => answer_form(&request, PAGE, &FormFields::default(), Err(error)),
    }
}

/// The form of the download.
#[derive(Deserialize)]
pub(crate) struct DownloadForm {
    #[serde(default, rename = "saved_codes")]
    backup_codes: SecretText,
}

/// `POST /account/settings/codes/file`: returns the codes on the page as a file. They are stored nowhere, so the form
/// sends them along; text that is not a code of this account is not turned into a file.
pub(crate) async fn download(
    Extension(mut request): Extension<RequestContext>,
    Posted(form): Posted<DownloadForm>,
) -> Response {
    let file = async {
        let account = request.current_user().await?.account;
        let text =
            service::file(&request.state, &account, &form.backup_codes, request.locale).await?;
        Ok::<_, AppError>(text)
    };
    match file.await {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/plain; charset=utf-8");
            let name = HeaderValue::from_static("attachment; filename=\"saved-codes.txt\"");
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text)
                .into_response()
        }
        Err(error) => answer_form(&request, PAGE, &FormFields::default(), Err(error)),
    }
}

/// Recovers with a backup code instead of an emailed one.
///
/// # Errors
/// What is wrong with the code; `too_many_tries`; `flow_expired`.
#[server(endpoint = "recover_saved_code")]
pub(crate) async fn use_code(
    #[server(default)] saved_code: SecretText,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let cookie = CookieName::Flow(FlowKind::Recover);
    let press = Press::of_code(&request, "recover_saved_code", cookie, &saved_code);
    let used = press.once(move |request| async move {
        let flow = by_email::flow_at(&request, Step::Method).await?;
        let token = recover::use_code(&request.state, &flow, &saved_code, &request.client).await?;
        request.give_flow(FlowKind::Recover, &token);
        Ok(Redirect::to("/recover/password"))
    });
    respond(used.await)
}

impl From<BackupCodesError> for AppError {
    fn from(error: BackupCodesError) -> Self {
        match error {
            BackupCodesError::Gone => Self::new(RequestProblem::SignedOut).on("/sign-in"),
            BackupCodesError::TooMany(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            BackupCodesError::Replaced => Self::new(BackupCodeProblem::Replaced),
            BackupCodesError::Internal(fault) => fault.into(),
        }
    }
}

impl From<UseError> for AppError {
    fn from(error: UseError) -> Self {
        let field = |problem| Self::field("saved_code", problem);
        match error {
            UseError::Missing => field(BackupCodeProblem::Missing),
            UseError::Malformed => field(BackupCodeProblem::Malformed),
            UseError::Wrong(left) => {
                Self { left: i32::try_from(left).ok(), ..field(BackupCodeProblem::Wrong) }
            }
            UseError::Exhausted => field(BackupCodeProblem::Exhausted),
            UseError::TooMany(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            UseError::TooManyFromNetwork(wait) => {
                Self::new(RequestProblem::TooManyFromNetwork).wait(wait)
            }
            UseError::Overtaken => Self::new(FlowProblem::StartAgain).on("/recover/method"),
            UseError::Internal(fault) => fault.into(),
        }
    }
}
