//! The page of the profile.

use axum::response::Response;
use leptos::prelude::*;

use super::{PICTURE_MAX, SAVE, store};
use crate::{
    components::{
        alert::{Alert, Tone},
        avatar::Avatar,
        form::{
            ActionForm, Checkbox, FormMessages, Hidden, PictureField, Select, SubmitButton,
            TextField, use_refusal,
        },
        layout::{AccountLayout, AccountPlace, Title},
    },
    error::Kind,
    i18n::{Locale, use_texts},
    islands::{InputKind, TimeZoneSelect},
    server::{
        accounts::Account,
        http::{
            context::Cx,
            draft::{Draft, Notice, use_draft},
            extract::CurrentUser,
            page::{PageError, page},
        },
        when::{self, Zone},
    },
};

/// `GET /account/profile`
pub async fn profile(
    CurrentUser(user): CurrentUser,
    cx: Cx,
    draft: Draft,
) -> Result<Response, PageError> {
    let account = user.account;
    let picture = store::picture_id(&cx.app.db, &account.id).await?;
    Ok(page(cx, draft, move || view! { <ProfilePage account picture/> }).await)
}

/// `/account/profile`
#[component]
pub fn ProfilePage(
    account: Account,
    /// The id of the user's picture.
    picture: Option<String>,
) -> impl IntoView {
    let title = use_texts().profile().title();
    view! {
        <Title text=title/>
        <AccountLayout place=AccountPlace::Profile>
            <ProfileForm account picture title/>
        </AccountLayout>
    }
}

/// The form. It brings a file, so that it is posted as any other form and never in place.
#[component]
fn ProfileForm(account: Account, picture: Option<String>, title: &'static str) -> impl IntoView {
    let texts = use_texts();
    let t = texts.profile();
    let draft = use_draft();
    let since = when::date(texts.0, &account.zone(), account.created_at);
    let display_name = account.display_name.clone();
    view! {
        <ActionForm action=SAVE is_multipart=true>
            <Hidden name="version" value=Some(draft.version(account.version))/>
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
        </ActionForm>
    }
}

/// What was saved, or why it was not. Of two tabs the second is told what the first one saved, beside what was typed
/// in it.
#[component]
fn Messages(account: Account) -> impl IntoView {
    let texts = use_texts();
    let t = texts.profile();
    let draft = use_draft();
    let is_saved = draft.notice == Some(Notice::Saved);
    let notice = is_saved.then(|| t.saved().to_owned());
    let labels = vec![
        ("display_name", t.display_name()),
        ("picture", t.picture()),
        ("locale", t.language()),
        ("time_zone", t.time_zone()),
    ];
    let elsewhere = draft.error.filter(|error| error.error == Kind::ChangedElsewhere);
    let is_of_today = elsewhere.is_none();
    let now_saved = elsewhere.map(|error| {
        let zone = account.time_zone().unwrap_or("UTC");
        let now_saved = t.now_saved(account.name(), account.locale().name(), zone);
        view! { <Alert tone=Tone::Bad><p>{error.summary(texts.0)}</p><p>{now_saved}</p></Alert> }
    });
    view! {
        {now_saved}
        {is_of_today.then(|| view! { <FormMessages labels notice/> })}
    }
}

/// The picture, or initials, with what takes another one or takes it away.
#[component]
fn PictureFields(
    /// The name whose initials stand there without a picture.
    name: String,
    picture: Option<String>,
) -> impl IntoView {
    let t = use_texts().profile();
    let has_picture = picture.is_some();
    let hint = t.picture_hint(PICTURE_MAX / 1024 / 1024);
    view! {
        <div class="with-face">
            <Avatar name picture is_large=true/>
            <div class="stack">
                <PictureField name="picture" label=t.picture() hint/>
                {has_picture.then(|| view! { <Checkbox name="remove_picture" label=t.remove_picture()/> })}
            </div>
        </div>
    }
}

/// The choice of a language.
#[component]
fn LanguageSelect(account: Account) -> impl IntoView {
    let t = use_texts().profile();
    let draft = use_draft();
    // Left as it was when the form was made, it is not chosen: the language may have been switched since.
    let chosen =
        draft.value("locale").filter(|tag| draft.value("locale_was").as_ref() != Some(tag));
    let chosen = chosen.unwrap_or_else(|| account.locale().tag().to_owned());
    let options = Locale::ALL.map(|locale| (locale.tag().to_owned(), locale.name().to_owned()));
    view! {
        <Select
            name="locale" label=t.language() hint=t.language_hint().to_owned() options=options.to_vec() chosen
        />
    }
}

/// The choice of a time zone.
#[component]
fn TimeZoneField(account: Account) -> impl IntoView {
    let t = use_texts().profile();
    let stored = || account.time_zone().map(str::to_owned);
    let chosen = use_draft().typed("time_zone").or_else(stored).unwrap_or_default();
    let mut names: Vec<String> = Zone::names().to_vec();
    // One that the list does not hold would be lost with the next "Save".
    if !chosen.is_empty() && !names.contains(&chosen) {
        names.insert(0, chosen.clone());
    }
    let none = (String::new(), t.no_time_zone().to_owned());
    let names = names.into_iter().map(|name| (name.clone(), name.replace('_', " ")));
    let options = std::iter::once(none).chain(names).collect();
    let error = use_refusal().and_then(|refusal| refusal.of("time_zone"));
    view! {
        <TimeZoneSelect
            name="time_zone" label=t.time_zone() options chosen hint=Some(t.time_zone_hint().to_owned()) error
            proposal=t.time_zone_proposed().to_owned()
        />
    }
}
