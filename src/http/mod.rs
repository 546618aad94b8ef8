//! HTTP: what every request passes through before it reaches a feature.

mod accept;
pub mod assets;
pub mod context;
pub mod cookies;
pub mod extract;
mod fields;
pub mod flash;
pub(crate) mod health;
pub(crate) mod language;
pub mod manifest;
pub(crate) mod middleware;
pub mod page_error;
pub mod post_redirect_get;
pub mod press;
pub mod reauthentication;
pub mod redirect;
pub mod refusal;
pub mod return_to;
pub mod sse;
pub(crate) mod trace;
pub mod upload;
