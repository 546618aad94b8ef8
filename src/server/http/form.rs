//! How every form answers: a browser by a redirect, onwards or back to the form's
//! screen with the reason and what was typed; any other caller by JSON and a status.

use axum::{
    Json,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};

use super::{
    context::{Cx, NO_COOKIES},
    draft::{Draft, Notice},
};
use crate::{
    error::{AppError, Kind},
    islands::Moment,
    server::next,
};

/// Where a form leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    /// Our own path, or an address of a listed origin.
    pub next: String,
    /// What is said there, for browsers.
    #[serde(skip)]
    pub notice: Option<Notice>,
    /// Whether the page that it leads to is loaded anew, even if it is the form's own: it shows something else now.
    #[serde(skip)]
    pub is_new: bool,
    /// Seconds until another code may be requested, and when this one was sent: for a form that stays where it is.
    #[serde(skip)]
    pub code: Option<(u32, Moment)>,
}

impl Onward {
    /// To `next`.
    #[must_use]
    pub fn to(next: impl Into<String>) -> Self {
        Self { next: next.into(), notice: None, is_new: false, code: None }
    }

    /// To a page that shows something else now.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { is_new: true, ..self }
    }

    /// With something to say there.
    #[must_use]
    pub fn with_notice(self, notice: Notice) -> Self {
        Self { notice: Some(notice), ..self }
    }
}

/// A form that was posted.
pub struct Form {
    cx: Cx,
    screen: &'static str,
    next: Option<String>,
    draft: Draft,
}

impl Form {
    /// The form of a screen.
    #[must_use]
    pub fn of(cx: &Cx, screen: &'static str) -> Self {
        Self { cx: cx.clone(), screen, next: None, draft: Draft::default() }
    }

    /// Keeps what was typed into a field, in case the form comes back.
    #[must_use]
    pub fn keep(mut self, name: &str, value: &str) -> Self {
        self.draft = self.draft.keep(name, value);
        self
    }

    /// Keeps where the shopper wants to go afterwards, in the address of the screen.
    #[must_use]
    pub fn and_then_to(mut self, next: Option<&str>) -> Self {
        self.next = next.map(str::to_owned);
        self
    }

    /// Answers, from a server function.
    ///
    /// # Errors
    /// Hands on `result`'s error, for callers that do not accept html.
    pub fn answer(self, result: Result<Onward, AppError>) -> Result<Onward, AppError> {
        let html = self.cx.accepts_html;
        match self.onward(result) {
            Ok(onward) => {
                if html {
                    redirect(&onward.next);
                }
                Ok(onward)
            }
            Err(error) => Err(refused(error)),
        }
    }

    /// Answers, from a handler that is no server function: uploads and downloads.
    #[must_use]
    pub fn respond(self, result: Result<Onward, AppError>) -> Response {
        let html = self.cx.accepts_html;
        match self.onward(result) {
            Ok(onward) if html => Redirect::to(&onward.next).into_response(),
            Ok(onward) => Json(onward).into_response(),
            Err(error) => {
                let mut response = (error.status(), Json(&error)).into_response();
                if let Some(seconds) = retry_after(&error) {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
        }
    }

    /// A browser goes on in any case: a refused form comes back to its screen, with what was typed.
    fn onward(self, result: Result<Onward, AppError>) -> Result<Onward, AppError> {
        match result {
            Err(error) if self.cx.accepts_html => {
                if error.error == Kind::SignedOut {
                    return Ok(self.after_signing_in(error));
                }
                let proof_first = error.error == Kind::ProofNeeded;
                let screen = error.screen.unwrap_or(self.screen);
                let mut draft = self.draft;
                draft.price = error.price;
                draft.error = (!proof_first).then_some(error);
                self.cx.leave_draft(screen, &draft);
                let mut screen = next::with(screen, self.next.as_deref());
                if self.cx.brings_no_cookie() {
                    // A browser that keeps none will not find the draft: the screen says why.
                    screen.push(if screen.contains('?') { '&' } else { '?' });
                    screen.push_str(NO_COOKIES);
                }
                Ok(Onward::to(if proof_first {
                    next::with("/account/confirm", Some(&screen))
                } else {
                    screen
                }))
            }
            result => result,
        }
    }

    /// Signing in comes first, and leads back to the form's screen with what was typed.
    fn after_signing_in(self, error: AppError) -> Onward {
        const SIGN_IN: &str = "/sign-in";
        let back = next::with(self.screen, self.next.as_deref());
        self.cx.keep_for_owner(self.screen, &self.draft);
        self.cx.leave_draft(SIGN_IN, &Draft::error(error));
        Onward::to(next::with(SIGN_IN, Some(&back)))
    }
}

/// Gives the answer of a server function the status of its error.
pub fn refused(error: AppError) -> AppError {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(error.status());
        if let Some(seconds) = retry_after(&error) {
            options.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    error
}

/// Seconds after which it is worth trying again, where the status promises that.
pub(super) fn retry_after(error: &AppError) -> Option<i64> {
    let status = error.status();
    error.seconds.filter(|_| {
        matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
    })
}

/// 303 to an address that was judged before; one that no header can hold leads home.
fn redirect(to: &str) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    options.insert_header(header::LOCATION, to);
    options.set_status(StatusCode::SEE_OTHER);
    options.insert_header(
        HeaderName::from_static("content-type"),
        HeaderValue::from_static("text/plain"),
    );
}
