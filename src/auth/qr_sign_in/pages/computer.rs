//! The computer's page: the code, and what became of it.

use axum::response::Response;
use http::StatusCode;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    COMPUTER, Collect, NewCode, PHONE, STREAM, give_request,
    picture::draw,
    service::{self, QrError},
};
use crate::{
    auth::qr_sign_in::requests::{self, Request, SCAN, State},
    clock::seconds_up,
    components::{
        form::{FormMessages, Hidden},
        layout::{CardLayout, StyleSheet, Title, use_document, use_request},
        page::page,
    },
    domain::format,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Flash, page_error::PageError,
        return_to,
    },
    i18n::{Texts, use_texts},
    islands::{QrCode, QrSignIn, QrSignInTexts, QrStatus, QrStep},
    security::Token,
};

/// How often a page without script is reloaded, in seconds.
const LOOK_AGAIN: i64 = 5;

/// `GET /sign-in/qr`
pub(crate) async fn computer(mut request: RequestContext) -> Result<Response, PageError> {
    let next = request.next();
    if request.signed_in().await?.is_some() {
        return Err(PageError::To(return_to::or_account(next.as_deref())));
    }
    let flash = request.take_flash(COMPUTER);
    let (browser, attempt) = match attempt(&request).await {
        Ok(asked) => asked,
        Err(QrError::Internal(fault)) => return Err(fault.into()),
        Err(error) => return Ok(refused(request, error.into(), next).await),
    };
    Ok(page(request, flash, move || view! { <QrComputerPage browser attempt next/> }))
}

/// Returns this browser's request: a new one if it has none or the last one is over.
async fn attempt(request: &RequestContext) -> Result<(Token, Request), QrError> {
    let db = &request.state.db;
    let before = request.token(CookieName::Qr);
    if let Some(browser) = &before {
        let found = requests::find_by_browser(db, browser).await?;
        let now = request.state.clock.now();
        // A browser that has collected its session is done: a user who returns with it wants to sign in again.
        let known = found.filter(|r| r.state(now) != State::Collected && !r.is_forgotten(now));
        if let Some(attempt) = known {
            return Ok((browser.clone(), attempt));
        }
    }
    let (browser, attempt) =
        service::begin(&request.state, before.as_ref(), &request.client).await?;
    give_request(request, &browser);
    Ok((browser, attempt))
}

/// Answers without a code: too many were requested.
async fn refused(request: RequestContext, error: AppError, next: Option<String>) -> Response {
    let is_limit = error.error == RequestProblem::TooManyFromNetwork;
    let status = if is_limit { error.status() } else { StatusCode::SERVICE_UNAVAILABLE };
    let flash = Flash::error(error);
    let mut response = page(request, flash, move || view! { <QrRefusedPage next/> });
    *response.status_mut() = status;
    response
}

/// `/sign-in/qr`
#[component]
pub(crate) fn QrComputerPage(
    browser: Token,
    attempt: Request,
    next: Option<String>,
) -> impl IntoView {
    let t = use_texts().qr();
    let is_open = attempt.state(use_request().state.clock.now()).is_open();
    if is_open {
        use_document().refresh_without_script_after(LOOK_AGAIN);
    }
    let looks_again =
        is_open.then(|| view! { <p class="quiet small without-script">{t.looks_again()}</p> });
    view! {
        <Title text=t.title()/>
        <CardLayout style=StyleSheet::Whole>
            <div class="card stack">
                <h1>{t.title()}</h1>
                <FormMessages/>
                // Hidden by the style sheet where the device is not a phone.
                <p class="on-phone">{t.on_phone()}</p>
                <RequestStatus browser attempt next=next.clone()/>
                {looks_again}
                <WithPassword next/>
            </div>
        </CardLayout>
    }
}

