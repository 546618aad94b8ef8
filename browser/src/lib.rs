//! The browser build: a `cdylib` of the functions that `latchkey` exports to the browser.

extern crate latchkey as _;
