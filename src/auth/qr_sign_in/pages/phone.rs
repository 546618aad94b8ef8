//! The phone's pages: who asks, from where, and the answer.

use axum::{
    Extension,
    extract::Path,
    response::{Redirect, Response},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    Answer, OtherAccount, PHONE, SCAN, TypeCode,
    service::{self, Look},
};
use crate::{
    auth::qr_sign_in::{
        QrProblem,
        requests::{Request, State},
    },
    clock::minutes,
    components::{
        alert::{Alert, Tone},
        form::{ActionForm, FormMessages, Hidden, PasswordField, SubmitButton, TextField},
        icon::{Icon, IconKind},
        layout::{CardLayout, StyleSheet, Title, use_request},
        page::page,
    },
    domain::format,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        cookies::CookieName,
        extract::CurrentUser,
        flash::{Flash, use_flash},
        page_error::PageError,
    },
    i18n::use_texts,
    islands::InputKind,
    security::Token,
};

/// `GET /qr/{token}`: moves the token into a cookie at once, so that it is no longer in the address (ASVS 14.2.1).
pub(crate) async fn follow(
    Extension(request): Extension<RequestContext>,
    Path(token): Path<String>,
) -> Result<Redirect, PageError> {
    let not_found = || PageError::Error(AppError::new(RequestProblem::NotFound));
    let token = Token::parse(&token).ok_or_else(not_found)?;
    // A little longer than the time to answer.
    request.set_cookie(CookieName::QrAnswer, &token.expose_secret(), Some(minutes(15)));
    Ok(Redirect::to(PHONE))
}

/// `GET /qr`
pub(crate) async fn phone(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let picture = request.token(CookieName::QrAnswer);
    let look = service::look(&request.state, &user, picture.as_ref(), &request.client).await?;
    let login = user.account.login;
    let end = match look {
        Look::Nothing => {
            return Ok(page(request, flash, move || view! { <QrTypePage login is_gone=false/> }));
        }
        Look::Gone => None,
        Look::Taken => Some(End::Taken),
        Look::Staff => Some(End::Staff),
        Look::Own(attempt) => match attempt.state(request.state.clock.now()) {
            State::Scanned => {
                let attempt = *attempt;
                return Ok(page(request, flash, move || view! { <QrAnswerPage login attempt/> }));
            }
            State::Approved | State::Collected => Some(End::Approved),
            State::Denied => Some(End::Denied),
            State::Wrong => Some(End::Mistyped),
            State::Shown | State::Expired => None,
        },
    };
    let Some(end) = end else {
        // Shown only once.
        request.clear_cookie(CookieName::QrAnswer);
        return Ok(page(request, flash, move || view! { <QrTypePage login is_gone=true/> }));
    };
    // The page itself reports the outcome of an answer.
    let told = [QrProblem::NumberWrong, QrProblem::Gone, QrProblem::Staff];
    let is_told = flash.error.as_ref().is_some_and(|error| error.error.is_one_of(&told));
    let flash = if is_told { Flash::default() } else { flash };
    Ok(page(request, flash, move || view! { <QrEndPage login end/> }))
}

/// `/qr`, with nothing to answer: a code can be scanned or typed.
#[component]
pub(crate) fn QrTypePage(
    login: String,
    /// Whether the scanned code has expired.
    is_gone: bool,
) -> impl IntoView {
    let t = use_texts();
    // The error that a form left already says so.
    let is_gone = is_gone && use_flash().error.is_none();
    let gone =
        is_gone.then(|| view! { <Alert tone=Tone::Bad><p>{t.errors().qr_gone()}</p></Alert> });
    view! {
        <Title text=t.qr().type_title()/>
        <CardLayout style=StyleSheet::Whole>
            <div class="card stack">
                <ActionForm action=TypeCode::PATH class="stack" in_place=true>
                    <h1>{t.qr().type_title()}</h1>
                    <p class="quiet">{t.qr().type_about()}</p>
                    {gone}
                    <CodeFields class="button"/>
                </ActionForm>
                <WhoseForm login/>
            </div>
        </CardLayout>
    }
}

/// The two ways to enter a code: scanning and typing.
#[component]
fn CodeFields(
    /// The CSS class of the button.
    class: &'static str,
) -> impl IntoView {
    let t = use_texts();
    let label = t.qr().short_code();
    view! {
        <FormMessages labels=vec![("short_code", label)]/>
        <a class="button second" href=SCAN><Icon kind=IconKind::QR/>{t.qr().scan()}</a>
        <TextField
            name="short_code" kind=InputKind::ShortCode label hint=t.qr().short_code_hint().to_owned()
        />
        <SubmitButton label=t.recovery().go_on() class/>
    }
}

/// Shows who is signed in on this phone, with a button to use another account.
#[component]
fn WhoseForm(login: String) -> impl IntoView {
    let t = use_texts().qr();
    view! {
        <ActionForm action=OtherAccount::PATH class="row or" is_small=true in_place=true>
            <p class="quiet">{t.signed_in_as(login)}</p>
            <button class="button plain" type="submit">{t.not_you()}</button>
        </ActionForm>
    }
}

