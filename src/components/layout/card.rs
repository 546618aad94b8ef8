use leptos::prelude::*;

use super::{PageBanner, StyleSheet, use_document, use_request};
use crate::{
    components::{
        alert::{Alert, Tone},
        icon::{Icon, IconKind},
    },
    i18n::{Locale, use_texts},
};

/// The width of the column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Width {
    /// A single card.
    #[default]
    Card,
    /// Long text.
    Text,
    /// The account: navigation and content.
    Account,
}

/// A single column below the shop's name, with the language switch.
#[component]
pub(crate) fn CardLayout(
    #[prop(optional)] width: Width,
    #[prop(default = StyleSheet::Card)] style: StyleSheet,
    /// Whether other languages are offered: not where switching would lose something that is shown only once.
    #[prop(default = true)]
    languages: bool,
    children: Children,
) -> impl IntoView {
    use_document().with(|head| head.style = style);
    let t = use_texts().ui();
    let request = use_request();
    let config = &request.state.config;
    let class = match width {
        Width::Card => "page",
        Width::Text => "page wide",
        Width::Account => "page home",
    };
    let home = config.shop_url.as_ref().map_or_else(|| "/".to_owned(), ToString::to_string);
    let shop = config.shop_name.clone();
    let footer = t.footer(&shop);
    let no_cookies = request
        .keeps_no_cookies()
        .then(|| view! { <Alert tone=Tone::Bad><p>{t.no_cookies()}</p></Alert> });
    let banner = request.get::<PageBanner>().map(|PageBanner(view)| view());
    // Before the language switch: this determines whether the page has a form.
    let content = children();
    view! {
        <div class=class>
            <a class="skip" href="#main">{t.skip()}</a>
            <header class="top">
                <a class="brand" href=home>{shop}</a>
            </header>
            <main id="main" tabindex="-1">{no_cookies}{banner}{content}</main>
            <footer class="bottom quiet">
                <small class="lock"><Icon kind=IconKind::LOCK/>{footer}</small>
            </footer>
            {languages.then(|| view! { <LanguageSwitch/> })}
        </div>
    }
}

/// One button for each other language. It comes last in the document, so that Enter in a form never takes it for the
/// form's first button; the style sheet moves it to the top.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let t = use_texts();
    let document = use_document();
    let own_form = (!document.with(|head| head.has_form)).then(|| {
        view! {
            <form id="screen-form" method="post" action="/api/language">
                <input type="hidden" name="screen" value=document.address()/>
            </form>
        }
    });
    let others = Locale::ALL.into_iter().filter(|other| *other != t.0);
    let buttons = others.map(|other| {
        view! {
            <button
                type="submit"
                class="button plain"
                form="screen-form"
                formaction="/api/language"
                formenctype="application/x-www-form-urlencoded"
                formnovalidate
                name="lang"
                value=other.tag()
                lang=other.tag()
            >
                <Icon kind=IconKind::GLOBE/>
                {other.name()}
            </button>
        }
    });
    view! { <nav class="language" aria-label=t.ui().language()>{own_form}{buttons.collect_view()}</nav> }
}
