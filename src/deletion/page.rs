//! The screen of deleting one's account.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{DeleteAccount, KeepAccount, SCREEN};
use crate::{
    i18n,
    server::{
        clock::SECOND,
        deletion::GRACE,
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        next, when,
    },
    ui::{
        busy::busy,
        field::{Field, Purpose},
        layout::{FORM, Frame, screen_field},
        notice::{Tone, notice, refusal},
        side::{Place, account_frame},
    },
};

/// `/account/settings/delete`: asks, or offers to keep the account.
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    if let Some(at) = account.delete_at {
        let day = when::date(cx.locale, &account.zone(), at);
        return Ok(pending(&cx, day));
    }
    if account.role().is_staff() {
        return Ok(staff_stays(&cx));
    }
    let account = cx.proved().await?.account;
    let draft = cx.take_draft(SCREEN);
    let locale = cx.locale;
    let title = i18n::deletion::title(locale);
    let view = move || {
        use i18n::deletion as t;
        let error = draft.error.as_ref();
        let field =
            Field::new("confirmation", Purpose::Confirmation, t::confirm_label(locale), error)
                .hint(t::confirm_hint(locale, &account.login))
                .value(draft.value("confirmation"))
                .focus();
        let then = [
            t::then_out(locale),
            t::then_keep(locale),
            t::then_gone(locale),
            t::then_events(locale),
        ];
        let then = then.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
        let content = view! {
            <form id=FORM class="card stack" method="post" action=DeleteAccount::PATH novalidate>
                {screen_field(&cx)}
                <h1>{title}</h1>
                <p>{t::about(locale, when::span(locale, GRACE / SECOND))}</p>
                <ul class="plain-list">{then}</ul>
                <p><a href="/account/settings/export">{t::export_first(locale)}</a></p>
                {refusal(error, locale, ())}
                {field.view(locale)}
                <div class="row">
                    <button class="button danger fit" type="submit">{t::submit(locale)}</button>
                    <a href="/account/settings">{t::cancel(locale)}</a>
                </div>
                {busy(locale)}
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// "Your role has to be taken away first."
fn staff_stays(cx: &Cx) -> Page {
    let locale = cx.locale;
    let title = i18n::deletion::title(locale);
    let view = move || {
        let content = view! {
            <div class="card stack">
                <h1>{title}</h1>
                <p>{i18n::errors::staff_stays(locale)}</p>
                <p><a href="/account/settings">{i18n::settings::title(locale)}</a></p>
            </div>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Page { frame: Frame::Home, islands: false, form: false, ..Page::new(title, view) }
}

/// "Your account will be deleted. Keep it?"
fn pending(cx: &Cx, day: String) -> Page {
    let locale = cx.locale;
    let cx = cx.clone();
    let title = i18n::deletion::pending_title(locale);
    let onward = next::or_account(cx.next().as_deref());
    let view = move || {
        use i18n::deletion as t;
        let content = view! {
            <form id=FORM class="card stack" method="post" action=KeepAccount::PATH>
                {screen_field(&cx)}
                <h1>{title}</h1>
                {notice(Tone::Calm, view! { <p>{t::pending(locale, day)}</p> })}
                <div class="row">
                    <button class="button fit" type="submit">{t::keep(locale)}</button>
                    <a href=onward>{t::later(locale)}</a>
                </div>
                {busy(locale)}
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Page { frame: Frame::Home, ..Page::new(title, view) }
}
