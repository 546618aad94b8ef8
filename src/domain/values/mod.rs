//! Input, parsed once: a value of one of these types is valid and needs no second check. The browser posts what was
//! typed, and the server validates it.

pub mod limits;

mod backup_code;
mod code;
mod code_text;
mod codes_in_text;
mod device_name;
mod digits;
mod display_name;
mod email;
mod error;
mod fold;
mod mail_hosts;
mod message;
mod password;
mod reserved;
mod secret_text;
mod short_code;
mod username;

pub use self::secret_text::SecretText;
pub use self::{
    backup_code::BackupCode,
    code::Code,
    codes_in_text::{CodeForm, CodeLike, codes_in},
    device_name::{DeviceName, DeviceNameTooLong},
    digits::decimal,
    display_name::{DisplayName, DisplayNameTooLong},
    email::{EmailAddress, EmailProblem, shown},
    error::LanguageProblem,
    fold::{Looks, tidy},
    mail_hosts::meant_address,
    message::{MessageProblem, MessageText},
    password::{Password, PasswordContext, PasswordProblem},
    reserved::is_reserved,
    short_code::{ShortCode, two_digits},
    username::{Username, UsernameProblem},
};

/// Returns the key under which a typed username or email address is looked up and counted. Any input has a key, even
/// if it can be neither, so that invalid input takes the same path as a name.
#[must_use]
pub fn identifier_key(typed: &str) -> String {
    let typed = tidy(typed);
    if typed.contains('@') { email::key(&typed) } else { username::key(&typed) }
}
