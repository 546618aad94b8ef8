//! What stands around every screen.

use std::sync::LazyLock;

use leptos::prelude::*;

use super::{
    icons::{Icon, icon},
    notice::{Tone, notice},
};
use crate::{
    assisted::RecoveryBanner,
    i18n::{self, Locale, Texts},
    server::http::{context::Cx, manifest::GROUNDS, page::Page},
};

/// How wide a screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One card in the middle.
    Card,
    /// A column for reading.
    Wide,
    /// The account: a side and a middle.
    Home,
}

/// The id of a screen's form: the language switch is one of its buttons.
pub const FORM: &str = "screen-form";

/// The whole document.
pub fn shell(cx: &Cx, page: Page, nonce: &str) -> impl IntoView + use<> {
    let locale = cx.locale;
    let config = &cx.app.config;
    let assets = &cx.app.assets;
    let title = format!("{} · {}", page.title, config.shop_name);
    let accent = format!(
        ":root{{--accent-h:{:.1};--accent-c:{:.3}}}",
        config.accent.hue, config.accent.chroma
    );
    let frame = match page.frame {
        Frame::Card => "page",
        Frame::Wide => "page wide",
        Frame::Home => "page home",
    };
    let nonce = nonce.to_owned();
    let scripts = page
        .islands
        .then(|| scripts(&assets.js, &assets.wasm, page.refresh_without_script, nonce.clone()));
    let refresh = page
        .refresh
        .map(|seconds| view! { <meta http-equiv="refresh" content=seconds.to_string()/> });
    let refresh_without_script = page.refresh_without_script.map(|seconds| {
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">");
        view! { <noscript inner_html=refresh></noscript> }
    });
    let grounds = GROUNDS
        .into_iter()
        .map(|(scheme, ground)| {
            leptos::html::meta().name("theme-color").content(ground).attr("media", scheme)
        })
        .collect_view();
    let home = config.shop_url.as_ref().map_or_else(|| "/".to_owned(), ToString::to_string);
    let language = page.languages.then(|| language_switch(locale, page.form, &cx.screen()));
    provide_context(Texts(locale));
    provide_context(cx.clone());
    let recovering = view! { <RecoveryBanner/> };
    let no_cookies = cx
        .keeps_no_cookies()
        .then(|| notice(Tone::Bad, view! { <p>{i18n::ui::no_cookies(locale)}</p> }));
    let view = (page.view)();
    view! {
        <html lang=locale.tag() dir="ltr">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                {grounds}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                // With cookies: in the language of whoever looks.
                <link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials"/>
                <link rel="stylesheet" href=assets.css.clone()/>
                <style nonce=nonce.clone()>{accent}</style>
                {refresh}
                {refresh_without_script}
                {scripts}
                {is_watched().then(|| reload_script(nonce.clone()))}
            </head>
            <body>
                <div class=frame>
                    <a class="skip" href="#main">{i18n::ui::skip(locale)}</a>
                    <header class="top">
                        <a class="brand" href=home>{config.shop_name.clone()}</a>
                    </header>
                    <main id="main" tabindex="-1">{no_cookies}{recovering}{view}</main>
                    <footer class="bottom quiet">
                        <small class="lock">{icon(Icon::Lock)}{i18n::ui::footer(locale, &config.shop_name)}</small>
                    </footer>
                    {language}
                </div>
            </body>
        </html>
    }
}

/// Whether cargo-leptos watches (`make dev`) and wants screens to reload after a change.
#[must_use]
pub fn is_watched() -> bool {
    static WATCHED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("LEPTOS_WATCH").is_some());
    *WATCHED
}

fn reload_script(nonce: String) -> impl IntoView {
    let script = "new WebSocket('ws://'+location.hostname+':3001/live_reload').onmessage=()=>location.reload()";
    view! { <script nonce=nonce inner_html=script></script> }
}

/// So long a screen counts as about to be alive, in milliseconds; then it shows the way without script.
const WAKING_MS: u32 = 10_000;

/// The loader wakes one island after the other. They hold no islands themselves.
///
/// The style sheet goes by two marks on the document: `data-alive`, from when the islands are, and `data-waking` until
/// then, set before anything is painted. Where neither is, the way without script is shown: no script, no WebAssembly
/// (which some browsers and companies turn off), or files that did not come.
fn scripts(js: &str, wasm: &str, refresh: Option<i64>, nonce: String) -> impl IntoView + use<> {
    let refresh = refresh.map(|seconds| {
        format!("setInterval(()=>'alive'in d||'waking'in d||location.reload(),{seconds}000)")
    });
    // Whatever knows no modules wakes nothing.
    let first = format!(
        "{{const d=document.documentElement.dataset;if(self.WebAssembly&&'noModule'in HTMLScriptElement.prototype){{\
         d.waking='';setTimeout(()=>delete d.waking,{WAKING_MS})}}{}}}",
        refresh.unwrap_or_default()
    );
    let loader = format!(
        "const d=document.documentElement.dataset;\
         if(self.WebAssembly)import('{js}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>{{m.hydrate();\
         for(const e of document.querySelectorAll('leptos-island'))m[e.dataset.component]?.(e);\
         d.alive=''}})).finally(()=>delete d.waking)"
    );
    view! {
        <script nonce=nonce.clone() inner_html=first></script>
        <link rel="modulepreload" href=js.to_owned() crossorigin nonce=nonce.clone()/>
        <link rel="preload" href=wasm.to_owned() r#as="fetch" r#type="application/wasm" crossorigin/>
        <script type="module" nonce=nonce inner_html=loader></script>
    }
}

/// One button for each other language. It comes last in the document, so that Enter in
/// a form never finds it as the form's first button; the style sheet puts it on top.
fn language_switch(locale: Locale, has_form: bool, screen: &str) -> impl IntoView + use<> {
    let own_form = (!has_form).then(|| {
        view! {
            <form id=FORM method="post" action="/api/language">
                <input type="hidden" name="screen" value=screen.to_owned()/>
            </form>
        }
    });
    let buttons = Locale::ALL
        .into_iter()
        .filter(|other| *other != locale)
        .map(|other| {
            view! {
                <button
                    type="submit"
                    class="button plain"
                    form=FORM
                    formaction="/api/language"
                    formenctype="application/x-www-form-urlencoded"
                    formnovalidate
                    name="lang"
                    value=other.tag()
                    lang=other.tag()
                >
                    {icon(Icon::Globe)}
                    {other.name()}
                </button>
            }
        })
        .collect_view();
    view! { <nav class="language" aria-label=i18n::ui::language(locale)>{own_form}{buttons}</nav> }
}

/// The opening of every screen's form: where it posts, and where the language switch leads back.
pub fn screen_field(cx: &Cx) -> impl IntoView + use<> {
    view! { <input type="hidden" name="screen" value=cx.screen()/> }
}