/// `/qr`, when a computer asks: which, where, since when; and the two answers, one as easy as the other.
#[component]
pub(crate) fn QrAnswerPage(login: String, attempt: Request) -> impl IntoView {
    let t = use_texts();
    let request = use_request();
    let (number, password) = (t.qr().number_asked(), t.fields().password());
    let needs_password = service::needs_password(&request.state, &attempt, &request.client);
    let password_field = needs_password.then(|| {
        let why = if attempt.typed { t.qr().why_typed() } else { t.qr().why_elsewhere() };
        view! { <PasswordField name="password" label=password hint=why.to_owned() is_followed=true/> }
    });
    view! {
        <Title text=t.qr().asks_title()/>
        <CardLayout style=StyleSheet::Whole>
            <div class="card stack">
                <ActionForm action=Answer::PATH class="stack">
                    <Hidden name="request" value=Some(attempt.id.to_string())/>
                    <h1>{t.qr().asks_title()}</h1>
                    <FormMessages labels=vec![("password", password), ("number", number)]/>
                    <Facts attempt/>
                    <Alert><p><b>{t.qr().in_front()}</b>" "{t.qr().nobody_asks()}</p></Alert>
                    {password_field}
                    <TextField
                        name="number" kind=InputKind::Number label=number hint=t.qr().number_hint().to_owned()
                    />
                    <div class="pair">
                        <button class="button" type="submit" name="answer" value="approve">
                            {t.qr().approve()}
                        </button>
                        <button class="button second" type="submit" name="answer" value="deny" formnovalidate>
                            {t.qr().deny()}
                        </button>
                    </div>
                </ActionForm>
                <WhoseForm login/>
            </div>
        </CardLayout>
    }
}

/// What is known of the computer.
#[component]
fn Facts(attempt: Request) -> impl IntoView {
    let t = use_texts().qr();
    let state = use_request().state.clone();
    let ago = state.clock.now() - attempt.created_at;
    let place = state.geo.place(t.0, &attempt.network);
    let place = place.map(|place| view! { <Fact name=t.fact_place() fact=place/> });
    view! {
        <dl class="facts">
            <Fact name=t.fact_browser() fact=format::browser(t.0, &attempt.user_agent)/>
            {place}
            <Fact name=t.fact_network() fact=attempt.network/>
            <Fact name=t.fact_asked() fact=t.ago(format::duration(t.0, ago))/>
        </dl>
    }
}

#[component]
fn Fact(name: &'static str, #[prop(into)] fact: String) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd>{fact}</dd></div> }
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Another device was quicker.
    Taken,
    /// Staff may not sign in this way.
    Staff,
    /// The computer is being signed in.
    Approved,
    /// The sign-in was denied.
    Denied,
    /// A wrong number was entered.
    Mistyped,
}

/// `/qr`, when a request was answered, or cannot be answered here.
#[component]
pub(crate) fn QrEndPage(login: String, end: End) -> impl IntoView {
    let t = use_texts().qr();
    let (kind, title, text) = match end {
        End::Taken => (IconKind::ALERT, t.taken_title(), t.taken()),
        End::Staff => (IconKind::LOCK, t.staff_title(), t.staff()),
        End::Approved => (IconKind::CHECK, t.done_title(), t.done()),
        End::Denied => (IconKind::CHECK, t.refused_title(), t.refused()),
        End::Mistyped => (IconKind::ALERT, t.mistyped_title(), t.mistyped()),
    };
    // An attacker may have created the request.
    let worry = matches!(end, End::Denied | End::Mistyped).then(|| {
        view! {
            <p class="quiet">{t.worry()}</p>
            <a class="button" href="/account/profile/password">{t.end_all()}</a>
        }
    });
    view! {
        <Title text=title/>
        <CardLayout style=StyleSheet::Whole>
            <div class="card stack">
                <div class="stack middle">
                    <div class="badge"><Icon kind/></div>
                    <h1>{title}</h1>
                    <p>{text}</p>
                    {worry}
                    <a class="button second" href="/account/devices">{t.see_devices()}</a>
                </div>
                {(end != End::Staff).then(|| view! { <NextCode is_folded={end == End::Approved}/> })}
                <WhoseForm login/>
            </div>
        </CardLayout>
    }
}

/// The form for the next code, on the page where the last request ended, with the result of the last try.
#[component]
fn NextCode(
    /// Whether the form is folded, because another code is unlikely.
    is_folded: bool,
) -> impl IntoView {
    let form = view! {
        <ActionForm action=TypeCode::PATH class="stack" in_place=true>
            <CodeFields class="button second"/>
        </ActionForm>
    };
    if !is_folded {
        return form.into_any();
    }
    let is_open = use_flash().error.is_some();
    view! {
        <details class="help" open=is_open>
            <summary>{use_texts().qr().another()}</summary>
            {form}
        </details>
    }
    .into_any()
}
