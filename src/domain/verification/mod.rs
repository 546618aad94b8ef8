//! Proving who one is: flows, emailed codes, and the captcha before them.

pub mod account_code;
pub mod address_code;
pub mod captcha;
pub mod codes;
pub mod flows;
