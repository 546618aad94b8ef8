//! Who may see a page, as extractors of its handler.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{
    context::{RequestContext, SignedIn, Staff},
    page::PageError,
};
use crate::server::app::App;

/// A user who is signed in; everybody else signs in first.
pub struct CurrentUser(pub SignedIn);

impl FromRequestParts<App> for CurrentUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let mut context = RequestContext::from_request_parts(parts, app).await?;
        Ok(Self(context.signed_in().await?.ok_or(PageError::SignIn)?))
    }
}

/// A user who proved a moment ago who it is (ASVS 7.5.1); everybody else does that first.
pub struct FreshUser(pub SignedIn);

impl FromRequestParts<App> for FreshUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Self(RequestContext::from_request_parts(parts, app).await?.proved().await?))
    }
}

/// An operator or an admin; everybody else finds nothing.
pub struct StaffUser(pub Staff);

impl FromRequestParts<App> for StaffUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Self(RequestContext::from_request_parts(parts, app).await?.staff_page().await?))
    }
}
