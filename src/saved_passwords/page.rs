//! The guide to what browsers saved.

use leptos::prelude::*;

use super::guide::{Guide, Steps};
use crate::{
    i18n::{self, Locale, saved_passwords as t},
    server::{
        agent::{Agent, BrowserName},
        conversations,
        http::{
            context::Cx,
            page::{Leave, Page},
        },
    },
    ui::{
        icons::{Icon, icon},
        islands::Copy,
        layout::Frame,
        side::{Place, account_frame},
    },
};

/// `/help/saved-passwords`
pub async fn help(cx: Cx) -> Result<Page, Leave> {
    let title = t::title(cx.locale);
    let has_chat = conversations::exists_staff(&cx.app.db).await?;
    let view = move || guide(&cx, has_chat);
    Ok(Page { frame: Frame::Wide, form: false, ..Page::new(title, view) })
}

/// `/account/saved-passwords`
pub async fn in_account(mut cx: Cx) -> Result<Page, Leave> {
    cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let title = t::title(cx.locale);
    let has_chat = conversations::exists_staff(&cx.app.db).await?;
    let view =
        move || account_frame(cx.locale, Place::SavedPasswords, guide(&cx, has_chat)).into_any();
    Ok(Page { frame: Frame::Home, form: false, ..Page::new(title, view) })
}

fn guide(cx: &Cx, has_chat: bool) -> AnyView {
    let (locale, agent) = (cx.locale, cx.agent());
    // What the browser's list calls us.
    let host = cx.app.config.base_url.host_str().unwrap_or_default();
    let browsers = Guide::all(agent)
        .into_iter()
        .map(|guide| browser(locale, guide, agent, host))
        .collect_view();
    view! {
        <div class="stack wide-gap guide">
            <div class="stack">
                <h1>{t::title(locale)}</h1>
                <p class="quiet">{t::intro(locale)}</p>
            </div>
            <section class="card stack">
                <h2>{t::quick_title(locale)}</h2>
                <p>{t::quick(locale)}</p>
            </section>
            <p>{recognised(locale, agent)}</p>
            <div class="browsers">{browsers}</div>
            <section class="card stack">
                <h2>{t::shared_title(locale)}</h2>
                <p>{t::shared_why(locale)}</p>
                <p>{t::shared_account(locale)}</p>
                <p>{t::shared_next(locale)}</p>
            </section>
            {has_chat.then(|| view! {
                <p>{i18n::support::help_chat(locale)}" "<a href="/support">{i18n::support::title(locale)}</a></p>
            })}
        </div>
    }
    .into_any()
}

/// Why the list begins as it does.
fn recognised(locale: Locale, agent: Agent) -> String {
    match (agent.browser.map(|browser| name(locale, browser)), agent.system) {
        (Some(browser), Some(system)) => t::yours(locale, browser, system.name()),
        (Some(browser), None) => t::yours_browser(locale, browser),
        (None, _) => t::not_recognised(locale).to_owned(),
    }
}

/// As its speakers write it: one of them has a name in Russian, too.
const fn name(locale: Locale, browser: BrowserName) -> &'static str {
    match browser {
        BrowserName::Yandex => t::yandex(locale),
        other => other.name(),
    }
}

fn browser(locale: Locale, guide: &'static Guide, agent: Agent, host: &str) -> AnyView {
    let is_yours = agent.browser == Some(guide.browser);
    let places =
        guide.places(agent).into_iter().map(|steps| place(locale, steps, host)).collect_view();
    view! {
        <details class="card browser" open=is_yours>
            <summary>
                <h2>{name(locale, guide.browser)}</h2>
                {is_yours.then(|| view! { <small class="mark">{t::your_browser(locale)}</small> })}
                {icon(Icon::Chevron)}
            </summary>
            {places}
        </details>
    }
    .into_any()
}

fn place(locale: Locale, steps: &'static Steps, host: &str) -> AnyView {
    let by_address =
        steps.address.map(|at| view! { {t::open::paste(locale)}{address(locale, at)} });
    let never = steps.never.map(|(how, at)| {
        view! {
            <div class="never">
                <p><strong>{t::said_never(locale)}</strong>" "{how(locale)}</p>
                {at.map(|at| address(locale, at))}
            </div>
        }
    });
    view! {
        <section>
            <h3>{steps.platform.name(locale)}</h3>
            <ol>
                <li>{by_address}{steps.open.map(|open| open(locale))}</li>
                <li>{t::find(locale, host)}</li>
                <li>
                    <p><strong>{t::to_update(locale)}</strong>" "{(steps.update)(locale)}</p>
                    <p><strong>{t::to_delete(locale)}</strong>" "{(steps.delete)(locale)}</p>
                </li>
            </ol>
            {never}
            {steps.note.map(|note| view! { <p class="quiet">{note(locale)}</p> })}
        </section>
    }
    .into_any()
}

/// An address of the browser's own. Pages may not lead to such addresses, so it is there to be copied.
fn address(locale: Locale, address: &'static str) -> impl IntoView {
    view! {
        <div class="address">
            <code translate="no">{address}</code>
            <button
                type="button"
                class="button plain needs-script"
                data-copy=address
                data-done=t::copied(locale)
                aria-label=t::copy_address(locale, address)
            >
                {t::copy(locale)}
            </button>
            <small class="done" role="status"></small>
            <Copy/>
        </div>
    }
}
