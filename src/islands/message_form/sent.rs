//! A message on its way to the server.

use leptos::{
    prelude::*,
    serde_json,
    wasm_bindgen::JsValue,
    web_sys::{File, js_sys::Math},
};

use super::super::{
    answer::{Answer, Refusal},
    post::is_here,
};

/// The errors after which the same request may succeed in a moment.
const BUSY: [&str; 2] = ["busy", "unavailable"];
/// The error when there is no conversation, or none that the user may see.
const GONE: &str = "not_found";

/// The request for one message. It stays the same for every try, because the form may have changed since.
pub(super) struct Sent {
    pub action: String,
    pub body: JsValue,
    pub nonce: String,
    pub text: String,
    pub file: Option<File>,
    pub is_taken: RwSignal<bool>,
    pub failure: RwSignal<Option<String>>,
}

pub(super) enum Reply {
    Taken,
    Refused(Refusal),
    /// The server cannot be reached: the same request is tried again.
    Away,
    /// Another page comes first.
    Elsewhere(String),
    /// Only a page load can show the reason.
    Unknown,
}

impl Sent {
    pub(super) async fn post(&self) -> Reply {
        let request = gloo_net::http::Request::post(&self.action);
        let Ok(request) = request.header("accept", Answer::MEDIA_TYPE).body(self.body.clone())
        else {
            return Reply::Unknown;
        };
        let Ok(response) = request.send().await else { return Reply::Away };
        if matches!(response.status(), 502..=504) {
            return Reply::Away;
        }
        let Ok(text) = response.text().await else { return Reply::Away };
        match serde_json::from_str(&text) {
            Ok(Answer { refusal: Some(refusal), .. }) => match &*refusal.error {
                error if BUSY.contains(&error) => Reply::Away,
                GONE => Reply::Unknown,
                _ => Reply::Refused(refusal),
            },
            Ok(Answer { next, .. }) if is_here(&next) => Reply::Taken,
            Ok(Answer { next, .. }) => Reply::Elsewhere(next),
            Err(_) => Reply::Unknown,
        }
    }
}

/// Returns a nonce that identifies a message, so that it counts once however often it arrives.
pub(super) fn nonce() -> String {
    let digit = |_| char::from_digit((Math::random() * 16.0) as u32, 16).unwrap_or('0');
    (0..32).map(digit).collect()
}
