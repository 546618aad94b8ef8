//! The browser build: a `cdylib` of what `latchkey` exports there.

extern crate latchkey as _;
