//! The screens of saved codes.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{FILE, RECOVER, SCREEN, UseCode, service};
use crate::{
    forms::SavedCode,
    i18n::{self, Locale, saved_codes as t},
    recovery,
    server::{
        accounts::Account,
        flows::Step,
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        saved_codes::{self, FEW},
        when,
    },
    ui::{
        busy::busy,
        field::{Field, Purpose, hidden},
        human_check::waiting_page,
        icons::{Icon, icon},
        islands::Copy,
        layout::{FORM, Frame, screen_field},
        notice::{Tone, notice, refusal},
        side::{Place, account_frame},
        steps::{steps, to_new_password},
    },
};

/// `/account/settings/codes`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.proved().await?.account;
    let draft = cx.take_draft(SCREEN);
    let standing = saved_codes::standing(&cx.app.db, &account.id).await?;
    let locale = cx.locale;
    let title = t::title(locale);
    let view = move || {
        let remaining = standing.remaining;
        let day = standing.made_at.map(|at| when::date(locale, &account.zone(), at));
        let count =
            if remaining > 0 { t::left(locale, remaining) } else { t::none(locale).to_owned() };
        let few = (1..=FEW).contains(&remaining);
        let submit = if remaining > 0 { t::replace(locale) } else { t::make(locale) };
        let content = view! {
            <form id=FORM class="card stack" method="post" action=SCREEN>
                {screen_field(&cx)}
                {hidden("made_at", Some(standing.made_at.unwrap_or_default().to_string()))}
                <h1>{title}</h1>
                <p>{t::about(locale)}" "{t::recovery_voids(locale)}</p>
                {refusal(draft.error.as_ref(), locale, ())}
                <p><strong>{count}</strong>" "{day.map(|day| t::made(locale, day))}</p>
                {few.then(|| notice(Tone::Calm, view! { <p>{t::few(locale)}</p> }))}
                {(remaining > 0).then(|| view! { <p class="quiet">{t::voids(locale)}</p> })}
                <button class="button fit" type="submit">{submit}</button>
                {busy(locale)}
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// After a new password: the codes that an account still has, if it has any, and the way to others.
pub(crate) fn still_good(
    locale: Locale,
    account: &Account,
    standing: saved_codes::Standing,
) -> Option<AnyView> {
    let made_at = standing.made_at?;
    let day = when::date(locale, &account.zone(), made_at);
    let words = view! {
        <p>
            {t::still_good(locale, standing.remaining, day)}" "{t::still_good_why(locale)}" "
            <a href=SCREEN>{t::replace(locale)}</a>
        </p>
    };
    Some(notice(Tone::Calm, words).into_any())
}

/// The codes, right after they were made: the only time that they are shown.
pub(super) fn fresh(cx: &Cx, account: &Account, codes: &[SavedCode]) -> Page {
    let locale = cx.locale;
    let title = t::fresh_title(locale);
    let for_whom = service::for_whom(&cx.app, account, cx.app.clock.now(), locale);
    let how = service::how(&cx.app, locale);
    let codes: Vec<String> = codes.iter().map(SavedCode::display).collect();
    let view = move || {
        let (posted, copied) = (codes.join(" "), codes.join("\n"));
        let list =
            codes.into_iter().map(|code| view! { <li><code translate="no">{code}</code></li> });
        let content = view! {
            <div class="card stack saved-codes">
                <h1>{title}</h1>
                <div class="not-on-paper">{notice(Tone::Calm, view! { <p>{t::once(locale)}</p> })}</div>
                <p>{for_whom}</p>
                <ol>{list.collect_view()}</ol>
                <p>{how}</p>
                <p>{t::keep_safe(locale)}</p>
                <div class="ways not-on-paper">
                    // Not marked as busy: the browser stays on this screen while it saves the file.
                    <form method="post" action=FILE>
                        {hidden("saved_codes", Some(posted))}
                        <button class="button second" type="submit">
                            {icon(Icon::Download)}{i18n::export::download(locale)}
                        </button>
                    </form>
                    <div class="copying">
                        <button
                            type="button"
                            class="button second needs-script"
                            data-copy=copied
                            data-done=i18n::saved_passwords::copied(locale)
                            aria-label=t::copy_all(locale)
                        >
                            {i18n::saved_passwords::copy(locale)}
                        </button>
                        <small class="done" role="status"></small>
                        <Copy/>
                    </div>
                </div>
                <p class="quiet not-on-paper">{t::print(locale)}</p>
                <a class="button fit not-on-paper" href="/account/settings">{t::kept(locale)}</a>
            </div>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Page { frame: Frame::Home, form: false, languages: false, ..Page::new(title, view) }
}

/// `/recover/saved-code`
pub async fn recover(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(RECOVER);
    let flow = recovery::page::flow_at(&cx, Step::Method).await?;
    if flow.ready_at > cx.app.clock.now() {
        return Ok(waiting_page(&cx, &flow));
    }
    if flow.step() == Step::Password && draft.error.is_none() {
        return Err(Leave::To("/recover/password".to_owned()));
    }
    let locale = cx.locale;
    let title = t::use_title(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let field = Field::new("saved_code", Purpose::SavedCode, t::field(locale), error)
            .hint(t::field_hint(locale))
            .focus();
        view! {
            <form id=FORM class="card stack" method="post" action=UseCode::PATH novalidate>
                {screen_field(&cx)}
                {steps(locale, to_new_password(locale), 1)}
                <h1>{title}</h1>
                <p class="quiet">{t::use_intro(locale)}</p>
                {refusal(error, locale, ())}
                {field.view(locale)}
                <button class="button" type="submit">{i18n::recovery::go_on(locale)}</button>
                <div class="row"><a href="/recover/method">{i18n::code::other_ways(locale)}</a></div>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}
