//! The forms with a long text: an answer, a note, a canned answer. A refused text that is too long for a cookie is
//! returned with the answer itself, so that nothing typed is lost; a server function cannot answer that way.

use axum::{
    Extension, Form as Fields,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::{
    ANSWERS, PAGE,
    outcome::Outcome,
    pages,
    posted::{Posted, acting_staff, conversation_id},
    service::{actions, canned},
};
use crate::{
    domain::ids::CannedId,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        flash::{Flash, Notice},
        page_error::PageError,
        post_redirect_get::{FormFields, answer_form},
        redirect::Redirect,
    },
};

/// Where answers are posted: `conversation`, `message`, `nonce`, `back`.
pub(super) const ANSWER: &str = "/api/operator_answer";
/// Where notes are posted: `conversation`, `note`, `back`.
pub(super) const NOTE: &str = "/api/operator_note";
/// Where canned answers are posted: `id` of an existing one, `answer_locale`, `title`, `text`.
pub(super) const CANNED: &str = "/api/operator_canned";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Answer {
    conversation: String,
    message: String,
    nonce: String,
    back: String,
}

/// Posts an answer in a conversation. Errors: `taken_by_other`, `conversation_closed`, `conversation_gone`; what is
/// wrong with the text.
pub(super) async fn answer(
    Extension(mut request): Extension<RequestContext>,
    Fields(form): Fields<Answer>,
) -> Response {
    let result = async {
        let staff = acting_staff(&mut request).await?;
        let id = conversation_id(&form.conversation)?;
        actions::answer(&request.state, &staff, &id, &form.message, &form.nonce).await?;
        Ok(Outcome::Done)
    };
    let result = result.await;
    let posted = Posted::new(&request, &form.back, &form.conversation);
    in_window(posted.typed("message", &form.message), result).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Note {
    conversation: String,
    note: String,
    back: String,
}

/// Adds a note that only staff can read. Errors: what is wrong with the text; `conversation_gone`.
pub(super) async fn note(
    Extension(mut request): Extension<RequestContext>,
    Fields(form): Fields<Note>,
) -> Response {
    let result = async {
        let staff = acting_staff(&mut request).await?;
        let id = conversation_id(&form.conversation)?;
        actions::note(&request.state, &staff, &id, &form.note).await?;
        Ok(Outcome::Done)
    };
    let result = result.await;
    let posted = Posted::new(&request, &form.back, &form.conversation);
    in_window(posted.typed("note", &form.note), result).await
}

/// Answers like the other forms of a window, except for a text that does not fit into a cookie.
async fn in_window(posted: Posted<'_>, result: Result<Outcome, AppError>) -> Response {
    match result {
        Err(error) if posted.is_too_long() && is_told(&error) => {
            let mut request = posted.request.clone();
            request.path_and_query = posted.path();
            let flash = posted.flash(error.clone());
            let page = async {
                let staff = request.clone().staff_user_of_page().await?;
                pages::console_with(request.clone(), staff, flash).await
            };
            at_once(&error, page.await)
        }
        result => {
            let result = posted.redirect(result);
            answer_form(posted.request, PAGE, &posted.fields(), result)
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Canned {
    id: String,
    answer_locale: String,
    title: String,
    text: String,
}

/// Saves a canned answer, a new one or the one named by `id`. Errors: what is wrong with a field.
pub(super) async fn save_canned(
    Extension(mut request): Extension<RequestContext>,
    Fields(form): Fields<Canned>,
) -> Response {
    let result = async {
        let staff = acting_staff(&mut request).await?;
        let entry = canned::CannedAnswerForm {
            id: CannedId::parse(&form.id),
            locale: &form.answer_locale,
            title: &form.title,
            text: &form.text,
        };
        canned::save(&request.state, &staff, &entry).await?;
        request.set_flash(ANSWERS, &Flash::notice(Notice::Saved));
        Ok(Redirect::to(ANSWERS))
    };
    let result: Result<Redirect, AppError> = result.await;
    let short = [("id", &form.id), ("answer_locale", &form.answer_locale), ("title", &form.title)];
    match result {
        Err(error) if request.accepts_html && !Flash::holds(&form.text) && is_told(&error) => {
            let mut request = request.clone();
            ANSWERS.clone_into(&mut request.path_and_query);
            let flash = short
                .into_iter()
                .fold(Flash::error(error.clone()), |flash, (name, value)| flash.keep(name, value))
                .with("text", &form.text);
            let page = async {
                let staff = request.clone().staff_user_of_page().await?;
                pages::answers_with(request.clone(), staff, flash).await
            };
            at_once(&error, page.await)
        }
        result => {
            let fields = short
                .into_iter()
                .fold(FormFields::default(), |fields, (name, value)| fields.with(name, value))
                .with("text", &form.text);
            answer_form(&request, ANSWERS, &fields, result)
        }
    }
}

/// Returns whether the error is shown in the console; a user who may not be there is answered like in every form.
fn is_told(error: &AppError) -> bool {
    !error.error.is_one_of(&[RequestProblem::SignedOut, RequestProblem::NotFound])
}

/// Returns the page as the answer, with the error's status.
fn at_once(error: &AppError, page: Result<Response, PageError>) -> Response {
    match page {
        Ok(mut page) => {
            *page.status_mut() = error.status();
            page
        }
        Err(_) => AppError::new(RequestProblem::Unavailable).into_response(),
    }
}
