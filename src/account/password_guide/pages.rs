//! The guide to passwords saved in browsers.

use axum::response::Response;
use leptos::prelude::*;

use super::guide::{Guide, Steps};
use crate::{
    account::{AccountLayout, AccountPlace},
    components::{
        icon::{Icon, IconKind},
        layout::{CardLayout, StyleSheet, Title, Width, use_request},
        page::page,
    },
    domain::{
        accounts,
        user_agent::{BrowserName, UserAgent},
    },
    http::{context::RequestContext, extract::CurrentUser, flash::Flash, page_error::PageError},
    i18n::{saved_passwords::Texts, use_texts},
    islands::{CopyButton, CopyTexts},
};

/// `GET /help/saved-passwords`
pub(crate) async fn help(request: RequestContext) -> Result<Response, PageError> {
    let has_chat = accounts::exists_staff(&request.state.db).await?;
    Ok(page(request, Flash::default(), move || view! { <PasswordHelpPage has_chat/> }))
}

/// `/help/saved-passwords`
#[component]
pub(crate) fn PasswordHelpPage(has_chat: bool) -> impl IntoView {
    view! {
        <Title text=use_texts().saved_passwords().title()/>
        <CardLayout width=Width::Text style=StyleSheet::Whole>
            <PasswordGuide has_chat/>
        </CardLayout>
    }
}

/// `GET /account/saved-passwords`
pub(crate) async fn in_account(
    CurrentUser(_): CurrentUser,
    request: RequestContext,
) -> Result<Response, PageError> {
    let has_chat = accounts::exists_staff(&request.state.db).await?;
    Ok(page(request, Flash::default(), move || view! { <SavedPasswordsPage has_chat/> }))
}

/// `/account/saved-passwords`
#[component]
pub(crate) fn SavedPasswordsPage(has_chat: bool) -> impl IntoView {
    view! {
        <Title text=use_texts().saved_passwords().title()/>
        <AccountLayout place=AccountPlace::SavedPasswords>
            <PasswordGuide has_chat/>
        </AccountLayout>
    }
}

#[component]
fn PasswordGuide(
    /// Whether the shop has a support chat.
    has_chat: bool,
) -> impl IntoView {
    let t = use_texts().saved_passwords();
    let agent = use_request().agent();
    let browsers = Guide::all(agent).into_iter().map(|guide| view! { <Browser guide agent/> });
    let chat = has_chat.then(|| {
        let t = use_texts().support();
        view! { <p>{t.help_chat()}" "<a href="/support">{t.title()}</a></p> }
    });
    view! {
        <div class="stack wide-gap guide">
            <div class="stack">
                <h1>{t.title()}</h1>
                <p class="quiet">{t.intro()}</p>
            </div>
            <section class="card stack">
                <h2>{t.quick_title()}</h2>
                <p>{t.quick()}</p>
            </section>
            <p>{recognised(t, agent)}</p>
            <div class="browsers">{browsers.collect_view()}</div>
            <section class="card stack">
                <h2>{t.shared_title()}</h2>
                <p>{t.shared_why()}</p>
                <p>{t.shared_account()}</p>
                <p>{t.shared_next()}</p>
            </section>
            {chat}
        </div>
    }
}

/// Explains why the list begins as it does.
fn recognised(t: Texts, agent: UserAgent) -> String {
    match (agent.browser.map(|browser| name(t, browser)), agent.system) {
        (Some(browser), Some(system)) => t.yours(browser, system.name()),
        (Some(browser), None) => t.yours_browser(browser),
        (None, _) => t.not_recognised().to_owned(),
    }
}

/// Returns a browser's name as its users write it: one of them has a name in Russian, too.
const fn name(t: Texts, browser: BrowserName) -> &'static str {
    match browser {
        BrowserName::Yandex => t.yandex(),
        other => other.name(),
    }
}

#[component]
fn Browser(guide: &'static Guide, agent: UserAgent) -> impl IntoView {
    let t = use_texts().saved_passwords();
    let is_yours = agent.browser == Some(guide.browser);
    let mark = is_yours.then(|| view! { <small class="mark">{t.your_browser()}</small> });
    let places = guide.places(agent).into_iter().map(|steps| view! { <Place steps/> });
    view! {
        <details class="card browser" open=is_yours>
            <summary>
                <h2>{name(t, guide.browser)}</h2>
                {mark}
                <Icon kind=IconKind::CHEVRON/>
            </summary>
            {places.collect_view()}
        </details>
    }
}

/// The steps on one kind of device.
#[component]
fn Place(steps: &'static Steps) -> impl IntoView {
    let t = use_texts().saved_passwords();
    let request = use_request();
    // The name under which the browser lists this site.
    let host = request.state.config.base_url.host_str().unwrap_or_default();
    let by_address =
        steps.address.map(|address| view! { {t.open().paste()}<BrowserAddress address/> });
    let never = steps.never.map(|(how, address)| {
        view! {
            <div class="never">
                <p><strong>{t.said_never()}</strong>" "{how(t.0)}</p>
                {address.map(|address| view! { <BrowserAddress address/> })}
            </div>
        }
    });
    let note = steps.note.map(|note| view! { <p class="quiet">{note(t.0)}</p> });
    view! {
        <section>
            <h3>{steps.platform.name(t.0)}</h3>
            <ol>
                <li>{by_address}{steps.open.map(|open| open(t.0))}</li>
                <li>{t.find(host)}</li>
                <li>
                    <p><strong>{t.to_update()}</strong>" "{(steps.update)(t.0)}</p>
                    <p><strong>{t.to_delete()}</strong>" "{(steps.delete)(t.0)}</p>
                </li>
            </ol>
            {never}
            {note}
        </section>
    }
}

/// An address inside the browser. Pages may not link to such addresses, so it is shown for copying.
#[component]
fn BrowserAddress(address: &'static str) -> impl IntoView {
    let t = use_texts().saved_passwords();
    let texts = CopyTexts {
        copy: t.copy().into(),
        name: t.copy_address(address),
        copied: t.copied().into(),
    };
    view! {
        <div class="address">
            <code translate="no">{address}</code>
            <CopyButton text=address.to_owned() class="plain" texts/>
        </div>
    }
}
