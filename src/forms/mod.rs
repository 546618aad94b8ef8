//! Input, parsed once: a value of one of these types has been judged and needs
//! no second look. The browser posts what was typed, and the server judges it.

#[cfg(feature = "ssr")]
pub mod limits;

#[cfg(feature = "ssr")]
mod code;
#[cfg(feature = "ssr")]
mod codes_in_text;
#[cfg(feature = "ssr")]
mod digits;
#[cfg(feature = "ssr")]
mod display_name;
#[cfg(feature = "ssr")]
mod email;
#[cfg(feature = "ssr")]
mod fold;
#[cfg(feature = "ssr")]
mod login;
#[cfg(feature = "ssr")]
mod message;
#[cfg(feature = "ssr")]
mod password;
#[cfg(feature = "ssr")]
mod reserved;
#[cfg(feature = "ssr")]
mod saved_code;
mod secret_text;
#[cfg(feature = "ssr")]
mod short_code;

pub use self::secret_text::SecretText;
#[cfg(feature = "ssr")]
pub use self::{
    code::Code,
    codes_in_text::{CodeForm, CodeLike, codes_in},
    digits::decimal,
    display_name::{DisplayName, DisplayNameTooLong},
    email::{Email, EmailProblem, shown},
    fold::{Looks, tidy},
    login::{Login, LoginProblem},
    message::{MessageProblem, MessageText},
    password::{Password, PasswordContext, PasswordProblem},
    reserved::is_reserved,
    saved_code::SavedCode,
    short_code::{ShortCode, two_digits},
};

/// The key under which a typed login name or e-mail address is looked up and
/// counted. Anything may be typed; what could never be a name still has a key,
/// so that nonsense takes the same way as a name.
#[cfg(feature = "ssr")]
#[must_use]
pub fn identifier_key(typed: &str) -> String {
    let typed = tidy(typed);
    if typed.contains('@') { email::key(&typed) } else { login::key(&typed) }
}
