//! The pages of the settings.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    EMAILS,
    api::{ChooseEmails, SwitchEmail},
    service::{self, Wanted},
};
use crate::{
    account::{AccountLayout, AccountPlace},
    auth::reauthentication::ReauthenticationDialog,
    components::{
        alert::{Alert, Tone},
        backup_codes_left::BackupCodesLeft,
        choice::Choice,
        form::{ActionForm, FormMessages, use_refusal},
        icon::IconKind,
        layout::Title,
        page::page,
    },
    domain::{
        accounts,
        accounts::Account,
        backup_codes::{self, CodesLeft},
    },
    http::{
        context::RequestContext,
        extract::CurrentUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::use_texts,
    islands::{EmailChoiceTexts, EmailChoices, EmailSwitch, EmailsStored},
};

/// `GET /account/settings`
pub(crate) async fn settings(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    let codes = backup_codes::left(&request.state.db, &account.id).await?;
    let has_chat = accounts::exists_staff(&request.state.db).await?;
    Ok(page(request, flash, move || view! { <SettingsPage account codes has_chat/> }))
}

/// `/account/settings`
#[component]
pub(crate) fn SettingsPage(
    account: Account,
    /// The backup codes that the account has.
    codes: CodesLeft,
    has_chat: bool,
) -> impl IntoView {
    let title = use_texts().settings().title();
    view! {
        <Title text=title/>
        <AccountLayout place=AccountPlace::Settings>
            <div class="stack">
                <h1>{title}</h1>
                <SettingsMessages codes/>
                <SettingsList account codes has_chat/>
            </div>
            <ReauthenticationDialog/>
        </AccountLayout>
    }
}

/// The pages below this one.
#[component]
fn SettingsList(account: Account, codes: CodesLeft, has_chat: bool) -> impl IntoView {
    let t = use_texts();
    let about_codes = match codes.remaining {
        1.. => t.backup_codes().left(codes.remaining),
        _ => t.backup_codes().settings_about().to_owned(),
    };
    let about_deletion = match account.delete_at {
        Some(_) => t.deletion().pending_short(),
        None => t.settings().delete_about(),
    };
    let (email, login) = (account.shown_email(), account.login);
    view! {
        <ul class="choices">
            <Choice
                href="/account/settings/password" kind=IconKind::KEY label=t.password().title()
                about=t.settings().password_about()
            />
            <Choice
                href="/account/settings/email" kind=IconKind::MAIL label=t.email().title() about=email
            />
            <Choice
                href="/account/settings/login" kind=IconKind::USER label=t.login_name().title() about=login
            />
            <Choice
                href="/account/settings/codes" kind=IconKind::LIST label=t.backup_codes().title()
                about=about_codes
            />
            <Choice
                href=EMAILS kind=IconKind::INFO label=t.settings().letters_title()
                about=t.settings().letters_about()
            />
            <Choice
                href="/account/settings/export" kind=IconKind::DOWNLOAD label=t.export().title()
                about=t.settings().export_about()
            />
            <Choice
                href="/account/settings/delete" kind=IconKind::TRASH label=t.deletion().title()
                about=about_deletion
            />
            {has_chat.then(move || view! {
                <Choice
                    href="/support" kind=IconKind::CHAT label=t.support().title()
                    about=t.support().settings_about()
                />
            })}
        </ul>
    }
}

/// What was changed on a page below this one, and what follows from it. The page has no form: nothing here is hydrated.
#[component]
fn SettingsMessages(codes: CodesLeft) -> impl IntoView {
    let t = use_texts();
    let notice = use_flash().notice;
    let words = notice.and_then(|notice| match notice {
        Notice::PasswordChanged
        | Notice::EmailChanged
        | Notice::EmailRespelled
        | Notice::LoginChanged
        | Notice::Kept => notice.words(t),
        _ => None,
    });
    let is_password_new = notice == Some(Notice::PasswordChanged);
    let refusal = use_refusal();
    view! {
        {words.map(|words| view! { <Alert tone=Tone::Good><p>{words}</p></Alert> })}
        {is_password_new.then(|| view! { <BackupCodesLeft codes_left=codes/> })}
        {refusal.map(|refusal| view! { <Alert tone=Tone::Bad><p>{refusal.summary}</p></Alert> })}
    }
}

/// `GET /account/settings/letters`
pub(crate) async fn emails(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    // After saving, the page shows what is stored, under its current version.
    let flash = match flash.notice {
        Some(notice) => Flash::notice(notice),
        None => flash,
    };
    let wanted = service::chosen(&request.state, &user.account).await?;
    let version = user.account.version;
    Ok(page(request, flash, move || view! { <LettersPage wanted version/> }))
}

/// `/account/settings/letters`
#[component]
pub(crate) fn LettersPage(
    wanted: Wanted,
    /// The stored version of the account.
    version: i64,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.settings();
    let flash = use_flash();
    let is_saved = flash.notice == Some(Notice::Saved);
    let notice = is_saved.then(|| texts.profile().saved().to_owned());
    // After a refusal, the posted values and version take precedence over the stored ones.
    let is_back = flash.is_of_post();
    let posted = flash.version(version);
    let switch = |name: &str, label: &str, about: &str, is_on| EmailSwitch {
        name: name.into(),
        label: label.into(),
        about: about.into(),
        is_on: if is_back { flash.value(name).is_some() } else { is_on },
        turned: (t.letter_off(label), t.letter_on(label)),
    };
    let switches = vec![
        switch("address_in_use", t.letter_in_use(), t.letter_in_use_about(), wanted.address_in_use),
        switch("signed_in", t.letter_signed_in(), t.letter_signed_in_about(), wanted.signed_in),
    ];
    let stored = EmailsStored { chosen: wanted.fields(), version, is_stale: false };
    let letter_texts = EmailChoiceTexts {
        save: texts.password().save().into(),
        at_once: t.letters_at_once().into(),
        undo: t.undo().into(),
        elsewhere: t.letters_elsewhere().into(),
        offline: texts.ui().offline().into(),
    };
    let always = [
        t.always_codes(),
        t.always_password(),
        t.always_saved_codes(),
        t.always_device(),
        t.always_address(),
        t.always_data(),
    ];
    let always = always.into_iter().map(|words| view! { <li>{words}</li> });
    view! {
        <Title text=t.letters_title()/>
        <AccountLayout place=AccountPlace::Settings>
            <ActionForm action=ChooseEmails::PATH in_place=true>
                <h1>{t.letters_title()}</h1>
                <FormMessages notice/>
                <h2>{t.letters_optional()}</h2>
                <EmailChoices
                    action=SwitchEmail::PATH.to_owned() switches stored posted is_back texts=letter_texts
                />
                <h2>{t.letters_always()}</h2>
                <p class="quiet">{t.letters_always_why()}</p>
                <ul class="plain-list">{always.collect_view()}</ul>
            </ActionForm>
        </AccountLayout>
    }
}
