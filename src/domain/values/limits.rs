//! Limits that server and browser share.

/// Longest accepted password, in code points; longer ones are refused, never truncated (ASVS 6.2.9 requires at least
/// 64).
pub const PASSWORD_MAX: usize = 128;
/// Fewest characters of a username.
pub const LOGIN_MIN: usize = 3;
/// Most characters of a username.
pub const LOGIN_MAX: usize = 32;
/// Longest email address (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// Longest display name, in code points.
pub const DISPLAY_NAME_MAX: usize = 64;
/// Longest name of a device, in code points.
pub const DEVICE_NAME_MAX: usize = 40;
/// Longest message of the support chat, in code points.
pub const MESSAGE_MAX: usize = 4_000;
