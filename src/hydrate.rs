//! The entry point of the browser build.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the loader, before it hydrates the islands one by one.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}

/// Called once by the loader, when all islands of the page are hydrated.
#[wasm_bindgen]
pub fn awake() {
    crate::islands::awake();
}
