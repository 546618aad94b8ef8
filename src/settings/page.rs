//! The screens of the settings.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{ChooseLetters, LETTERS, service};
use crate::{
    i18n,
    saved_codes::page::still_good,
    server::{
        conversations,
        http::{
            context::Cx,
            draft::Notice,
            page::{Leave, Page},
        },
        saved_codes,
    },
    ui::{
        busy::busy,
        field::hidden,
        icons::{Icon, icon},
        layout::{FORM, Frame, screen_field},
        notice::{done, refusal},
        side::{Place, account_frame},
    },
};

/// `/account/settings`
pub async fn list(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft("/account/settings");
    let codes = saved_codes::standing(&cx.app.db, &account.id).await?;
    let has_chat = conversations::exists_staff(&cx.app.db).await?;
    let locale = cx.locale;
    let title = i18n::settings::title(locale);
    let view = move || {
        use i18n::settings as t;
        let said = draft.notice.and_then(|notice| match notice {
            Notice::PasswordChanged => Some(i18n::password::changed(locale)),
            Notice::EmailChanged => Some(i18n::email::changed(locale)),
            Notice::EmailRespelled => Some(i18n::email::respelled(locale)),
            Notice::LoginChanged => Some(i18n::login_name::changed(locale)),
            Notice::Kept => Some(i18n::deletion::kept(locale)),
            _ => None,
        });
        let still_good = (draft.notice == Some(Notice::PasswordChanged))
            .then(|| still_good(locale, &account, codes));
        let deletion = if account.delete_at.is_some() {
            i18n::deletion::pending_short(locale)
        } else {
            t::delete_about(locale)
        };
        let codes = if codes.remaining > 0 {
            i18n::saved_codes::left(locale, codes.remaining)
        } else {
            i18n::saved_codes::settings_about(locale).to_owned()
        };
        let entries = [
            (
                "/account/settings/password",
                Icon::Key,
                i18n::password::title(locale),
                t::password_about(locale).to_owned(),
            ),
            (
                "/account/settings/email",
                Icon::Mail,
                i18n::email::title(locale),
                account.shown_email(),
            ),
            ("/account/settings/login", Icon::User, i18n::login_name::title(locale), account.login),
            ("/account/settings/codes", Icon::List, i18n::saved_codes::title(locale), codes),
            (LETTERS, Icon::Info, t::letters_title(locale), t::letters_about(locale).to_owned()),
            (
                "/account/settings/export",
                Icon::Download,
                i18n::export::title(locale),
                t::export_about(locale).to_owned(),
            ),
            (
                "/account/settings/delete",
                Icon::Trash,
                i18n::deletion::title(locale),
                deletion.to_owned(),
            ),
        ];
        let chat = (
            "/support",
            Icon::Chat,
            i18n::support::title(locale),
            i18n::support::settings_about(locale).to_owned(),
        );
        let entries = entries
            .into_iter()
            .chain(has_chat.then_some(chat))
            .map(|(path, sign, words, about)| {
                view! {
                    <li>
                        <a class="choice" href=path aria-labelledby=format!("{path}-name") aria-describedby=format!("{path}-about")>
                            <span class="sign">{icon(sign)}</span>
                            <span class="what">
                                <span id=format!("{path}-name")>{words}</span>
                                <small class="quiet" id=format!("{path}-about")>{about}</small>
                            </span>
                            <span class="onward">{icon(Icon::Chevron)}</span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        let content = view! {
            <div class="stack">
                <h1>{title}</h1>
                {done(said)}
                {still_good}
                {refusal(draft.error.as_ref(), locale, ())}
                <ul class="choices">{entries}</ul>
            </div>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, islands: false, form: false, ..Page::new(title, view) })
}

/// `/account/settings/letters`
pub async fn letters(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft(LETTERS);
    let version = draft.version(account.version);
    // A box that is not ticked is not posted: of a form that came along as it was, such as with the language switch,
    // what is missing was off.
    let came_along = draft.typed("version").is_some();
    let wanted = service::chosen(&cx.app, &account).await?;
    let locale = cx.locale;
    let title = i18n::settings::letters_title(locale);
    let view = move || {
        use i18n::settings as t;
        let said = (draft.notice == Some(Notice::Saved)).then(|| i18n::profile::saved(locale));
        let optional = [
            (
                "address_in_use",
                t::letter_in_use(locale),
                t::letter_in_use_about(locale),
                wanted.address_in_use,
            ),
            (
                "signed_in",
                t::letter_signed_in(locale),
                t::letter_signed_in_about(locale),
                wanted.signed_in,
            ),
        ];
        let optional = optional
            .into_iter()
            .map(|(name, label, about, on)| {
                let on = draft.value(name).map_or(on && !came_along, |kept| kept != "off");
                let id = format!("{name}-about");
                view! {
                    <li>
                        <label class="tick-box">
                            <input type="checkbox" name=name value="on" checked=on aria-describedby=id.clone()/>
                            {label}
                        </label>
                        <small class="quiet" id=id>{about}</small>
                    </li>
                }
            })
            .collect_view();
        let always = [
            t::always_codes(locale),
            t::always_password(locale),
            t::always_saved_codes(locale),
            t::always_device(locale),
            t::always_address(locale),
            t::always_data(locale),
        ];
        let always = always.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
        let content = view! {
            <form id=FORM class="card stack" method="post" action=ChooseLetters::PATH>
                {screen_field(&cx)}
                {hidden("version", Some(version))}
                <h1>{title}</h1>
                {done(said)}
                {refusal(draft.error.as_ref(), locale, ())}
                <h2>{t::letters_optional(locale)}</h2>
                <ul class="ticks">{optional}</ul>
                <h2>{t::letters_always(locale)}</h2>
                <p class="quiet">{t::letters_always_why(locale)}</p>
                <ul class="plain-list">{always}</ul>
                <button class="button fit" type="submit">{i18n::password::save(locale)}</button>
                {busy(locale)}
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}
