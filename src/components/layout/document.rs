use std::sync::LazyLock;

use leptos::prelude::*;

use super::{Head, use_document, use_request};
use crate::{
    http::{assets::Bundle, flash::use_flash, manifest::GROUNDS},
    i18n::use_texts,
};

/// Milliseconds during which a page counts as being hydrated; after that it shows its no-script version.
const WAKING_MS: u32 = 10_000;

/// The whole document. The page is rendered first: it sets the title and determines whether there are islands.
#[component]
pub(crate) fn Document(children: Children) -> impl IntoView {
    let body = children().to_html();
    let Head { title, style, refresh, refresh_without_script, .. } =
        use_document().with(|head| head.clone());
    let t = use_texts();
    let request = use_request();
    let nonce = use_document().nonce();
    let (config, assets) = (&request.state.config, &request.state.assets);
    let title = format!("{title} · {}", config.shop_name);
    let title = if use_flash().error.is_some() { t.ui().error_title(title) } else { title };
    let accent = format!(
        ":root{{--accent-h:{:.1};--accent-c:{:.3}}}",
        config.accent.hue, config.accent.chroma
    );
    let grounds = GROUNDS.into_iter().map(|(scheme, ground)| {
        leptos::html::meta().name("theme-color").content(ground).attr("media", scheme)
    });
    let refresh =
        refresh.map(|seconds| view! { <meta http-equiv="refresh" content=seconds.to_string()/> });
    let without_script = refresh_without_script.map(|seconds| {
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">");
        view! { <noscript inner_html=refresh></noscript> }
    });
    let scripts = body.contains("<leptos-island").then(|| {
        let bundle = assets.bundle(&body).clone();
        view! { <Scripts refresh=refresh_without_script bundle/> }
    });
    let watch = is_watched().then(|| {
        let reload = "new WebSocket('ws://'+location.hostname+':3001/live_reload').onmessage=()=>location.reload()";
        view! { <script nonce=nonce.clone() inner_html=reload></script> }
    });
    view! {
        <!DOCTYPE html>
        <html lang=t.0.tag() dir="ltr">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                {grounds.collect_view()}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                // Sent with cookies, so that it is in the user's language.
                <link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials"/>
                <link rel="stylesheet" href=assets.style(style.name()).to_owned()/>
                <style nonce=nonce.clone()>{accent}</style>
                {refresh}
                {without_script}
                {scripts}
                {watch}
            </head>
            <body inner_html=body></body>
        </html>
    }
}

/// Returns whether cargo-leptos watches (`make dev`), in which case pages reload after a change.
#[must_use]
pub(crate) fn is_watched() -> bool {
    static WATCHED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("LEPTOS_WATCH").is_some());
    *WATCHED
}

/// Loads the page's bundle and hydrates the islands, outer ones before inner ones, which use the context of the outer
/// ones. `HydrationScripts` knows only one bundle and sets no nonce on its preloads.
///
/// A top-level island has a context of its own, which `hydrate` begins. Once all islands are hydrated `awake` is
/// called: streams start then.
///
/// The style sheet relies on two marks on the document: `data-alive`, set once the islands are hydrated, and
/// `data-waking`, set before the first paint and removed then. Where neither is set the page shows its no-script
/// version: no script, no WebAssembly (which some browsers and companies turn off), or files that failed to load.
#[component]
fn Scripts(refresh: Option<i64>, bundle: Bundle) -> impl IntoView {
    let nonce = use_document().nonce();
    let Bundle { js, wasm, .. } = bundle;
    let refresh = refresh.map(|seconds| {
        format!("setInterval(()=>'alive'in d||'waking'in d||location.reload(),{seconds}000)")
    });
    let preload = view! {
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
    };
    // A browser without modules hydrates nothing.
    let first = format!(
        "{{const d=document.documentElement.dataset;if(self.WebAssembly&&'noModule'in HTMLScriptElement.prototype){{\
         d.waking='';setTimeout(()=>delete d.waking,{WAKING_MS})}}{}}}",
        refresh.unwrap_or_default()
    );
    let loader = format!(
        "const d=document.documentElement.dataset;\
         const wake=(m,e,found)=>{{\
         if(e.localName=='leptos-island'){{found?found():m.hydrate();m[e.dataset.component]?.(e)}}\
         if(e.localName=='leptos-children')found=e.$$on_hydrate;\
         for(const c of [...e.children])wake(m,c,found)}};\
         if(self.WebAssembly)import('{js}').then(async m=>{{await m.default({{module_or_path:'{wasm}'}});\
         wake(m,document.body);d.alive='';m.awake()}}).finally(()=>delete d.waking)"
    );
    view! {
        <script nonce=nonce.clone() inner_html=first></script>
        <link rel="modulepreload" href=js crossorigin="anonymous" nonce=nonce.clone()/>
        {preload}
        <script type="module" nonce=nonce inner_html=loader></script>
    }
}
