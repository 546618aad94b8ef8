//! Posts that leave the page as it is.

use leptos::{
    prelude::*,
    serde_json,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{FormData, MouseEvent, UrlSearchParams},
};

use super::answer::Answer;

/// What a server function answers to `fields`, in the media type `accept`; `None` if it refuses or is not reached. The
/// client of `server_fn` would weigh 9 KB.
pub(super) async fn post(address: &str, accept: &str, fields: JsValue) -> Option<String> {
    let request = gloo_net::http::Request::post(address).header("accept", accept).body(fields);
    let answer = request.ok()?.send().await.ok()?;
    if answer.ok() { answer.text().await.ok() } else { None }
}

/// The answer to a form; `None` if the server could not be reached or did not understand.
pub(super) async fn post_form(address: &str, fields: JsValue) -> Option<Answer> {
    serde_json::from_str(&post(address, Answer::MEDIA_TYPE, fields).await?).ok()
}

/// The fields of a form without a file, URL-encoded when they are posted.
pub(super) fn pairs(fields: &FormData) -> Option<JsValue> {
    // A list of pairs, whichever of the two kinds holds it.
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(fields.unchecked_ref()).ok()?;
    Some(pairs.into())
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

/// Path and query of the page.
pub(super) fn here() -> String {
    let here = location();
    [here.pathname(), here.search()].map(Result::unwrap_or_default).concat()
}

/// Whether an answer leads to the page that is shown, whatever its query says.
pub(super) fn is_here(next: &str) -> bool {
    let path = next.split(['?', '#']).next();
    location().pathname().is_ok_and(|here| path == Some(&here))
}

/// Whether a click follows a link in this tab: another tab or window is the browser's business.
pub(super) fn is_plain_click(event: &MouseEvent) -> bool {
    let is_combined = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !is_combined
}
