//! The layouts around a page.

mod card;
mod document;

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;

pub(crate) use self::{
    card::{CardLayout, Width},
    document::{Document, is_watched},
};
use crate::http::context::RequestContext;

/// Returns the request that the page responds to.
#[must_use]
pub(crate) fn use_request() -> Arc<RequestContext> {
    expect_context()
}

/// Returns the document that is being rendered.
#[must_use]
pub(crate) fn use_document() -> DocumentContext {
    expect_context()
}

/// What a feature shows above every page; its [`PageHook`](crate::http::context::PageHook) adds it to the request.
#[derive(Clone)]
pub(crate) struct PageBanner(Arc<dyn Fn() -> AnyView + Send + Sync>);

impl PageBanner {
    /// Creates a banner with this view.
    pub(crate) fn new<V: IntoView + 'static>(view: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || view().into_any()))
    }
}

/// What a page sets on the document around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct DocumentContext(Arc<Mutex<Head>>);

/// The style sheet of a page. The smaller ones contain only what their pages need, see `style/sheets/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StyleSheet {
    /// The complete style sheet.
    #[default]
    Whole,
    /// Pages with a single card.
    Card,
    /// The support chat.
    Chat,
    /// The staff console.
    Console,
}

impl StyleSheet {
    /// Returns the name of its file in `style/sheets/`.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Card => Some("card"),
            Self::Chat => Some("chat"),
            Self::Console => Some("console"),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Head {
    title: String,
    style: StyleSheet,
    refresh: Option<i64>,
    refresh_without_script: Option<i64>,
    has_form: bool,
    page: String,
    nonce: String,
    password_min: i64,
}

impl DocumentContext {
    /// Creates the context for the page of a request.
    #[must_use]
    pub(crate) fn of(request: &RequestContext, nonce: &str) -> Self {
        let password_min = i64::try_from(request.state.config.password_min).unwrap_or(10);
        let (page, nonce) = (request.address(), nonce.to_owned());
        Self(Arc::new(Mutex::new(Head { page, nonce, password_min, ..Head::default() })))
    }

    fn with<T>(&self, with: impl FnOnce(&mut Head) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns path and query of the page: where the language switch returns to.
    #[must_use]
    pub(crate) fn address(&self) -> String {
        self.with(|head| head.page.clone())
    }

    /// Returns the CSP nonce that scripts and styles of the document carry, so that the browser accepts them.
    #[must_use]
    pub(crate) fn nonce(&self) -> String {
        self.with(|head| head.nonce.clone())
    }

    /// Returns the minimum length of a password.
    #[must_use]
    pub(crate) fn password_min(&self) -> i64 {
        self.with(|head| head.password_min)
    }

    /// Makes the browser reload the page after this many seconds.
    pub(crate) fn refresh_after(&self, seconds: i64) {
        self.with(|head| head.refresh = Some(seconds));
    }

    /// Does the same, but only without script: with script an island receives changes as they happen.
    pub(crate) fn refresh_without_script_after(&self, seconds: i64) {
        self.with(|head| head.refresh_without_script = Some(seconds));
    }

    /// Records that the page has a form with the id `screen-form`, which the language switch submits.
    pub(crate) fn has_form(&self) {
        self.with(|head| head.has_form = true);
    }
}

/// Sets the title of the page, without the shop's name. If a form was refused the title begins with that.
#[component]
pub(crate) fn Title(#[prop(into)] text: String) -> impl IntoView {
    use_document().with(|head| head.title = text);
}
