//! The account's home page: who the user is, how safe the account is, and what to do next.

use axum::response::{Redirect, Response};
use leptos::prelude::*;

use super::store::{self, Overview};
use crate::{
    account::{AccountLayout, AccountPlace, activity::EventList},
    auth::reauthentication::ReauthenticationDialog,
    clock::Timestamp,
    components::{
        alert::{Alert, Tone},
        avatar::Avatar,
        icon::{Icon, IconKind},
        layout::{Title, use_request},
        page::page,
        time::DateTime,
    },
    domain::{
        accounts::{Account, RECLAIM_WINDOW},
        audit::{self, Event, EventKind},
        backup_codes::{CodesLeft, FEW},
        format,
        ids::ProfilePictureId,
    },
    http::{
        context::{RequestContext, SignedIn},
        extract::CurrentUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::use_texts,
    recovery::assisted::{STOP, UnderWay},
};

/// Number of recent events on the page.
const LATELY: i64 = 4;

/// `GET /`
pub(crate) async fn home(mut request: RequestContext) -> Result<Redirect, PageError> {
    let is_signed_in = request.signed_in().await?.is_some();
    Ok(Redirect::to(if is_signed_in { "/account" } else { "/sign-in" }))
}

/// `GET /account`
pub(crate) async fn hub(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let SignedIn { session, account, .. } = user;
    let (db, now) = (&request.state.db, request.state.clock.now());
    // What users look for first; sent emails and codes are listed in Activity.
    let kinds: Vec<EventKind> = EventKind::ALL
        .into_iter()
        .filter(|kind| {
            !matches!(kind, EventKind::LetterSent | EventKind::CodeSent | EventKind::CodeRight)
        })
        .collect();
    let Overview { picture, devices, codes } = store::overview(db, &account.id, now).await?;
    let lately = audit::list(db, &account.id, &kinds, None, LATELY).await?;
    let is_address_new = account.email_changed_at.is_some_and(|at| now - at < RECLAIM_WINDOW);
    let is_staff = session.staff;
    let view = move || {
        view! { <AccountPage account picture devices codes lately is_address_new is_staff/> }
    };
    Ok(page(request, flash, view))
}

/// `/account`
#[component]
pub(crate) fn AccountPage(
    account: Account,
    /// The id of the user's picture.
    picture: Option<ProfilePictureId>,
    /// The number of devices on which the user is signed in.
    devices: i64,
    /// The remaining backup codes.
    codes: CodesLeft,
    /// The latest events.
    lately: Vec<Event>,
    /// Whether the address changed so recently that its old owner can still reclaim the account.
    is_address_new: bool,
    /// Whether this session may open the console.
    is_staff: bool,
) -> impl IntoView {
    let t = use_texts();
    let name = account.name().to_owned();
    let is_kept = use_flash().notice == Some(Notice::Kept);
    let kept = is_kept.then(|| {
        view! { <Alert tone=Tone::Good><p>{t.deletion().kept()}</p></Alert> }
    });
    let console = is_staff.then(|| {
        view! { <p><a class="button second fit" href="/operator">{t.console().open()}</a></p> }
    });
    let pending = account.delete_at.map(|at| {
        let day = format::date(t.0, &account.zone(), at);
        view! { <DeletionPending day/> }
    });
    view! {
        <Title text=t.account().title()/>
        <AccountLayout place=AccountPlace::Account>
            <div class="stack wide-gap">
                <div class="who">
                    <Avatar name=name.clone() picture=picture.map(|id| id.to_string()) is_large=true/>
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
                    <Safety account codes devices is_address_new/>
                </section>
                <section class="stack">
                    <h2>{t.account().lately()}</h2>
                    <EventList events=lately/>
                    <p><a href="/account/activity">{t.account().all_activity()}</a></p>
                </section>
            </div>
            <ReauthenticationDialog/>
        </AccountLayout>
    }
}

/// Shows that the account will be deleted, and links to the page that keeps it.
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

/// Shows how safe the account is, and what to do next.
#[component]
fn Safety(account: Account, codes: CodesLeft, devices: i64, is_address_new: bool) -> impl IntoView {
    let texts = use_texts();
    let t = texts.account();
    let recovery = use_request().get::<UnderWay>().map(|_| {
        view! {
            <SafetyItem state=SafetyState::Warning href=STOP link=t.see_recovery()>
                {texts.assisted().banner_title()}
            </SafetyItem>
        }
    });
    // Nothing is settled while the old address can still reclaim the account.
    let changed_at = account.email_changed_at.filter(|_| is_address_new);
    let shown = account.shown_email();
    let (address, state) = match changed_at {
        Some(at) => {
            let words = t.address_new(shown, MOMENT);
            (view! { <WithMoment words at/> }.into_any(), SafetyState::Open(IconKind::INFO))
        }
        None => (t.address_confirmed(shown).into_any(), SafetyState::Settled),
    };
    let choose_zone = account.time_zone().is_none().then(|| {
        view! {
            <SafetyItem
                state=SafetyState::Open(IconKind::CLOCK) href="/account/profile" link=t.choose_zone_link()
            >
                {t.choose_zone()}
            </SafetyItem>
        }
    });
    view! {
        <ul class="card list">
            {recovery}
            <SafetyItem state href="/account/settings/email" link=texts.code().change()>{address}</SafetyItem>
            <SafetyItem
                state=SafetyState::Settled href="/account/profile/password" link=texts.password().title()
            >
                <WithMoment words=t.password_changed(MOMENT) at=account.password_changed_at/>
            </SafetyItem>
            <CodesItem codes/>
            <SafetyItem state=SafetyState::Settled href="/account/devices" link=t.see_devices()>
                {t.devices(devices)}
            </SafetyItem>
            {choose_zone}
            <SafetyItem
                state=SafetyState::Open(IconKind::KEY) href="/account/saved-passwords" link=t.saved_passwords_link()
            >
                {t.saved_passwords()}
            </SafetyItem>
        </ul>
    }
}

/// Shows how many backup codes are left, with a link to make new ones.
#[component]
fn CodesItem(codes: CodesLeft) -> impl IntoView {
    let texts = use_texts();
    let (t, more) = (texts.account(), texts.backup_codes());
    let CodesLeft { remaining, .. } = codes;
    let few = (1..=FEW).contains(&remaining).then(|| format!(" {}", more.few()));
    let (state, words, link) = match remaining {
        ..=0 => (SafetyState::Open(IconKind::LIST), t.codes_none().to_owned(), more.make()),
        1..=FEW => (SafetyState::Open(IconKind::INFO), t.codes_left(remaining), more.replace()),
        _ => (SafetyState::Settled, t.codes_left(remaining), more.replace()),
    };
    view! { <SafetyItem state href="/account/settings/codes" link>{words}{few}</SafetyItem> }
}

/// Placeholder for a time in a sentence, replaced by [`WithMoment`].
const MOMENT: char = '\u{fffc}';

/// Renders a sentence that contains a time, in the reader's time zone.
#[component]
fn WithMoment(words: String, at: Timestamp) -> impl IntoView {
    let (before, after) = words.split_once(MOMENT).unwrap_or((&words, ""));
    let (before, after) = (before.to_owned(), after.to_owned());
    view! { {before}<DateTime at/>{after} }
}

/// The state of one item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SafetyState {
    /// Nothing left to do.
    Settled,
    /// The user can do something about it.
    Open(IconKind),
    /// The user must look at it.
    Warning,
}

/// One aspect of the account's safety, with a link to the page that manages it.
#[component]
fn SafetyItem(
    state: SafetyState,
    href: &'static str,
    link: &'static str,
    children: Children,
) -> impl IntoView {
    let kind = match state {
        SafetyState::Settled => IconKind::CHECK,
        SafetyState::Open(kind) => kind,
        SafetyState::Warning => IconKind::ALERT,
    };
    view! {
        <li class:good=state == SafetyState::Settled class:warning=state == SafetyState::Warning>
            <span class="sign"><Icon kind/></span>
            <div class="what"><p>{children()}</p></div>
            <a href=href>{link}</a>
        </li>
    }
}
