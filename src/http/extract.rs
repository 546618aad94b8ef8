//! Who may see a page, as extractors for its handler.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{
    context::{RequestContext, SignedIn, Staff},
    page_error::PageError,
};
use crate::state::AppState;

/// A user who is signed in; other visitors must sign in first.
pub(crate) struct CurrentUser(pub SignedIn);

impl FromRequestParts<AppState> for CurrentUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let mut context = RequestContext::from_request_parts(parts, state).await?;
        Ok(Self(context.signed_in().await?.ok_or(PageError::SignIn)?))
    }
}

/// A user who reauthenticated recently (ASVS 7.5.1); others must do so first.
pub(crate) struct FreshUser(pub SignedIn);

impl FromRequestParts<AppState> for FreshUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        Ok(Self(
            RequestContext::from_request_parts(parts, state).await?.fresh_user_of_page().await?,
        ))
    }
}

/// An operator or an admin; other users get 404.
pub(crate) struct StaffUser(pub Staff);

impl FromRequestParts<AppState> for StaffUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        Ok(Self(
            RequestContext::from_request_parts(parts, state).await?.staff_user_of_page().await?,
        ))
    }
}
