//! Leptos as it is, but for the JSON that the browser reads: props of islands, and what server functions return, go
//! through its own parser and not through a second one in WebAssembly. `docs/adr/0003-light-json.md` says why.

pub use leptos::*;

#[cfg(not(target_arch = "wasm32"))]
pub use leptos::serde_json;

/// What `#[island]` asks of `serde_json`, in the browser.
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

/// What `#[server]` asks of `server_fn`, in the browser.
#[cfg(target_arch = "wasm32")]
pub mod server_fn {
    pub use leptos::server_fn::*;

    /// Its encodings, with a JSON of which the browser reads only.
    pub mod codec {
        use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
        pub use leptos::server_fn::codec::*;
        use serde::de::DeserializeOwned;

        use crate::serde_json;

        /// As that of `server_fn`, but that nothing is written.
        pub struct JsonEncoding;

        /// Answers in JSON.
        pub type Json = Post<JsonEncoding>;

        impl ContentType for JsonEncoding {
            const CONTENT_TYPE: &'static str = "application/json";
        }

        impl FormatType for JsonEncoding {
            const FORMAT_TYPE: Format = Format::Text;
        }

        impl<T> Encodes<T> for JsonEncoding {
            type Error = serde_json::Error;

            fn encode(_: &T) -> Result<bytes::Bytes, Self::Error> {
                Err(serde_json::Error)
            }
        }

        impl<T: DeserializeOwned> Decodes<T> for JsonEncoding {
            type Error = serde_json::Error;

            fn decode(bytes: bytes::Bytes) -> Result<T, Self::Error> {
                serde_json::from_str(std::str::from_utf8(&bytes).map_err(|_| serde_json::Error)?)
            }
        }
    }
}
