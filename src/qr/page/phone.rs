//! The phone's screens: who asks, from where, and the answer.

use axum::{
    Extension,
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    Answer, OtherAccount, PHONE, TypeCode,
    service::{self, Look, needs_password},
};
use crate::{
    error::{AppError, Kind},
    i18n::{self, Locale},
    server::{
        clock::{MINUTE, SECOND},
        http::{
            context::{Cx, SignedIn},
            draft::Draft,
            page::{Leave, Page, error_response},
        },
        qr::{Request, State},
        secret::Token,
        when,
    },
    ui::{
        busy::busy,
        field::{Field, Purpose, hidden},
        icons::{Icon, icon},
        layout::{FORM, screen_field},
        notice::{Tone, notice, refusal},
    },
};

/// `/qr/{token}`: the token becomes a cookie at once, and stands in the address no more (ASVS 14.2.1).
pub async fn follow(Extension(cx): Extension<Cx>, Path(token): Path<String>) -> Response {
    let Some(token) = Token::parse(&token) else {
        return error_response(&cx, &AppError::new(Kind::NotFound));
    };
    // A little longer than there is time to answer.
    cx.set_cookie("qr_answer", &token.expose(), Some(15 * MINUTE));
    Redirect::to(PHONE).into_response()
}

/// `/qr`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    use i18n::qr as t;
    let signed_in = cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let draft = cx.take_draft(PHONE);
    let picture = cx.token("qr_answer");
    let look = service::look(&cx.app, &signed_in, picture.as_ref(), &cx.client).await?;
    let locale = cx.locale;
    let login = signed_in.account.login.clone();
    let gone = |cx: &Cx, login, draft| {
        // Said once.
        cx.clear_cookie("qr_answer");
        type_code(cx, login, draft, true)
    };
    Ok(match look {
        Look::Nothing => type_code(&cx, login, draft, false),
        Look::Gone => gone(&cx, login, draft),
        Look::Taken => Told {
            sign: Icon::Alert,
            title: t::taken_title(locale),
            text: t::taken(locale),
            worry: false,
            again: Some((draft, None)),
        }
        .page(&cx, login),
        Look::Staff => Told {
            sign: Icon::Lock,
            title: t::staff_title(locale),
            text: t::staff(locale),
            worry: false,
            again: None,
        }
        .page(&cx, login),
        Look::Own(request) => match request.state(cx.app.clock.now()) {
            State::Scanned => answer(&cx, &signed_in, draft, *request),
            State::Approved | State::Collected => Told {
                sign: Icon::Check,
                title: t::done_title(locale),
                text: t::done(locale),
                worry: false,
                again: Some((draft, Some(t::another(locale)))),
            }
            .page(&cx, login),
            State::Denied => Told {
                sign: Icon::Check,
                title: t::refused_title(locale),
                text: t::refused(locale),
                worry: true,
                again: Some((draft, None)),
            }
            .page(&cx, login),
            State::Wrong => Told {
                sign: Icon::Alert,
                title: t::mistyped_title(locale),
                text: t::mistyped(locale),
                worry: true,
                again: Some((draft, None)),
            }
            .page(&cx, login),
            State::Shown | State::Expired => gone(&cx, login, draft),
        },
    })
}

/// Who is signed in on this phone, and the way to be somebody else.
fn whose(locale: Locale, login: String) -> impl IntoView {
    view! {
        <form class="row or" method="post" action=OtherAccount::PATH>
            <p class="quiet">{i18n::qr::signed_in_as(locale, login)}</p>
            <button class="button plain" type="submit">{i18n::qr::not_you(locale)}</button>
        </form>
    }
}

/// Nothing to answer: the code can be scanned or typed.
fn type_code(cx: &Cx, login: String, draft: Draft, gone: bool) -> Page {
    use i18n::qr as t;
    let locale = cx.locale;
    let title = t::type_title(locale);
    let cx = cx.clone();
    let view = move || {
        // The reason that a form left says it, too.
        let error = draft.error.as_ref();
        let gone = (gone && error.is_none())
            .then(|| notice(Tone::Bad, view! { <p>{i18n::errors::qr_gone(locale)}</p> }));
        view! {
            <div class="card stack">
                <form id=FORM class="stack" method="post" action=TypeCode::PATH novalidate>
                    {screen_field(&cx)}
                    <h1>{title}</h1>
                    <p class="quiet">{t::type_about(locale)}</p>
                    {gone}
                    {refusal(error, locale, ())}
                    {code_fields(error, "button", locale)}
                    {busy(locale)}
                </form>
                {whose(locale, login)}
            </div>
        }
        .into_any()
    };
    Page::new(title, view)
}

