//! The profile page.

use axum::response::Response;
use leptos::prelude::*;

use super::{PICTURE, PICTURE_MAX, SAVE, store};
use crate::{
    account::{AccountLayout, AccountPlace},
    components::{
        alert::{Alert, Tone},
        avatar::initials,
        form::{ActionForm, FormMessages, Hidden, Select, SubmitButton, TextField, use_refusal},
        layout::Title,
        page::page,
    },
    domain::{
        accounts::Account,
        format::{self, Zone},
        ids::ProfilePictureId,
    },
    error::RequestProblem,
    http::{
        context::RequestContext,
        extract::CurrentUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::{Locale, Texts, use_texts},
    islands::{
        FormVersion, InputKind, PictureInput, PictureTexts, TimeZoneSelect, TimeZoneTexts, Toast,
    },
};

/// `GET /account/profile`
pub(crate) async fn profile(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    let picture = store::picture_id(&request.state.db, &account.id).await?;
    Ok(page(request, flash, move || view! { <ProfilePage account picture/> }))
}

/// `/account/profile`
#[component]
pub(crate) fn ProfilePage(
    account: Account,
    /// The id of the user's picture.
    picture: Option<ProfilePictureId>,
) -> impl IntoView {
    let title = use_texts().profile().title();
    view! {
        <Title text=title/>
        <AccountLayout place=AccountPlace::Profile>
            <ProfileForm account picture title/>
        </AccountLayout>
    }
}

/// The form of the profile.
#[component]
fn ProfileForm(
    account: Account,
    picture: Option<ProfilePictureId>,
    title: &'static str,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.profile();
    let flash = use_flash();
    let since = format::date(texts.0, &account.zone(), account.created_at);
    let display_name = account.display_name.clone();
    view! {
        <ActionForm action=SAVE is_multipart=true in_place=true>
            <FormVersion version=flash.version(account.version) stored=stored(&account)/>
            <Hidden name="locale_was" value=Some(account.locale().tag().to_owned())/>
            <h1>{title}</h1>
            <Messages account=account.clone()/>
            <dl class="facts">
                <div><dt>{texts.fields().login()}</dt><dd>{account.login.clone()}</dd></div>
                <div><dt>{texts.fields().email()}</dt><dd>{account.shown_email()}</dd></div>
                <div>
                    <dt>{texts.fields().password()}</dt>
                    <dd><a href="/account/profile/password">{texts.password().title()}</a></dd>
                </div>
                <div><dt>{texts.account().since()}</dt><dd>{since}</dd></div>
            </dl>
            <TextField
                name="display_name" kind=InputKind::DisplayName label=t.display_name()
                hint=t.display_name_hint().to_owned() value=display_name
            />
            <PictureFields name=account.name().to_owned() picture/>
            <LanguageSelect account=account.clone()/>
            <TimeZoneField account/>
            <SubmitButton label=texts.password().save() class="button fit"/>
            <Toast words=t.saved().to_owned() dismiss=texts.ui().dismiss().to_owned()/>
        </ActionForm>
    }
}

/// Returns the stored values of the fields that would be lost by leaving the page.
fn stored(account: &Account) -> Vec<(String, String)> {
    let name = account.display_name.as_deref().unwrap_or_default();
    let zone = account.time_zone().unwrap_or_default();
    let fields = [
        ("display_name", name),
        ("locale", account.locale().tag()),
        ("time_zone", zone),
        ("remove_picture", ""),
    ];
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Returns a picture's address. It contains the id, which changes with the picture, so that no browser shows an old
/// one.
pub(super) fn picture_path(id: &ProfilePictureId) -> String {
    format!("{PICTURE}?{id}")
}

/// Describes what another tab has saved meanwhile.
pub(super) fn now_saved(t: Texts, account: &Account) -> String {
    let zone = account.time_zone().unwrap_or("UTC");
    t.profile().now_saved(account.name(), account.locale().name(), zone)
}

/// What was saved, or why it was not. Of two tabs, the second shows what the first one saved, beside what was typed in
/// it.
#[component]
fn Messages(account: Account) -> impl IntoView {
    let texts = use_texts();
    let t = texts.profile();
    let flash = use_flash();
    let is_saved = flash.notice == Some(Notice::Saved);
    let notice = is_saved.then(|| t.saved().to_owned());
    let labels = vec![
        ("display_name", t.display_name()),
        ("picture", t.picture()),
        ("locale", t.language()),
        ("time_zone", t.time_zone()),
    ];
    let elsewhere = flash.error.filter(|error| error.error == RequestProblem::ChangedElsewhere);
    let is_of_today = elsewhere.is_none();
    let now_saved = elsewhere.map(|error| {
        let now_saved = now_saved(texts, &account);
        view! { <Alert tone=Tone::Bad><p>{error.summary(texts.0)}</p><p>{now_saved}</p></Alert> }
    });
    view! {
        {now_saved}
        {is_of_today.then(|| view! { <FormMessages labels notice/> })}
    }
}

/// The picture, or initials, with the controls to replace or remove it.
#[component]
fn PictureFields(
    /// The name whose initials are shown without a picture.
    name: String,
    picture: Option<ProfilePictureId>,
) -> impl IntoView {
    let texts = use_texts();
    let (t, errors) = (texts.profile(), texts.errors());
    let picture = picture.map(|id| picture_path(&id)).unwrap_or_default();
    let error = use_refusal().and_then(|refusal| refusal.of("picture"));
    let texts = PictureTexts {
        label: t.picture().into(),
        hint: (t.picture_hint(PICTURE_MAX / 1024 / 1024), t.picture_hint_alive().into()),
        remove: t.remove_picture().into(),
        crop: (t.crop().into(), t.crop_hint().into()),
        place: (t.crop_across().into(), t.crop_down().into()),
        zoom: t.zoom().into(),
        ready: t.picture_ready().into(),
        buttons: (t.other_picture().into(), t.no_picture().into()),
        unreadable: (errors.picture_unknown().into(), errors.picture_broken().into()),
    };
    view! { <PictureInput picture initials=initials(&name) error texts/> }
}

/// The language field.
#[component]
fn LanguageSelect(account: Account) -> impl IntoView {
    let t = use_texts().profile();
    let flash = use_flash();
    // A value unchanged since the form was rendered is no choice: the language may have been switched since.
    let chosen =
        flash.value("locale").filter(|tag| flash.value("locale_was").as_ref() != Some(tag));
    let chosen = chosen.unwrap_or_else(|| account.locale().tag().to_owned());
    let options = Locale::ALL.map(|locale| (locale.tag().to_owned(), locale.name().to_owned()));
    view! {
        <Select
            name="locale" label=t.language() hint=t.language_hint().to_owned() options=options.to_vec() chosen
        />
    }
}

/// The time zone field.
#[component]
fn TimeZoneField(account: Account) -> impl IntoView {
    let texts = use_texts();
    let t = texts.profile();
    let stored = || account.time_zone().map(str::to_owned);
    let chosen = use_flash().typed("time_zone").or_else(stored).unwrap_or_default();
    let error = use_refusal().and_then(|refusal| refusal.of("time_zone"));
    let texts = TimeZoneTexts {
        label: t.time_zone().into(),
        hint: t.time_zone_hint().into(),
        search: t.time_zone_search().into(),
        proposal: t.time_zone_proposed().into(),
        list: t.time_zones().into(),
        none: t.no_time_zone().into(),
        unknown: (t.time_zone_none().into(), texts.errors().time_zone_unknown().into()),
    };
    view! { <TimeZoneSelect name="time_zone" zones=Zone::names().to_owned() chosen error texts/> }
}
