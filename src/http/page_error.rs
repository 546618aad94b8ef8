//! Why a page is not shown.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::error::{AppError, InternalError};

/// Why a page is not shown.
#[derive(Clone)]
pub(crate) enum PageError {
    /// Another page comes first.
    To(String),
    /// No user is signed in.
    SignIn,
    /// The user must reauthenticate first.
    Confirm,
    /// It cannot be shown.
    Error(AppError),
}

impl From<InternalError> for PageError {
    fn from(fault: InternalError) -> Self {
        Self::Error(fault.into())
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Error(error.into())
    }
}

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

/// What a response to be rendered is about.
#[derive(Clone)]
pub(crate) struct Unrendered {
    /// Why the page is not shown.
    pub error: PageError,
    /// The status, if it is not that of the error.
    pub status: Option<StatusCode>,
}

/// A placeholder with [`Unrendered`], which [`crate::components::page::render_errors`] turns into the response:
/// choosing the language takes the request.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Unrendered { error: self, status: None });
        response
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        PageError::Error(self).into_response()
    }
}

/// Returns the placeholder for an error with a status that an inner layer chose.
pub(super) fn with_status(error: AppError, status: StatusCode) -> Response {
    let mut response = status.into_response();
    let unrendered = Unrendered { error: error.into(), status: Some(status) };
    response.extensions_mut().insert(unrendered);
    response
}

/// Returns whether a response is such a placeholder.
pub(super) fn is_unrendered(response: &Response) -> bool {
    response.extensions().get::<Unrendered>().is_some()
}
