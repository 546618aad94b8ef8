//! Posts that do not leave the page.

use leptos::{
    prelude::*,
    serde_json,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{FormData, MouseEvent, UrlSearchParams},
};

use super::answer::Answer;

/// Returns the response of a server function to `fields`, in the media type `accept`; `None` if it refuses or cannot be
/// reached. The client of `server_fn` would weigh 9 KB.
pub(super) async fn post(address: &str, accept: &str, fields: JsValue) -> Option<String> {
    let request = gloo_net::http::Request::post(address).header("accept", accept).body(fields);
    let answer = request.ok()?.send().await.ok()?;
    if answer.ok() { answer.text().await.ok() } else { None }
}

/// Returns the response to a form; `None` if the server could not be reached or did not understand the request.
pub(super) async fn post_form(address: &str, fields: JsValue) -> Option<Answer> {
    serde_json::from_str(&post(address, Answer::MEDIA_TYPE, fields).await?).ok()
}

/// Returns the fields of a form without a file, to be posted URL-encoded.
pub(super) fn pairs(fields: &FormData) -> Option<JsValue> {
    // `FormData` is iterable as pairs too, which is all that the constructor needs.
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(fields.unchecked_ref()).ok()?;
    Some(pairs.into())
}

/// Does the same as [`post`], with a JSON response.
pub(super) async fn ask(address: &str, fields: &[(&str, &str)]) -> Option<String> {
    let body = UrlSearchParams::new().ok()?;
    for (name, value) in fields {
        body.append(name, value);
    }
    post(address, "application/json", body.into()).await
}

/// Posts something without showing a response; returns whether it was accepted.
pub(super) async fn tell(address: &str, fields: &[(&str, &str)]) -> bool {
    ask(address, fields).await.is_some()
}

/// Returns path and query of the page.
pub(super) fn here() -> String {
    let here = location();
    [here.pathname(), here.search()].map(Result::unwrap_or_default).concat()
}

/// Returns whether an address is that of the current page, whatever its query.
pub(super) fn is_here(next: &str) -> bool {
    let path = next.split(['?', '#']).next();
    location().pathname().is_ok_and(|here| path == Some(&here))
}

/// Returns whether a click follows a link in this tab; other tabs and windows are left to the browser.
pub(super) fn is_plain_click(event: &MouseEvent) -> bool {
    let is_combined = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !is_combined
}
