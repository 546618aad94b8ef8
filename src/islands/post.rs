//! Posts that leave the page as it is.

use leptos::{wasm_bindgen::JsValue, web_sys::UrlSearchParams};

/// What a server function answers to `fields`, in the media type `accept`; `None` if it refuses or is not reached. The
/// client of `server_fn` would weigh 9 KB.
pub(super) async fn post(address: &str, accept: &str, fields: JsValue) -> Option<String> {
    let request = gloo_net::http::Request::post(address).header("accept", accept).body(fields);
    let answer = request.ok()?.send().await.ok()?;
    if answer.ok() { answer.text().await.ok() } else { None }
}

/// As [`post`], in JSON.
pub(super) async fn ask(address: &str, fields: &[(&str, &str)]) -> Option<String> {
    let body = UrlSearchParams::new().ok()?;
    for (name, value) in fields {
        body.append(name, value);
    }
    post(address, "application/json", body.into()).await
}

/// Posts something of which nothing is shown; whether it was taken.
pub(super) async fn tell(address: &str, fields: &[(&str, &str)]) -> bool {
    ask(address, fields).await.is_some()
}

/// Whether an answer leads to the page that is shown, whatever its query says.
#[cfg(any(feature = "chat", feature = "console"))]
pub(super) fn is_here(next: &str) -> bool {
    let path = next.split(['?', '#']).next();
    leptos::prelude::window().location().pathname().is_ok_and(|here| path == Some(&here))
}
