//! What a request takes from the last one, and leaves for the next.

use std::sync::PoisonError;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{RequestContext, SignedIn};
use crate::{
    http::{
        cookies::{CookieName, is_called},
        flash::{self, Flash},
        page_error::PageError,
    },
    state::AppState,
};

/// Read once: a page that extracts it shows it.
impl FromRequestParts<AppState> for Flash {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let context = RequestContext::from_request_parts(parts, state).await?;
        Ok(context.take_flash(parts.uri.path()))
    }
}

impl RequestContext {
    /// Takes what the last post to this page left for it; it is read once.
    #[must_use]
    pub(crate) fn take_flash(&self, page: &str) -> Flash {
        let open = |cookie: CookieName, context: &str| {
            self.cookies.all(cookie).find_map(|sealed| Flash::open(&self.state, context, sealed))
        };
        if let Some(flash) = open(CookieName::Flash, page) {
            self.clear_cookie(CookieName::Flash);
            return flash;
        }
        let Some(Some(SignedIn { account, .. })) = &self.signed_in else { return Flash::default() };
        match open(CookieName::Kept, &kept_for(page, &self.owner(&account.id))) {
            Some(flash) => {
                self.clear_cookie(CookieName::Kept);
                flash
            }
            None => Flash::default(),
        }
    }

    /// Keeps what was left for a page that cannot be shown now.
    pub(crate) fn restore_flash(&self) {
        let mut all = self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(name, header)| {
            let read = is_called(name, CookieName::Flash) || is_called(name, CookieName::Kept);
            !(read && header.to_str().is_ok_and(|header| header.contains("Max-Age=0")))
        });
    }

    /// Leaves a flash for a page.
    pub(crate) fn set_flash(&self, page: &str, flash: &Flash) {
        if let Some(sealed) = flash.seal(&self.state, page) {
            self.set_cookie(CookieName::Flash, &sealed, Some(flash::LIFETIME));
        }
    }

    /// Keeps what was typed into a form of an account until the user has signed in or reauthenticated: for the user who
    /// was shown that page, and for no other who signs in here. Returns whether it is kept.
    pub(in crate::http) fn keep_for_owner(&self, page: &str, flash: &Flash) -> bool {
        let Some(owner) = self.cookies.get(CookieName::Owner) else { return false };
        let sealed = flash.seal_for_later(&self.state, &kept_for(page, owner));
        if let Some(sealed) = &sealed {
            self.set_cookie(CookieName::Kept, sealed, Some(flash::KEPT_FOR));
        }
        sealed.is_some()
    }
}

/// Returns what [`RequestContext::keep_for_owner`] is sealed for.
fn kept_for(page: &str, owner: &str) -> String {
    format!("{page}\n{owner}")
}