/// `/sign-in/qr`, without a code.
#[component]
pub(crate) fn QrRefusedPage(next: Option<String>) -> impl IntoView {
    let t = use_texts().qr();
    view! {
        <Title text=t.title()/>
        <CardLayout style=StyleSheet::Whole>
            <div class="card stack">
                <h1>{t.title()}</h1>
                <FormMessages/>
                <form class="whole" method="post" action=NewCode::PATH>
                    <Hidden name="next" value=next.clone()/>
                    <button class="button" type="submit">{t.new_code()}</button>
                </form>
                <WithPassword next/>
            </div>
        </CardLayout>
    }
}

#[component]
fn WithPassword(next: Option<String>) -> impl IntoView {
    let sign_in = return_to::with("/sign-in", next.as_deref());
    view! { <p class="centred"><a href=sign_in>{use_texts().qr().with_password()}</a></p> }
}

/// A request's code and state, which updates by itself where script runs.
#[component]
fn RequestStatus(browser: Token, attempt: Request, next: Option<String>) -> impl IntoView {
    let request = use_request();
    let state = attempt.state(request.state.clock.now());
    let status = status(&request, &browser, Some(&attempt));
    let stream = (return_to::with(STREAM, next.as_deref()), state.as_str().to_owned());
    let actions = (NewCode::PATH.to_owned(), Collect::PATH.to_owned());
    let texts = sign_in_texts(use_texts(), &request);
    view! { <QrSignIn status stream actions next texts/> }
}

/// Returns what became of a browser's request.
pub(in crate::auth::qr_sign_in) fn status(
    request: &RequestContext,
    browser: &Token,
    attempt: Option<&Request>,
) -> QrStatus {
    let t = Texts(request.locale).qr();
    let state = attempt.map_or(State::Expired, |attempt| attempt.state(request.state.clock.now()));
    let (step, title, words) = match (state, attempt) {
        (State::Shown, Some(attempt)) => (QrStep::Shown(code(request, browser, attempt)), "", ""),
        (State::Scanned, Some(attempt)) => {
            (QrStep::Scanned(attempt.number.clone()), t.scanned_title(), t.scanned())
        }
        (State::Approved, _) => (QrStep::Approved, t.approved_title(), t.approved()),
        (State::Denied, _) => (QrStep::Refused, t.denied_title(), t.denied()),
        (State::Wrong, _) => (QrStep::Refused, t.wrong_title(), t.wrong()),
        _ => (QrStep::Expired, t.expired_title(), t.expired()),
    };
    QrStatus { step, title: title.to_owned(), words: words.to_owned() }
}

/// Returns what the phone needs of a request.
fn code(request: &RequestContext, browser: &Token, attempt: &Request) -> QrCode {
    let shown = requests::shown(&request.state.keys, browser);
    let address = |token: &Token| {
        request.state.config.address_of(&format!("{PHONE}/{}", token.expose_secret()))
    };
    let whole = SCAN.as_secs();
    let left = seconds_up(attempt.expires_at - request.state.clock.now()).clamp(1, whole);
    let seconds = |seconds| u32::try_from(seconds).unwrap_or_default();
    QrCode {
        picture: shown.as_ref().and_then(|shown| draw(&address(&shown.picture))),
        short: shown.map(|shown| shown.short.display()).unwrap_or_default(),
        number: attempt.number.clone(),
        seconds: (seconds(left), seconds(whole)),
    }
}

fn sign_in_texts(t: Texts, request: &RequestContext) -> QrSignInTexts {
    let config = &request.state.config;
    let address = config.address_of(PHONE);
    let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    let spoken = [30, 10]
        .map(|left| (left, t.qr().left(format::duration(t.0, crate::clock::seconds(left.into())))));
    QrSignInTexts {
        steps: vec![
            t.qr().step_phone(&config.shop_name),
            t.qr().step_scan().into(),
            t.qr().step_number().into(),
        ],
        picture: t.qr().picture().into(),
        number: t.qr().number().into(),
        no_camera: t.qr().no_camera(address),
        spoken: spoken.into(),
        lost: t.qr().lost().into(),
        not_you: t.qr().scanned_not_you().into(),
        new_code: t.qr().new_code().into(),
        go_on: t.recovery().go_on().into(),
    }
}
