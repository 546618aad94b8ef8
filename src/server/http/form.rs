//! Where a form leads, and the forms that no server function reads. How a form is answered: [`super::post_redirect_get`].

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};

use super::{
    context::Cx,
    draft::Notice,
    post_redirect_get::{self, Outcome, Posted},
};
use crate::{error::AppError, islands::Moment};

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
    /// What was stored, which may differ from what was typed: for a form that stays and shows it.
    #[serde(skip)]
    pub stored: Option<String>,
    /// What is stored now, by name: for a form that stays with more than one thing to show.
    #[serde(skip)]
    pub now: Vec<(String, String)>,
}

impl Onward {
    /// To `next`.
    #[must_use]
    pub fn to(next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            notice: None,
            is_new: false,
            code: None,
            stored: None,
            now: Vec::new(),
        }
    }

    /// To a page that shows something else now.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { is_new: true, ..self }
    }

    /// With what was stored, for a form that shows it where it stands.
    #[must_use]
    pub fn storing(self, stored: Option<String>) -> Self {
        Self { stored, ..self }
    }

    /// With something to say there.
    #[must_use]
    pub fn with_notice(self, notice: Notice) -> Self {
        Self { notice: Some(notice), ..self }
    }
}

/// A form that a handler reads, because no server function can: it brings a file, or is answered with one or with a page.
/// The handler says what was posted.
pub struct Form {
    cx: Cx,
    page: &'static str,
    posted: Posted,
}

impl Form {
    /// The form of a page.
    #[must_use]
    pub fn of(cx: &Cx, page: &'static str) -> Self {
        Self { cx: cx.clone(), page, posted: Posted::default() }
    }

    /// Keeps what was typed into a field, in case the form comes back.
    #[must_use]
    pub fn keep(mut self, name: &str, value: &str) -> Self {
        self.posted.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers as every form does.
    #[must_use]
    pub fn respond(self, result: Outcome) -> Response {
        post_redirect_get::answer(&self.cx, self.page, &self.posted, result)
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
