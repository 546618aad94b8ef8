//! The screen of a change of the login name.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{ChangeLogin, SCREEN, service};
use crate::{
    i18n,
    server::{
        clock::SECOND,
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        when,
    },
    ui::{
        busy::busy,
        field::{Field, Purpose},
        layout::{FORM, Frame, screen_field},
        notice::refusal,
        side::{Place, account_frame},
    },
};

/// `/account/settings/login`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.proved().await?.account;
    let draft = cx.take_draft(SCREEN);
    let locale = cx.locale;
    let title = i18n::login_name::title(locale);
    let wait = service::wait(&cx.app, &account).map(|wait| when::span(locale, wait / SECOND));
    let view = move || {
        let error = draft.error.as_ref();
        let form = match wait {
            Some(span) => view! { <p>{i18n::login_name::wait(locale, span)}</p> }.into_any(),
            None => {
                let field =
                    Field::new("login", Purpose::NewLogin, i18n::login_name::new(locale), error)
                        .hint(i18n::fields::login_hint(locale))
                        .value(draft.value("login"))
                        .focus();
                view! {
                    {field.view(locale)}
                    <p class="quiet">{i18n::login_name::old_stays(locale)}</p>
                    <button class="button fit" type="submit">{i18n::password::save(locale)}</button>
                    {busy(locale)}
                }
                .into_any()
            }
        };
        let content = view! {
            <form id=FORM class="card stack" method="post" action=ChangeLogin::PATH novalidate>
                {screen_field(&cx)}
                <h1>{title}</h1>
                <p class="quiet">{i18n::login_name::now(locale, &account.login)}</p>
                {refusal(error, locale, ())}
                {form}
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}