/// A computer asks: which, where, since when; and the two answers, one as easy as the other.
fn answer(cx: &Cx, signed_in: &SignedIn, draft: Draft, request: Request) -> Page {
    use i18n::qr as t;
    let locale = cx.locale;
    let title = t::asks_title(locale);
    let login = signed_in.account.login.clone();
    let cx = cx.clone();
    let view = move || {
        let error = draft.error.as_ref();
        let password = needs_password(&cx.app, &request, &cx.client).then(|| {
            let why = if request.typed { t::why_typed(locale) } else { t::why_elsewhere(locale) };
            Field::new("password", Purpose::CurrentPassword, i18n::fields::password(locale), error)
                .hint(why)
                .view(locale)
        });
        let number = Field::new("number", Purpose::Number, t::number_asked(locale), error)
            .hint(t::number_hint(locale));
        view! {
            <div class="card stack">
                <form id=FORM class="stack" method="post" action=Answer::PATH novalidate>
                    {screen_field(&cx)}
                    {hidden("request", Some(request.id.clone()))}
                    <h1>{title}</h1>
                    {refusal(error, locale, ())}
                    {facts(&cx, &request)}
                    {notice(Tone::Calm, view! { <p><b>{t::in_front(locale)}</b>" "{t::nobody_asks(locale)}</p> })}
                    {password}
                    {number.view(locale)}
                    <div class="pair">
                        <button class="button" type="submit" name="answer" value="approve">{t::approve(locale)}</button>
                        <button class="button second" type="submit" name="answer" value="deny" formnovalidate>
                            {t::deny(locale)}
                        </button>
                    </div>
                    {busy(locale)}
                </form>
                {whose(locale, login)}
            </div>
        }
        .into_any()
    };
    Page::new(title, view)
}

fn facts(cx: &Cx, request: &Request) -> impl IntoView + use<> {
    use i18n::qr as t;
    let locale = cx.locale;
    let ago = (cx.app.clock.now() - request.created_at) / SECOND;
    let facts = [
        (t::fact_browser(locale), Some(when::browser(locale, &request.user_agent))),
        (t::fact_place(locale), cx.app.geo.place(locale, &request.network)),
        (t::fact_network(locale), Some(request.network.clone())),
        (t::fact_asked(locale), Some(t::ago(locale, when::span(locale, ago)))),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, fact)| Some((name, fact?)))
        .map(|(name, fact)| view! { <div><dt>{name}</dt><dd>{fact}</dd></div> })
        .collect_view();
    view! { <dl class="facts">{facts}</dl> }
}

/// The two ways to bring a code: scanning, and typing it.
fn code_fields(
    error: Option<&AppError>,
    class: &'static str,
    locale: Locale,
) -> impl IntoView + use<> {
    use i18n::qr as t;
    let field = Field::new("short_code", Purpose::ShortCode, t::short_code(locale), error)
        .hint(t::short_code_hint(locale));
    view! {
        <a class="button second" href="/qr/scan">{icon(Icon::Qr)}{t::scan(locale)}</a>
        {field.view(locale)}
        <button class=class type="submit">{i18n::recovery::go_on(locale)}</button>
    }
}

/// What became of a request, and what one can do then.
struct Told {
    sign: Icon,
    title: &'static str,
    text: &'static str,
    /// Perhaps it was somebody else who asked.
    worry: bool,
    /// The next code is typed where this is told: with what came of the last try, and the words behind which it
    /// stands where there may not be a next one.
    again: Option<(Draft, Option<&'static str>)>,
}

impl Told {
    fn page(self, cx: &Cx, login: String) -> Page {
        use i18n::qr as t;
        let locale = cx.locale;
        let Self { sign, title, text, worry, again } = self;
        let form = again.is_some();
        let cx = cx.clone();
        let view = move || {
            let worry = worry.then(|| {
                view! {
                    <p class="quiet">{t::worry(locale)}</p>
                    <a class="button" href="/account/profile/password">{t::end_all(locale)}</a>
                }
            });
            let again = again.map(|(draft, behind)| {
                // What became of an answer is what the words above say.
                let told = [Kind::QrNumberWrong, Kind::QrGone];
                let error = draft.error.as_ref().filter(|error| !told.contains(&error.error));
                let form = view! {
                    <form id=FORM class="stack" method="post" action=TypeCode::PATH novalidate>
                        {screen_field(&cx)}
                        {refusal(error, locale, ())}
                        {code_fields(error, "button second", locale)}
                        {busy(locale)}
                    </form>
                };
                match behind {
                    Some(words) => view! {
                        <details class="help" open=error.is_some()><summary>{words}</summary>{form}</details>
                    }
                    .into_any(),
                    None => form.into_any(),
                }
            });
            view! {
                <div class="card stack">
                    <div class="stack middle">
                        <div class="badge">{icon(sign)}</div>
                        <h1>{title}</h1>
                        <p>{text}</p>
                        {worry}
                        <a class="button second" href="/account/devices">{t::see_devices(locale)}</a>
                    </div>
                    {again}
                    {whose(locale, login)}
                </div>
            }
            .into_any()
        };
        Page { islands: form, form, ..Page::new(title, view) }
    }
}
