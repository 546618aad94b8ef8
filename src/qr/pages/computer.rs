//! The computer's page: the code, and what became of it.

use axum::response::Response;
use http::StatusCode;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    COMPUTER, Collect, NewCode, PHONE, STREAM, give_request,
    picture::{Picture, draw},
    service::{self, QrError},
};
use crate::{
    components::{
        form::{FormMessages, Hidden},
        icon::{Icon, IconKind},
        layout::{CardLayout, Title, use_document, use_request},
    },
    error::{AppError, Kind},
    i18n::{Texts, use_texts},
    server::{
        clock::{Millis, SECOND},
        codes::seconds_until,
        http::{
            context::Cx,
            draft::Draft,
            page::{PageError, fragment, page},
        },
        next,
        qr::{self, Request, SCAN, State},
        secret::Token,
        when,
    },
    ui::islands::{Countdown, Live},
};

/// How often a page without script looks again, in seconds.
const LOOK_AGAIN: i64 = 5;

/// `GET /sign-in/qr`
pub async fn computer(mut cx: Cx) -> Result<Response, PageError> {
    let next = cx.next();
    if cx.signed_in().await?.is_some() {
        return Err(PageError::To(next::or_account(next.as_deref())));
    }
    let draft = cx.take_draft(COMPUTER);
    let (browser, request) = match request(&cx).await {
        Ok(asked) => asked,
        Err(QrError::Fault(fault)) => return Err(fault.into()),
        Err(error) => return Ok(refused(cx, error.into(), next).await),
    };
    Ok(page(cx, draft, move || view! { <QrComputerPage browser request next/> }).await)
}

