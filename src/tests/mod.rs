//! The one Rust test binary: a file or a folder for each feature, and `server/` for what several build on. Everything
//! runs on SQLite and on the PostgreSQL cluster that `make test` starts, each test on a database of its own, with a
//! clock that stands still until the test advances it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod browser;
mod harness;
mod styles;

mod account;
mod activity;
mod assisted;
mod backup_codes;
mod console;
mod devices;
mod door;
mod email;
mod emails;
mod export;
mod fields;
mod forms;
mod http;
mod kept;
mod limits;
mod mail_hosts;
mod names;
mod names_renewed;
mod nobody_learns;
mod password;
mod password_by_code;
mod password_guide;
mod post_redirect_get;
mod profile;
mod qr_sign_in;
mod reauthentication;
mod reauthentication_dialog;
mod recovery;
mod register;
mod server;
mod sign_in;
mod sizes;
mod sources;
mod staff;
mod support;
mod tabs;
mod thief;
mod twice;
mod username;
mod username_reminder;
