//! What stands around a page.

mod account;
mod card;
mod console;
mod document;

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;

pub use self::{
    account::{AccountLayout, AccountPlace},
    card::{CardLayout, Width},
    console::{ConsoleLayout, ConsolePlace},
    document::{Document, is_watched},
};
use crate::server::http::context::RequestContext;

/// The request that a page answers.
#[must_use]
pub fn use_request() -> RequestContext {
    expect_context()
}

/// The document that is being rendered.
#[must_use]
pub fn use_document() -> DocumentContext {
    expect_context()
}

/// What a page says of the document around it.
#[derive(Clone, Debug, Default)]
pub struct DocumentContext(Arc<Mutex<Head>>);

/// The style sheet of a page. The smaller ones hold what their pages show, see `style/sheets/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StyleSheet {
    /// All there is.
    #[default]
    Whole,
    /// Pages of one card.
    Card,
    /// The support chat.
    Chat,
    /// The console of the staff.
    Console,
}

impl StyleSheet {
    /// The name of its file in `style/sheets/`.
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
    screen: String,
    nonce: String,
    password_min: i64,
}

impl DocumentContext {
    /// For the page of a request.
    #[must_use]
    pub fn of(request: &RequestContext, nonce: &str) -> Self {
        let password_min = i64::try_from(request.state.config.password_min).unwrap_or(10);
        let (screen, nonce) = (request.screen(), nonce.to_owned());
        Self(Arc::new(Mutex::new(Head { screen, nonce, password_min, ..Head::default() })))
    }

    fn with<T>(&self, with: impl FnOnce(&mut Head) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Path and query of the page: where the language switch leads back.
    #[must_use]
    pub fn screen(&self) -> String {
        self.with(|head| head.screen.clone())
    }

    /// What scripts and styles of the document carry, so that the browser runs them (CSP).
    #[must_use]
    pub fn nonce(&self) -> String {
        self.with(|head| head.nonce.clone())
    }

    /// The least length of a password.
    #[must_use]
    pub fn password_min(&self) -> i64 {
        self.with(|head| head.password_min)
    }

    /// The browser asks again after so many seconds.
    pub fn refresh_after(&self, seconds: i64) {
        self.with(|head| head.refresh = Some(seconds));
    }

    /// The same, but only where no script runs: with script an island is told what changes.
    pub fn refresh_without_script_after(&self, seconds: i64) {
        self.with(|head| head.refresh_without_script = Some(seconds));
    }

    /// The page has a form with the id `screen-form`: the language switch is a button of it.
    pub fn has_form(&self) {
        self.with(|head| head.has_form = true);
    }
}

/// The title of the page, without the shop's name. A form that came back says so at its beginning.
#[component]
pub fn Title(#[prop(into)] text: String) -> impl IntoView {
    use_document().with(|head| head.title = text);
}