/// The request of this browser: a new one, where it has none or the last one is over for good.
async fn request(cx: &Cx) -> Result<(Token, Request), QrError> {
    let db = &cx.app.db;
    let before = cx.token("qr");
    if let Some(browser) = &before {
        let found = qr::find_by_browser(db, browser).await?;
        let now = cx.app.clock.now();
        // The browser that has its session knows: a user who comes back with it wants to be signed in again.
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
async fn refused(cx: Cx, error: AppError, next: Option<String>) -> Response {
    let status = match error.error {
        Kind::TooManyFromNetwork => error.status(),
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let draft = Draft::error(error);
    let mut response = page(cx, draft, move || view! { <QrRefusedPage next/> }).await;
    *response.status_mut() = status;
    response
}

/// `/sign-in/qr`
#[component]
pub fn QrComputerPage(browser: Token, request: Request, next: Option<String>) -> impl IntoView {
    let t = use_texts().qr();
    let is_open = request.state(use_request().app.clock.now()).is_open();
    if is_open {
        use_document().refresh_without_script_after(LOOK_AGAIN);
    }
    let looks_again =
        is_open.then(|| view! { <p class="quiet small without-script">{t.looks_again()}</p> });
    view! {
        <Title text=t.title()/>
        <CardLayout>
            <div class="card stack">
                <h1>{t.title()}</h1>
                <FormMessages/>
                // What replaces the status is read out.
                <div aria-live="polite"><Status browser request=Some(request) next=next.clone()/></div>
                {looks_again}
                <WithPassword next/>
            </div>
            <Live/>
            <Countdown/>
        </CardLayout>
    }
}

/// `/sign-in/qr`, without a code.
#[component]
pub fn QrRefusedPage(next: Option<String>) -> impl IntoView {
    let t = use_texts().qr();
    view! {
        <Title text=t.title()/>
        <CardLayout>
            <div class="card stack">
                <h1>{t.title()}</h1>
                <FormMessages/>
                <NewCodeForm next=next.clone() class="button"/>
                <WithPassword next/>
            </div>
        </CardLayout>
    }
}

#[component]
fn WithPassword(next: Option<String>) -> impl IntoView {
    let sign_in = next::with("/sign-in", next.as_deref());
    view! { <p class="centred"><a href=sign_in>{use_texts().qr().with_password()}</a></p> }
}

/// A plain form: a status that came by the stream holds no islands.
#[component]
fn NewCodeForm(next: Option<String>, class: &'static str) -> impl IntoView {
    view! {
        <form class="whole" method="post" action=NewCode::PATH>
            <Hidden name="next" value=next/>
            <button class=class type="submit">{use_texts().qr().new_code()}</button>
        </form>
    }
}

/// What became of a request, as HTML for the stream.
pub(in crate::qr) fn status_html(
    cx: &Cx,
    browser: &Token,
    request: Option<&Request>,
    next: Option<&str>,
) -> String {
    let (browser, request, next) = (browser.clone(), request.cloned(), next.map(str::to_owned));
    fragment(|| {
        provide_context(Texts(cx.locale));
        provide_context(cx.clone());
        view! { <Status browser request next/> }
    })
}

/// What became of a request, as a part of the page that is replaced when that changes. While something may still change
/// it listens.
#[component]
fn Status(browser: Token, request: Option<Request>, next: Option<String>) -> impl IntoView {
    let t = use_texts().qr();
    let now = use_request().app.clock.now();
    let state = request.as_ref().map_or(State::Expired, |request| request.state(now));
    let (kind, title, words) = match (state, request) {
        (State::Shown, Some(request)) => {
            return view! { <Code browser request next/> }.into_any();
        }
        (State::Scanned, Some(request)) => {
            return view! { <Scanned request next/> }.into_any();
        }
        (State::Approved, _) => {
            return view! { <Approved next/> }.into_any();
        }
        (State::Denied, _) => (IconKind::Alert, t.denied_title(), t.denied()),
        (State::Wrong, _) => (IconKind::Alert, t.wrong_title(), t.wrong()),
        _ => (IconKind::Clock, t.expired_title(), t.expired()),
    };
    view! { <Told kind title words><NewCodeForm next class="button"/></Told> }.into_any()
}

#[component]
fn Scanned(request: Request, next: Option<String>) -> impl IntoView {
    let t = use_texts().qr();
    let stream = next::with(STREAM, next.as_deref());
    view! {
        <Told kind=IconKind::Phone title=t.scanned_title() words=t.scanned() stream>
            <Number number=request.number/>
            <Lost/>
            <p class="quiet small">{t.scanned_not_you()}</p>
            <NewCodeForm next class="button second"/>
        </Told>
    }
}

/// The browser collects its session by posting this form, at once where it runs script.
#[component]
fn Approved(next: Option<String>) -> impl IntoView {
    let t = use_texts();
    view! {
        <Told kind=IconKind::Check title=t.qr().approved_title() words=t.qr().approved()>
            <form class="whole" method="post" action=Collect::PATH data-post-now>
                <Hidden name="next" value=next/>
                <button class="button" type="submit">{t.recovery().go_on()}</button>
            </form>
        </Told>
    }
}

#[component]
fn Told(
    kind: IconKind,
    title: &'static str,
    words: &'static str,
    /// The address of the stream, while the code is scanned and not yet answered.
    #[prop(optional, into)]
    stream: Option<String>,
    children: Children,
) -> impl IntoView {
    let last = stream.is_some().then_some(State::Scanned.as_str());
    view! {
        <div id="qr-status" class="stack middle" data-live=stream data-live-last=last>
            <div class="badge"><Icon kind/></div>
            <h2>{title}</h2>
            <p>{words}</p>
            {children()}
        </div>
    }
}

#[component]
fn Lost() -> impl IntoView {
    view! { <p class="quiet small" data-live-lost hidden>{use_texts().qr().lost()}</p> }
}

/// The two digits that the phone asks for.
#[component]
fn Number(number: String) -> impl IntoView {
    view! { <p class="qr-number">{use_texts().qr().number()}" "<b>{number}</b></p> }
}

/// The code itself, with the number and what to do on the phone.
#[component]
fn Code(browser: Token, request: Request, next: Option<String>) -> impl IntoView {
    let t = use_texts().qr();
    let app = use_request().app;
    let config = &app.config;
    let shown = qr::shown(&app.keys, &browser);
    let picture = shown
        .as_ref()
        .and_then(|shown| draw(&config.address_of(&format!("{PHONE}/{}", shown.picture.expose()))));
    let picture = picture.map(|picture| view! { <CodePicture picture/> });
    let short = shown.map(|shown| shown.short.display());
    let address = config.address_of(PHONE);
    let address = address.split_once("://").map_or(address.clone(), |(_, rest)| rest.to_owned());
    let stream = next::with(STREAM, next.as_deref());
    view! {
        <div id="qr-status" class="stack" data-live=stream data-live-last=State::Shown.as_str()>
            <ol class="plain-list">
                <li>{t.step_phone(&config.shop_name)}</li>
                <li>{t.step_scan()}</li>
                <li>{t.step_number()}</li>
            </ol>
            <div class="qr-code">{picture}<TimeLeft expires_at=request.expires_at/></div>
            <Number number=request.number/>
            <Lost/>
            <div class="or stack">
                <p class="quiet">{t.no_camera(address)}</p>
                <p class="qr-short">{short}</p>
            </div>
        </div>
    }
}

#[component]
fn CodePicture(picture: Picture) -> impl IntoView {
    let side = picture.side.to_string();
    let view_box = format!("0 0 {side} {side}");
    view! {
        <svg
            class="qr-picture"
            viewBox=view_box
            role="img"
            aria-label=use_texts().qr().picture()
            shape-rendering="crispEdges"
        >
            // Dark on white in dark mode, too: many scanners read nothing else.
            <rect width=side.clone() height=side fill="#fff"></rect>
            <path d=picture.path fill="#000"></path>
        </svg>
    }
}

/// A ring that grows shorter, and the seconds in it.
#[component]
fn TimeLeft(expires_at: Millis) -> impl IntoView {
    let t = use_texts().qr();
    let whole = SCAN / SECOND;
    let left = seconds_until(expires_at, use_request().app.clock.now()).clamp(1, whole);
    let gone = whole - left;
    // Drawn by the browser itself, from where it is: no script, and no style that differs from page to page.
    let circle = format!(
        "<circle class=\"track\" cx=\"24\" cy=\"24\" r=\"21\"/>\
         <circle class=\"rest\" cx=\"24\" cy=\"24\" r=\"21\" transform=\"rotate(-90 24 24)\" pathLength=\"{whole}\" \
         stroke-dasharray=\"{whole}\" stroke-dashoffset=\"{gone}\"><animate attributeName=\"stroke-dashoffset\" \
         from=\"{gone}\" to=\"{whole}\" dur=\"{left}s\" fill=\"freeze\"/></circle>"
    );
    let say = |seconds| t.left(when::span(t.0, seconds));
    let digits = format!("{}:{:02}", left / 60, left % 60);
    view! {
        <div class="qr-time" data-countdown=left.to_string() data-say-30=say(30) data-say-10=say(10)>
            <svg viewBox="0 0 48 48" aria-hidden="true" inner_html=circle></svg>
            <span class="digits" aria-hidden="true">{digits}</span>
            <span class="unseen" role="status"></span>
        </div>
    }
}
