//! Input, parsed once: a value of one of these types has been judged and needs
//! no second look. Used by the server and, where light enough, by the browser.

pub mod limits;

#[cfg(feature = "ssr")]
mod code;
#[cfg(feature = "ssr")]
mod email;
#[cfg(feature = "ssr")]
mod login;
#[cfg(feature = "ssr")]
mod password;
#[cfg(feature = "ssr")]
mod secret_text;

#[cfg(feature = "ssr")]
pub use self::{
    code::Code,
    email::{Email, EmailProblem},
    login::{Login, LoginProblem},
    password::{Password, PasswordContext, PasswordProblem},
    secret_text::SecretText,
};

/// The key under which a typed login name or e-mail address is looked up and
/// counted. Anything may be typed; what could never be a name still has a key,
/// so that nonsense takes the same way as a name.
#[cfg(feature = "ssr")]
#[must_use]
pub fn identifier_key(typed: &str) -> String {
    if typed.contains('@') { email::key(typed) } else { login::key(typed) }
}
