//! The screen of a forgotten login.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{FindLogin, SCREEN};
use crate::{
    i18n,
    server::{
        conversations,
        flows::Purpose as FlowPurpose,
        http::{
            context::Cx,
            draft::Notice,
            page::{Leave, Page},
        },
        human::{self, Visit},
    },
    ui::{
        busy::busy,
        field::{Field, Purpose},
        human_check::slider,
        layout::{FORM, screen_field},
        notice::{Tone, notice, refusal},
    },
};

/// `/recover/login`
pub async fn show(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(SCREEN);
    let browser = cx.browser_token();
    let visit = Visit {
        purpose: FlowPurpose::FindLogin,
        browser: Some(&browser),
        network: &cx.client.network,
    };
    let challenge = human::challenge(&cx.app, &visit, draft.price.unwrap_or_default()).await?;
    let has_chat = conversations::exists_staff(&cx.app.db).await?;
    let locale = cx.locale;
    let title = i18n::forgotten_login::title(locale);
    let view = move || {
        use i18n::forgotten_login as t;
        let error = draft.error.as_ref();
        let typed = draft.value("email");
        let sent = (draft.notice == Some(Notice::LoginAsked)).then(|| {
            let words = t::sent(locale, typed.clone().unwrap_or_default());
            notice(Tone::Ok, view! { <p>{words}</p><p>{t::next(locale)}</p> })
        });
        let email = Field::new("email", Purpose::Email, i18n::fields::email(locale), error)
            .hint(t::hint(locale))
            .value(typed)
            .focus();
        let config = &cx.app.config;
        let shop = &config.shop_name;
        let sender = config.mail_from.to_string();
        // What people can search a mailbox for: the subjects of our letters.
        let subjects = [
            i18n::letter::welcome::subject(locale, shop),
            i18n::letter::password_changed::subject(locale, shop),
            i18n::letter::new_device::subject(locale, shop),
        ];
        let subjects =
            subjects.into_iter().map(|subject| view! { <li>{subject}</li> }).collect_view();
        let senders = (!config.letter_senders.is_empty()).then(|| {
            let senders =
                config.letter_senders.iter().map(|sender| view! { <li>{sender.to_string()}</li> });
            view! {
                <p>{t::shop_senders(locale)}</p>
                <ul class="plain-list">{senders.collect_view()}</ul>
            }
        });
        view! {
            <div class="card stack">
                <form id=FORM class="stack" method="post" action=FindLogin::PATH novalidate>
                    {screen_field(&cx)}
                    <h1>{title}</h1>
                    <p class="quiet">{t::intro(locale)}</p>
                    {sent}
                    {refusal(error, locale, ())}
                    {email.view(locale)}
                    {slider(locale, challenge)}
                    <button class="button" type="submit" data-after-slider>{t::send(locale)}</button>
                    {busy(locale)}
                </form>
                <details class="help">
                    <summary>{t::which_mailbox(locale)}</summary>
                    <div class="stack small">
                        <p>{t::try_each(locale)}</p>
                        <p>{t::search_sender(locale)}</p>
                        <ul class="plain-list"><li>{sender}</li></ul>
                        <p>{t::search_subjects(locale)}</p>
                        <ul class="plain-list">{subjects}</ul>
                        {senders}
                    </div>
                </details>
                {has_chat.then(|| view! {
                    <p class="quiet">{i18n::support::help_chat(locale)}" "<a href="/support">{i18n::support::title(locale)}</a></p>
                })}
                <p class="quiet centred"><a href="/recover">{t::back(locale)}</a></p>
            </div>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}
