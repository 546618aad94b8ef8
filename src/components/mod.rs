//! Components that several features use. Those that islands consist of are also built for the browser.

pub(crate) mod alert;
pub(crate) mod form;
pub(crate) mod icon;

#[cfg(feature = "ssr")]
pub(crate) mod avatar;
#[cfg(feature = "ssr")]
pub(crate) mod backup_codes_left;
#[cfg(feature = "ssr")]
pub(crate) mod captcha;
#[cfg(feature = "ssr")]
pub(crate) mod choice;
#[cfg(feature = "ssr")]
pub(crate) mod code_page;
#[cfg(feature = "ssr")]
pub(crate) mod error_page;
#[cfg(feature = "ssr")]
pub(crate) mod layout;
#[cfg(feature = "ssr")]
pub(crate) mod page;
#[cfg(feature = "ssr")]
pub(crate) mod steps;
#[cfg(feature = "ssr")]
pub(crate) mod time;
#[cfg(feature = "ssr")]
pub(crate) mod waiting_page;
