//! The computer's screen: the code, and what became of it.

use http::StatusCode;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    COMPUTER, Collect, NewCode, PHONE, give_request,
    picture::draw,
    service::{self, QrError},
};
use crate::{
    error::{AppError, Kind},
    i18n::{self, Locale},
    server::{
        clock::SECOND,
        codes::seconds_until,
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        next,
        qr::{self, Request, SCAN, State},
        secret::Token,
        when,
    },
    ui::{
        field::hidden,
        icons::{Icon, icon},
        islands::{Countdown, Live},
        notice::refusal,
    },
};

/// How often a screen without script looks again, in seconds.
const LOOK_AGAIN: i64 = 5;

/// `/sign-in/qr`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let target = cx.next();
    if cx.signed_in().await?.is_some() {
        return Err(Leave::To(next::or_account(target.as_deref())));
    }
    let draft = cx.take_draft(COMPUTER);
    let (browser, request) = match request(&cx).await {
        Ok(asked) => asked,
        Err(QrError::Fault(fault)) => return Err(fault.into()),
        Err(error) => return Ok(refused(&cx, error.into(), target)),
    };
    let state = request.state(cx.app.clock.now());
    let locale = cx.locale;
    let title = i18n::qr::title(locale);
    let view = move || {
        let status = status(&cx, &browser, Some(&request), target.as_deref());
        view! {
            <div class="card stack">
                <h1>{title}</h1>
                {refusal(draft.error.as_ref(), locale, ())}
                // What replaces the status is read out.
                <div aria-live="polite">{status}</div>
                {state.is_open().then(|| view! {
                    <p class="quiet small without-script">{i18n::qr::looks_again(locale)}</p>
                })}
                {with_password(locale, target.as_deref())}
            </div>
            <Live/>
            <Countdown/>
        }
        .into_any()
    };
    let refresh_without_script = state.is_open().then_some(LOOK_AGAIN);
    Ok(Page { form: false, refresh_without_script, ..Page::new(title, view) })
}

/// The request of this browser: a new one, where it has none or the last one is over for good.
async fn request(cx: &Cx) -> Result<(Token, Request), QrError> {
    let db = &cx.app.db;
    let before = cx.token("qr");
    if let Some(browser) = &before {
        let found = qr::find_by_browser(db, browser).await?;
        let now = cx.app.clock.now();
        // The browser that has its session knows: whoever comes back with it wants to be signed in again.
        let known = found.filter(|r| r.state(now) != State::Collected && !r.is_forgotten(now));
        if let Some(request) = known {
            return Ok((browser.clone(), request));
        }
    }
    let (browser, request) = service::begin(&cx.app, before.as_ref(), &cx.client).await?;
    give_request(cx, &browser);
    Ok((browser, request))
}

