//! The hub: who the user is, how safe the account is, and what to do next.

use axum::response::{Redirect, Response};
use leptos::prelude::*;

use crate::{
    activity::EventList,
    components::{
        alert::{Alert, Tone},
        avatar::Avatar,
        icon::{Icon, IconKind},
        layout::{AccountLayout, AccountPlace, Title},
    },
    i18n::use_texts,
    profile,
    server::{
        accounts::{Account, HOLD},
        clock::Millis,
        events::{self, Event, EventKind},
        http::{
            context::{Cx, SignedIn},
            draft::{Draft, Notice, use_draft},
            extract::CurrentUser,
            page::{PageError, page},
        },
        session, when,
    },
};

/// Events that the hub shows.
const LATELY: i64 = 4;

/// `GET /`
pub async fn home(mut cx: Cx) -> Result<Redirect, PageError> {
    let is_signed_in = cx.signed_in().await?.is_some();
    Ok(Redirect::to(if is_signed_in { "/account" } else { "/sign-in" }))
}

/// `GET /account`
pub async fn hub(
    CurrentUser(user): CurrentUser,
    cx: Cx,
    draft: Draft,
) -> Result<Response, PageError> {
    let SignedIn { session, account } = user;
    let (db, now) = (&cx.app.db, cx.app.clock.now());
    // What users want to know first; emails and codes have their place in Activity.
    let kinds: Vec<EventKind> = EventKind::ALL
        .into_iter()
        .filter(|kind| {
            !matches!(kind, EventKind::LetterSent | EventKind::CodeSent | EventKind::CodeRight)
        })
        .collect();
    let picture = profile::picture_id(db, &account.id).await?;
    let devices = session::count(db, &account.id, now).await?;
    let lately = events::list(db, &account.id, &kinds, None, LATELY).await?;
    let is_address_new = account.email_changed_at.is_some_and(|at| now - at < HOLD);
    let is_staff = session.staff;
    let view = move || {
        view! { <AccountPage account picture devices lately is_address_new is_staff/> }
    };
    Ok(page(cx, draft, view).await)
}

/// `/account`
#[component]
pub fn AccountPage(
    account: Account,
    /// The id of the user's picture.
    picture: Option<String>,
    /// On how many devices the user is signed in.
    devices: i64,
    /// What happened last.
    lately: Vec<Event>,
    /// Whether the address was changed so lately that the old one can still object.
    is_address_new: bool,
    /// Whether the console is open to this session.
    is_staff: bool,
) -> impl IntoView {
    let t = use_texts();
    let name = account.name().to_owned();
    let is_kept = use_draft().notice == Some(Notice::Kept);
    let kept = is_kept.then(|| {
        view! { <Alert tone=Tone::Good><p>{t.deletion().kept()}</p></Alert> }
    });
    let console = is_staff.then(|| {
        view! { <p><a class="button second fit" href="/operator">{t.console().open()}</a></p> }
    });
    let pending = account.delete_at.map(|at| {
        let day = when::date(t.0, &account.zone(), at);
        view! { <DeletionPending day/> }
    });
    view! {
        <Title text=t.account().title()/>
        <AccountLayout place=AccountPlace::Account>
            <div class="stack wide-gap">
                <div class="who">
                    <Avatar name=name.clone() picture is_large=true/>
                    <div>
                        <h1>{t.account().hello(name)}</h1>
                        <p class="quiet">{account.login.clone()}" · "{account.shown_email()}</p>
                        <p><a href="/account/profile">{t.account().open_profile()}</a></p>
                    </div>
                </div>
                {console}
                {pending}
                {kept}
                <section class="stack">
                    <h2>{t.account().safety()}</h2>
                    <Safety account devices is_address_new/>
                </section>
                <section class="stack">
                    <h2>{t.account().lately()}</h2>
                    <EventList events=lately/>
                    <p><a href="/account/activity">{t.account().all_activity()}</a></p>
                </section>
            </div>
        </AccountLayout>
    }
}

/// The account is about to be deleted, and how to keep it.
#[component]
fn DeletionPending(day: String) -> impl IntoView {
    let t = use_texts().deletion();
    view! {
        <Alert tone=Tone::Bad>
            <p>{t.pending(day)}</p>
            <p><a href="/account/settings/delete">{t.keep()}</a></p>
        </Alert>
    }
}

/// How safe the account is, in plain words, and what to do next.
#[component]
fn Safety(account: Account, devices: i64, is_address_new: bool) -> impl IntoView {
    let texts = use_texts();
    let t = texts.account();
    let zone = account.zone();
    let date = |at: Millis| when::date(texts.0, &zone, at);
    // Not all is settled while the old address can object.
    let changed_at = account.email_changed_at.filter(|_| is_address_new);
    let address = match changed_at {
        Some(at) => t.address_new(account.shown_email(), date(at)),
        None => t.address_confirmed(account.shown_email()),
    };
    let choose_zone = account.time_zone().is_none().then(|| {
        view! {
            <SafetyItem
                kind=IconKind::CLOCK words=t.choose_zone().to_owned() href="/account/profile" link=t.choose_zone_link()
            />
        }
    });
    view! {
        <ul class="card list">
            <SafetyItem
                kind=if is_address_new { IconKind::INFO } else { IconKind::CHECK } words=address
                href="/account/settings/email" link=texts.code().change() is_settled=!is_address_new
            />
            <SafetyItem
                kind=IconKind::CHECK words=t.password_changed(date(account.password_changed_at))
                href="/account/profile/password" link=texts.password().title() is_settled=true
            />
            <SafetyItem
                kind=IconKind::CHECK words=t.devices(devices) href="/account/devices" link=t.see_devices()
                is_settled=true
            />
            {choose_zone}
            <SafetyItem
                kind=IconKind::KEY words=t.saved_passwords().to_owned() href="/account/saved-passwords"
                link=t.saved_passwords_link()
            />
        </ul>
    }
}

/// One thing about the account's safety, and where it is looked after.
#[component]
fn SafetyItem(
    kind: IconKind,
    words: String,
    href: &'static str,
    link: &'static str,
    /// Whether nothing is left to do.
    #[prop(optional)]
    is_settled: bool,
) -> impl IntoView {
    view! {
        <li class:good=is_settled>
            <span class="sign"><Icon kind/></span>
            <div class="what"><p>{words}</p></div>
            <a href=href>{link}</a>
        </li>
    }
}
