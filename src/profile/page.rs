//! The screen of the profile.

use leptos::prelude::*;

use super::{PICTURE_MAX, SAVE, SCREEN, store};
use crate::{
    error::Kind,
    i18n::{self, Locale},
    server::{
        accounts::Account,
        http::{
            context::Cx,
            draft::Notice,
            page::{Leave, Page},
        },
        when::{self, Zone},
    },
    ui::{
        busy::busy,
        face::face,
        field::{Field, Purpose, Select, hidden, picture_field},
        islands::TimeZone,
        layout::{FORM, Frame, screen_field},
        notice::{done, refusal},
        side::{Place, account_frame},
    },
};

/// `/account/profile`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft(SCREEN);
    let picture = store::picture_id(&cx.app.db, &account.id).await?;
    let locale = cx.locale;
    let title = i18n::profile::title(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let said = (draft.notice == Some(Notice::Saved)).then(|| i18n::profile::saved(locale));
        // What the other tab saved, beside what was typed here.
        let elsewhere = error.filter(|error| error.error == Kind::ChangedElsewhere).map(|_| {
            let zone = account.time_zone().unwrap_or("UTC").to_owned();
            view! { <p>{i18n::profile::now_saved(locale, account.name(), account.locale().name(), zone)}</p> }
        });
        let name = Field::new(
            "display_name",
            Purpose::DisplayName,
            i18n::profile::display_name(locale),
            error,
        )
        .hint(i18n::profile::display_name_hint(locale))
        // A form that comes back holds what was typed, also when that is nothing; and what is stored if what was typed
        // did not come along.
        .value(draft.typed("display_name").or_else(|| account.display_name.clone()));
        // Left as it was when the form was made, it is not chosen: the language may have been switched since.
        let chosen =
            draft.value("locale").filter(|tag| draft.value("locale_was").as_ref() != Some(tag));
        let language = Select {
            name: "locale",
            label: i18n::profile::language(locale),
            hint: Some(i18n::profile::language_hint(locale).to_owned()),
            options: Locale::ALL.map(|l| (l.tag().to_owned(), l.name().to_owned())).to_vec(),
            chosen: chosen.unwrap_or_else(|| account.locale().tag().to_owned()),
            error,
        };
        let has_picture = picture.is_some();
        let remove = has_picture.then(|| {
            view! {
                <label class="tick-box">
                    <input type="checkbox" name="remove_picture" value="on"/>
                    {i18n::profile::remove_picture(locale)}
                </label>
            }
        });
        let upload = picture_field(
            "picture",
            i18n::profile::picture(locale),
            i18n::profile::picture_hint(
                locale,
                i64::try_from(PICTURE_MAX / 1024 / 1024).unwrap_or(2),
            ),
            error,
            locale,
        );
        let zone = time_zone(&account, draft.typed("time_zone"), error, locale);
        let since = when::date(locale, &account.zone(), account.created_at);
        let content = view! {
            <form id=FORM class="card stack" method="post" action=SAVE enctype="multipart/form-data" novalidate>
                {screen_field(&cx)}
                {hidden("version", Some(draft.version(account.version)))}
                {hidden("locale_was", Some(account.locale().tag().to_owned()))}
                <h1>{title}</h1>
                {done(said)}
                {refusal(error, locale, elsewhere)}
                <dl class="facts">
                    <div><dt>{i18n::fields::login(locale)}</dt><dd>{account.login.clone()}</dd></div>
                    <div><dt>{i18n::fields::email(locale)}</dt><dd>{account.shown_email()}</dd></div>
                    <div><dt>{i18n::fields::password(locale)}</dt><dd><a href="/account/profile/password">{i18n::password::title(locale)}</a></dd></div>
                    <div><dt>{i18n::account::since(locale)}</dt><dd>{since}</dd></div>
                </dl>
                {name.view(locale)}
                <div class="with-face">
                    {face(&account, picture.as_deref(), true)}
                    <div class="stack">{upload}{remove}</div>
                </div>
                {language.view(locale)}
                {zone}
                <button class="button fit" type="submit">{i18n::password::save(locale)}</button>
                {busy(locale)}
            </form>
        };
        account_frame(locale, Place::Profile, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// The choice of a time zone; until one is chosen the browser proposes its own.
fn time_zone(
    account: &Account,
    kept: Option<String>,
    error: Option<&crate::error::AppError>,
    locale: Locale,
) -> impl IntoView + use<> {
    let chosen = kept.or_else(|| account.time_zone().map(str::to_owned)).unwrap_or_default();
    let none = (String::new(), i18n::profile::no_time_zone(locale).to_owned());
    let mut names: Vec<String> = Zone::names().to_vec();
    let propose = chosen.is_empty();
    // One that the list does not hold would be lost with the next "Save".
    if !propose && !names.contains(&chosen) {
        names.insert(0, chosen.clone());
    }
    let names = names.into_iter().map(|name| (name.clone(), name.replace('_', " ")));
    let select = Select {
        name: "time_zone",
        label: i18n::profile::time_zone(locale),
        hint: Some(i18n::profile::time_zone_hint(locale).to_owned()),
        options: std::iter::once(none).chain(names).collect(),
        chosen,
        error,
    };
    let proposal = propose.then(|| {
        view! {
            <p class="quiet small" role="status" data-time-zone="time_zone" data-words=i18n::profile::time_zone_proposed(locale)></p>
            <TimeZone/>
        }
    });
    view! {
        {select.view(locale)}
        {proposal}
    }
}