/// No code to show: too many were asked for.
fn refused(cx: &Cx, error: AppError, target: Option<String>) -> Page {
    let locale = cx.locale;
    let title = i18n::qr::title(locale);
    let status = if error.error == Kind::TooManyFromNetwork {
        error.status()
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let view = move || {
        view! {
            <div class="card stack">
                <h1>{title}</h1>
                {refusal(Some(&error), locale, ())}
                {new_code(locale, target.as_deref(), "button")}
                {with_password(locale, target.as_deref())}
            </div>
        }
        .into_any()
    };
    Page { islands: false, form: false, status, ..Page::new(title, view) }
}

fn with_password(locale: Locale, target: Option<&str>) -> impl IntoView + use<> {
    view! {
        <p class="centred"><a href=next::with("/sign-in", target)>{i18n::qr::with_password(locale)}</a></p>
    }
}

fn new_code(locale: Locale, target: Option<&str>, class: &'static str) -> impl IntoView + use<> {
    view! {
        <form class="whole" method="post" action=NewCode::PATH>
            {hidden("next", target.map(str::to_owned))}
            <button class=class type="submit">{i18n::qr::new_code(locale)}</button>
        </form>
    }
}

/// What became of a request, as a part of the screen that is replaced when that changes. While something may still
/// change it listens.
pub(crate) fn status(
    cx: &Cx,
    browser: &Token,
    request: Option<&Request>,
    target: Option<&str>,
) -> AnyView {
    use i18n::qr as t;
    let locale = cx.locale;
    let state = request.map_or(State::Expired, |request| request.state(cx.app.clock.now()));
    let over = |sign, title, words| {
        let again = new_code(locale, target, "button");
        told(None, sign, title, words, again)
    };
    match (state, request) {
        (State::Shown, Some(request)) => code(cx, browser, request, target).into_any(),
        (State::Scanned, Some(request)) => {
            let more = view! {
                {number(locale, &request.number)}
                {lost(locale)}
                <p class="quiet small">{t::scanned_not_you(locale)}</p>
                {new_code(locale, target, "button second")}
            };
            let live = Some((stream(target), state.as_str()));
            told(live, Icon::Phone, t::scanned_title(locale), t::scanned(locale), more)
        }
        (State::Approved, _) => {
            let collect = view! {
                <form class="whole" method="post" action=Collect::PATH data-post-now>
                    {hidden("next", target.map(str::to_owned))}
                    <button class="button" type="submit">{i18n::recovery::go_on(locale)}</button>
                </form>
            };
            told(None, Icon::Check, t::approved_title(locale), t::approved(locale), collect)
        }
        (State::Denied, _) => over(Icon::Alert, t::denied_title(locale), t::denied(locale)),
        (State::Wrong, _) => over(Icon::Alert, t::wrong_title(locale), t::wrong(locale)),
        _ => over(Icon::Clock, t::expired_title(locale), t::expired(locale)),
    }
}

fn stream(target: Option<&str>) -> String {
    next::with("/sign-in/qr/stream", target)
}

fn told(
    live: Option<(String, &'static str)>,
    sign: Icon,
    title: &'static str,
    words: &'static str,
    more: impl IntoView + 'static,
) -> AnyView {
    let (address, last) = live.unzip();
    view! {
        <div id="qr-status" class="stack middle" data-live=address data-live-last=last>
            <div class="badge">{icon(sign)}</div>
            <h2>{title}</h2>
            <p>{words}</p>
            {more}
        </div>
    }
    .into_any()
}

fn lost(locale: Locale) -> impl IntoView {
    view! { <p class="quiet small" data-live-lost hidden>{i18n::qr::lost(locale)}</p> }
}

/// The code itself, with the number and what to do on the phone.
fn code(
    cx: &Cx,
    browser: &Token,
    request: &Request,
    target: Option<&str>,
) -> impl IntoView + use<> {
    use i18n::qr as t;
    let locale = cx.locale;
    let config = &cx.app.config;
    let shown = qr::shown(&cx.app.keys, browser);
    let picture = shown
        .as_ref()
        .and_then(|shown| draw(&config.address_of(&format!("{PHONE}/{}", shown.picture.expose()))))
        .map(|picture| {
            let side = picture.side.to_string();
            let view_box = format!("0 0 {side} {side}");
            view! {
                <svg
                    class="qr-picture"
                    viewBox=view_box
                    role="img"
                    aria-label=t::picture(locale)
                    shape-rendering="crispEdges"
                >
                    // Dark on white in dark mode, too: many scanners read nothing else.
                    <rect width=side.clone() height=side fill="#fff"></rect>
                    <path d=picture.path fill="#000"></path>
                </svg>
            }
        });
    let short = shown.map(|shown| shown.short.display());
    let address = config.address_of(PHONE);
    let address = address.split_once("://").map_or(address.clone(), |(_, rest)| rest.to_owned());
    view! {
        <div id="qr-status" class="stack" data-live=stream(target) data-live-last=State::Shown.as_str()>
            <ol class="plain-list">
                <li>{t::step_phone(locale, &config.shop_name)}</li>
                <li>{t::step_scan(locale)}</li>
                <li>{t::step_number(locale)}</li>
            </ol>
            <div class="qr-code">{picture}{time_left(cx, request)}</div>
            {number(locale, &request.number)}
            {lost(locale)}
            <div class="or stack">
                <p class="quiet">{t::no_camera(locale, address)}</p>
                <p class="qr-short">{short}</p>
            </div>
        </div>
    }
}

/// The two digits that the phone asks for.
fn number(locale: Locale, number: &str) -> impl IntoView + use<> {
    view! {
        <p class="qr-number">{i18n::qr::number(locale)}" "<b>{number.to_owned()}</b></p>
    }
}

/// A ring that grows shorter, and the seconds in it.
fn time_left(cx: &Cx, request: &Request) -> impl IntoView + use<> {
    let locale = cx.locale;
    let whole = SCAN / SECOND;
    let left = seconds_until(request.expires_at, cx.app.clock.now()).clamp(1, whole);
    let gone = whole - left;
    // Drawn by the browser itself, from where it is: no script, and no style that differs from screen to screen.
    let circle = format!(
        "<circle class=\"track\" cx=\"24\" cy=\"24\" r=\"21\"/>\
         <circle class=\"rest\" cx=\"24\" cy=\"24\" r=\"21\" transform=\"rotate(-90 24 24)\" pathLength=\"{whole}\" \
         stroke-dasharray=\"{whole}\" stroke-dashoffset=\"{gone}\"><animate attributeName=\"stroke-dashoffset\" \
         from=\"{gone}\" to=\"{whole}\" dur=\"{left}s\" fill=\"freeze\"/></circle>"
    );
    let say = |seconds| i18n::qr::left(locale, when::span(locale, seconds));
    let digits = format!("{}:{:02}", left / 60, left % 60);
    view! {
        <div class="qr-time" data-countdown=left.to_string() data-say-30=say(30) data-say-10=say(10)>
            <svg viewBox="0 0 48 48" aria-hidden="true" inner_html=circle></svg>
            <span class="digits" aria-hidden="true">{digits}</span>
            <span class="unseen" role="status"></span>
        </div>
    }
}
