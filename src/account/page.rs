//! The screens of the account.

use leptos::prelude::*;

use crate::{
    i18n,
    server::{
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        when,
    },
    ui::{
        layout::Frame,
        side::{Place, account_frame},
    },
};

/// `/`
pub async fn home(mut cx: Cx) -> Result<Page, Leave> {
    let to = if cx.signed_in().await?.is_some() { "/account" } else { "/sign-in" };
    Err(Leave::To(to.to_owned()))
}

/// `/account`
pub async fn hub(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let locale = cx.locale;
    let changed = when::date(locale, account.password_changed_at);
    let view = move || {
        let content = view! {
            <div class="stack wide-gap">
                <h1>{i18n::account::hello(locale, &account.login)}</h1>
                <div class="tiles">
                    <section class="card tile stack">
                        <h2>{i18n::account::profile(locale)}</h2>
                        <dl class="facts">
                            <div><dt>{i18n::fields::login(locale)}</dt><dd>{account.login.clone()}</dd></div>
                            <div><dt>{i18n::fields::email(locale)}</dt><dd>{account.email.clone()}</dd></div>
                        </dl>
                        <a href="/account/profile">{i18n::account::open_profile(locale)}</a>
                    </section>
                    <section class="card tile stack">
                        <h2>{i18n::fields::password(locale)}</h2>
                        <p class="quiet">{i18n::account::password_changed(locale, changed)}</p>
                        <a href="/account/profile/password">{i18n::password::title(locale)}</a>
                    </section>
                </div>
            </div>
        };
        account_frame(locale, Place::Account, content).into_any()
    };
    let title = i18n::account::title(locale);
    Ok(Page { frame: Frame::Home, islands: false, form: false, ..Page::new(title, view) })
}

/// `/account/profile`
pub async fn profile(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let locale = cx.locale;
    let title = i18n::account::profile(locale);
    let since = when::date(locale, account.created_at);
    let view = move || {
        let content = view! {
            <div class="card stack">
                <h1>{title}</h1>
                <dl class="facts">
                    <div><dt>{i18n::fields::login(locale)}</dt><dd>{account.login.clone()}</dd></div>
                    <div><dt>{i18n::fields::email(locale)}</dt><dd>{account.email.clone()}</dd></div>
                    <div><dt>{i18n::account::since(locale)}</dt><dd>{since}</dd></div>
                </dl>
                <a class="button second fit" href="/account/profile/password">{i18n::password::title(locale)}</a>
            </div>
        };
        account_frame(locale, Place::Profile, content).into_any()
    };
    Ok(Page { frame: Frame::Home, islands: false, form: false, ..Page::new(title, view) })
}
