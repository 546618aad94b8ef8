//! Copying an address that no link may lead to.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsValue, prelude::Closure},
    web_sys::Event,
};

use super::dom;

/// Enhances buttons `[data-copy=TEXT]`, which copy their text. The `role="status"` beside one says `data-done`
/// when that is done. Where a browser gives pages no clipboard, the button goes.
#[island]
pub fn Copy() -> impl IntoView {
    dom::enhance("data-copy", |button| {
        let clipboard = window().navigator().clipboard();
        if clipboard.is_undefined() {
            button.remove();
            return;
        }
        let status = button
            .parent_element()
            .and_then(|around| around.query_selector("[role=status]").ok().flatten());
        let (text, done) = (dom::data(&button, "data-copy"), dom::data(&button, "data-done"));
        let say = {
            let status = status.clone();
            Closure::<dyn FnMut(JsValue)>::new(move |_| {
                if let Some(status) = &status {
                    status.set_text_content(Some(&done));
                }
            })
        };
        dom::listen(&button, "click", move |_: Event| {
            // Empty first, so that a second time is said, too.
            if let Some(status) = &status {
                status.set_text_content(None);
            }
            let _ = clipboard.write_text(&text).then(&say);
        });
    });
}
