//! The hub: who I am, how safe my account is, and what to do next.

use leptos::prelude::*;

use crate::{
    activity, i18n, profile,
    server::{
        accounts::{Account, HOLD},
        events::{self, Event, EventKind},
        http::{
            context::{Cx, SignedIn},
            draft::Notice,
            page::{Leave, Page},
        },
        session, when,
    },
    ui::{
        face::face,
        icons::{Icon, icon},
        layout::Frame,
        notice::{Tone, done, notice},
        side::{Place, account_frame},
    },
};

/// Events that the hub shows.
const LATELY: i64 = 4;

/// `/`
pub async fn home(mut cx: Cx) -> Result<Page, Leave> {
    let to = if cx.signed_in().await?.is_some() { "/account" } else { "/sign-in" };
    Err(Leave::To(to.to_owned()))
}

/// What the hub shows of an account.
struct Overview {
    account: Account,
    picture: Option<String>,
    devices: i64,
    lately: Vec<Event>,
    said: Option<&'static str>,
    /// Whether the console is open to this session.
    staff: bool,
}

/// `/account`
pub async fn hub(mut cx: Cx) -> Result<Page, Leave> {
    let SignedIn { session, account } = cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let draft = cx.take_draft("/account");
    let locale = cx.locale;
    let (db, now) = (&cx.app.db, cx.app.clock.now());
    // What shoppers want to know first; letters and codes have their place in Activity.
    let kinds: Vec<EventKind> = EventKind::ALL
        .into_iter()
        .filter(|kind| {
            !matches!(kind, EventKind::LetterSent | EventKind::CodeSent | EventKind::CodeRight)
        })
        .collect();
    let overview = Overview {
        picture: profile::picture_id(db, &account.id).await?,
        devices: session::count(db, &account.id, now).await?,
        lately: events::list(db, &account.id, &kinds, None, LATELY).await?,
        said: (draft.notice == Some(Notice::Kept)).then(|| i18n::deletion::kept(locale)),
        staff: session.staff,
        account,
    };
    let no_zone = overview.account.time_zone().is_none();
    let title = i18n::account::title(locale);
    let view = move || account_frame(locale, Place::Account, content(&cx, overview)).into_any();
    Ok(Page { frame: Frame::Home, islands: no_zone, form: false, ..Page::new(title, view) })
}

fn content(cx: &Cx, overview: Overview) -> impl IntoView + use<> {
    use i18n::account as t;
    let locale = cx.locale;
    let Overview { account, picture, devices, lately, said, staff } = overview;
    let console = staff.then(|| {
        view! { <p><a class="button second fit" href="/operator">{i18n::console::open(locale)}</a></p> }
    });
    let pending = account.delete_at.map(|at| {
        let day = when::date(locale, &account.zone(), at);
        notice(
            Tone::Bad,
            view! {
                <p>{i18n::deletion::pending(locale, day)}</p>
                <p><a href="/account/settings/delete">{i18n::deletion::keep(locale)}</a></p>
            },
        )
    });
    let safety = safety(cx, &account, devices);
    view! {
        <div class="stack wide-gap">
            <div class="who">
                {face(&account, picture.as_deref(), true)}
                <div>
                    <h1>{t::hello(locale, account.name())}</h1>
                    <p class="quiet">{account.login.clone()}" · "{account.shown_email()}</p>
                    <p><a href="/account/profile">{t::open_profile(locale)}</a></p>
                </div>
            </div>
            {console}
            {pending}
            {done(said)}
            <section class="stack">
                <h2>{t::safety(locale)}</h2>
                <ul class="card list">{safety}</ul>
            </section>
            <section class="stack">
                <h2>{t::lately(locale)}</h2>
                {activity::page::items(cx, lately)}
                <p><a href="/account/activity">{t::all_activity(locale)}</a></p>
            </section>
        </div>
    }
}

/// How safe the account is, in plain words, and what to do next.
fn safety(cx: &Cx, account: &Account, devices: i64) -> impl IntoView + use<> {
    use i18n::account as t;
    let (locale, zone) = (cx.locale, account.zone());
    let date = |at| when::date(locale, &zone, at);
    let now = cx.app.clock.now();
    // Not all is settled while an old address can object.
    let (address, settled) = match account.email_changed_at {
        Some(at) if now - at < HOLD => {
            (t::address_new(locale, account.shown_email(), date(at)), false)
        }
        _ => (t::address_confirmed(locale, account.shown_email()), true),
    };
    let change = i18n::code::change(locale);
    let entries = [
        (address, "/account/settings/email", change, settled),
        (
            t::password_changed(locale, date(account.password_changed_at)),
            "/account/profile/password",
            i18n::password::title(locale),
            true,
        ),
        (t::devices(locale, devices), "/account/devices", t::see_devices(locale), true),
    ];
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(words, path, link, settled)| {
            let sign = if settled { Icon::Check } else { Icon::Info };
            line(sign, words, path, link, !settled)
        })
        .collect();
    let zone = account.time_zone().is_none().then(|| {
        line(
            Icon::Clock,
            t::choose_zone(locale).to_owned(),
            "/account/profile",
            t::choose_zone_link(locale),
            true,
        )
    });
    let guide = line(
        Icon::Key,
        t::saved_passwords(locale).to_owned(),
        "/account/saved-passwords",
        t::saved_passwords_link(locale),
        true,
    );
    view! { {entries}{zone}{guide} }
}

fn line(
    sign: Icon,
    words: String,
    path: &'static str,
    link: &'static str,
    hint: bool,
) -> impl IntoView + use<> {
    view! {
        <li class:good=!hint>
            <span class="sign">{icon(sign)}</span>
            <div class="what"><p>{words}</p></div>
            <a href=path>{link}</a>
        </li>
    }
}
