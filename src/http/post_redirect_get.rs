//! How all forms are answered: a browser with a redirect, onwards or back to the form's page with the reason and what
//! was typed; a form that was posted in place with an [`Answer`]; any other caller with JSON and a status.

use axum::{
    Json,
    response::{self, IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::{
    context::{NO_COOKIES, RequestContext},
    flash::Flash,
    redirect::{Outcome, Redirect},
};
use crate::{
    domain::verification::captcha::CaptchaProblem,
    error::{AppError, RequestProblem},
    http::{reauthentication, refusal::refusal, return_to},
    i18n::Texts,
    islands::{Answer, ProofNeeded},
};

/// The fields that were posted, except the secrets of a form that a handler reads: it leaves them out.
#[derive(Clone, Default)]
pub(crate) struct FormFields(pub(super) Vec<(String, String)>);

impl FormFields {
    /// Adds what was typed into a field, in case the form is refused.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.as_str())
    }

    /// Returns the address of `page` as it was, with its query.
    fn shown(&self, context: &RequestContext, page: &str) -> Option<String> {
        let shown = return_to::allowed(&context.state.config, self.get("screen")?)?;
        (shown.split('?').next() == Some(page)).then_some(shown)
    }
}

/// Records the outcome of a server function; the layer around it responds.
///
/// # Errors
/// Those of `outcome`.
pub(crate) fn respond<E: Into<AppError>>(outcome: Result<Redirect, E>) -> Outcome {
    let outcome = outcome.map_err(Into::into);
    // Every server function is called with a context.
    if let Some(context) = use_context::<RequestContext>() {
        context.set_outcome(outcome.clone());
    }
    outcome
}

/// Responds to a form of `page`. Handlers call it for forms that no server function can read: they upload a file, or
/// are answered with a file or a page.
#[must_use]
pub(crate) fn answer_form(
    context: &RequestContext,
    page: &'static str,
    posted: &FormFields,
    outcome: Outcome,
) -> Response {
    match outcome {
        outcome if context.is_in_place => in_place(context, page, posted, outcome),
        Ok(redirect) if context.accepts_html => {
            leave_notice(context, page, posted, &redirect);
            response::Redirect::to(&redirect.next).into_response()
        }
        Err(error) if context.accepts_html => {
            response::Redirect::to(&back(context, page, posted, error).to()).into_response()
        }
        Ok(redirect) => Json(redirect).into_response(),
        Err(error) => {
            let mut response = (error.status(), Json(&error)).into_response();
            if let Some(seconds) = retry_after(&error) {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

/// Leaves the notice for the page that the form leads to.
fn leave_notice(context: &RequestContext, page: &str, posted: &FormFields, redirect: &Redirect) {
    if let Some(notice) = redirect.notice {
        let to = redirect.next.split(['?', '#']).next().unwrap_or_default();
        let typed = if to == page { flash(posted) } else { Flash::default() };
        context.set_flash(to, &typed.with_notice(notice));
    }
}

/// Fields that no page shows again.
const UNSHOWN: [&str; 4] = ["screen", "next", "nonce", "claimed"];

/// Returns what was typed, except secrets.
fn flash(posted: &FormFields) -> Flash {
    let fields = posted.0.iter().filter(|(name, _)| !UNSHOWN.contains(&name.as_str()));
    fields.fold(Flash::default(), |flash, (name, value)| flash.keep(name, value))
}

/// Where a refused form leads.
enum Back {
    /// To a page.
    Page(String),
    /// To reauthentication, and from there to a page.
    Proof(String),
}

impl Back {
    fn to(self) -> String {
        match self {
            Self::Page(page) => page,
            Self::Proof(page) => return_to::with(reauthentication::PAGE, Some(&page)),
        }
    }
}

/// Returns the way back to the form, or to what has to come first.
fn back(
    context: &RequestContext,
    page: &'static str,
    posted: &FormFields,
    error: AppError,
) -> Back {
    const SIGN_IN: &str = "/sign-in";
    let next = posted.get("next").and_then(|next| return_to::allowed(&context.state.config, next));
    let mut flash = flash(posted);
    if error.error == RequestProblem::SignedOut {
        context.keep_for_owner(page, &flash);
        context.set_flash(SIGN_IN, &Flash::error(error));
        let back =
            posted.shown(context, page).unwrap_or_else(|| return_to::with(page, next.as_deref()));
        return Back::Page(return_to::with(SIGN_IN, Some(&back)));
    }
    let shown =
        posted.shown(context, page).filter(|_| error.page.is_none_or(|theirs| theirs == page));
    let page = error.page.unwrap_or(page);
    if error.error == RequestProblem::ProofNeeded {
        // The reauthentication page may itself be shown again, with a flash of its own.
        if !context.keep_for_owner(page, &flash) {
            context.set_flash(page, &flash);
        }
        return Back::Proof(shown.unwrap_or_else(|| return_to::with(page, next.as_deref())));
    }
    flash.price = error.price;
    if let Some(solution) = posted.get("proof").filter(|_| error.keeps_proof) {
        flash = flash.keep("solution", solution);
    }
    flash.error = Some(error);
    context.set_flash(page, &flash);
    let mut page = shown.unwrap_or_else(|| return_to::with(page, next.as_deref()));
    if context.brings_no_cookie() {
        // A browser that keeps no cookies will not find the flash: the page says why.
        page.push(if page.contains('?') { '&' } else { '?' });
        page.push_str(NO_COOKIES);
    }
    Back::Page(page)
}

fn in_place(
    context: &RequestContext,
    page: &'static str,
    posted: &FormFields,
    outcome: Outcome,
) -> Response {
    let t = Texts(context.locale);
    // Several pages may post to one server function; its refusals are shown on one of them.
    let shown = posted.get("screen").and_then(|shown| shown.split('?').next());
    let is_here = |page: &str| shown.is_none_or(|shown| shown == page);
    let answer = match outcome {
        Ok(redirect) => {
            let to = redirect.next.split(['?', '#']).next().unwrap_or_default();
            let words = redirect.notice.and_then(|notice| notice.words(t));
            let stays = !redirect.is_new
                && is_here(to)
                && (redirect.code.is_some()
                    || !redirect.now.is_empty()
                    || (to == page && words.is_some()));
            if !stays {
                leave_notice(context, page, posted, &redirect);
            }
            Answer {
                is_new: !stays,
                notice: words.filter(|_| stays).map(str::to_owned),
                next: redirect.next,
                code: redirect.code,
                stored: redirect.stored,
                now: redirect.now,
                ..Answer::default()
            }
        }
        // The error is shown on another page, something else comes first, or the page is out of date: the browser goes
        // there as after any other post.
        Err(error)
            if error.error == CaptchaProblem::SlideAgain
                || error.error.is_one_of(&[
                    RequestProblem::SignedOut,
                    RequestProblem::ProofNeeded,
                    RequestProblem::ChangedElsewhere,
                ])
                || !is_here(error.page.unwrap_or(page)) =>
        {
            let back = back(context, page, posted, error);
            let proof = match &back {
                Back::Proof(next) => Some(ProofNeeded {
                    next: next.clone(),
                    why: reauthentication::why(t, Some(next)),
                }),
                Back::Page(_) => None,
            };
            Answer { next: back.to(), is_new: true, proof, ..Answer::default() }
        }
        Err(error) => {
            Answer { refusal: Some(refusal(&error, t, &context.zone())), ..Answer::default() }
        }
    };
    respond_in_place(&answer)
}

/// Responds to a form that was posted in place.
pub(crate) fn respond_in_place(answer: &Answer) -> Response {
    let mut response = Json(answer).into_response();
    let kind = HeaderValue::from_static(Answer::MEDIA_TYPE);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Sets the status of a server function's response to that of its error.
pub(crate) fn refused(error: AppError) -> AppError {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(error.status());
        if let Some(seconds) = retry_after(&error) {
            options.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    error
}

/// Returns the seconds after which a retry is worthwhile, where the status promises that.
fn retry_after(error: &AppError) -> Option<i64> {
    let status = error.status();
    error.seconds.filter(|_| {
        matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
    })
}
