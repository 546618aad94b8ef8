//! Leptos as it is, but for the JSON that the browser reads: it goes through its own parser, and not through a second one
//! in WebAssembly. `docs/adr/0003-weight-of-the-browser-build.md` says why.

pub use leptos::*;

#[cfg(not(target_arch = "wasm32"))]
pub use leptos::serde_json;

/// `serde_json` as far as `#[island]` and what islands receive need it in the browser.
#[cfg(target_arch = "wasm32")]
pub mod serde_json {
    mod read;

    use std::convert::Infallible;

    use serde::{Serialize, de::DeserializeOwned};

    pub use self::read::Error;
    use self::read::Value;

    /// Nothing: only the server writes props.
    ///
    /// # Errors
    /// None.
    pub fn to_string<T: Serialize>(_: &T) -> Result<String, Infallible> {
        Ok(String::new())
    }

    /// Reads what the server wrote.
    ///
    /// # Errors
    /// When it is no JSON, or not that of a `T`.
    pub fn from_str<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
        T::deserialize(Value(js_sys::JSON::parse(json).map_err(|_| Error)?))
    }
}
