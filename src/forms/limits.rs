//! Sizes that both sides must agree on.

/// Longest password that is taken, in code points; longer ones are refused, never cut
/// (ASVS 6.2.9 asks for 64 at least).
pub const PASSWORD_MAX: usize = 128;
/// Characters of a login name.
pub const LOGIN_MIN: usize = 3;
/// See [`LOGIN_MIN`].
pub const LOGIN_MAX: usize = 32;
/// Longest e-mail address (RFC 5321 §4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// Longest display name, in code points.
pub const DISPLAY_NAME_MAX: usize = 64;
/// Longest name of a device, in code points.
pub const DEVICE_NAME_MAX: usize = 40;
/// Longest message of the support chat, in code points.
pub const MESSAGE_MAX: usize = 4_000;
