//! In the place of `wasm-streams`, which exports three classes to the browser whether they are used or not: 5 KB. Our
//! server functions stream nothing. `docs/adr/0003-weight-of-the-browser-build.md` says more.

use std::{
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use wasm_bindgen::{JsCast as _, JsValue};

/// A stream of the browser.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

/// What comes out of it: nothing.
#[derive(Debug)]
pub struct IntoStream<'reader>(PhantomData<&'reader ()>);

impl ReadableStream {
    /// Around one of the browser.
    #[must_use]
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// An empty one: nothing that the browser posts is a stream.
    pub fn from_stream<S>(_: S) -> Self {
        Self(JsValue::NULL.unchecked_into())
    }

    /// The one of the browser.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// What comes out of it.
    #[must_use]
    pub fn into_stream(self) -> IntoStream<'static> {
        IntoStream(PhantomData)
    }
}

impl futures_core::Stream for IntoStream<'_> {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
