//! HTTP: what every request passes through before it reaches a feature.

mod accept;
pub(crate) mod assets;
pub(crate) mod context;
pub(crate) mod cookies;
pub(crate) mod extract;
mod fields;
pub(crate) mod flash;
pub(crate) mod health;
pub(crate) mod language;
pub(crate) mod manifest;
pub(crate) mod middleware;
pub(crate) mod page_error;
pub(crate) mod post_redirect_get;
pub(crate) mod press;
pub(crate) mod reauthentication;
pub(crate) mod redirect;
pub(crate) mod refusal;
pub(crate) mod return_to;
pub(crate) mod sse;
pub(crate) mod trace;
pub(crate) mod upload;
