//! The development mailbox: there only while no SMTP server is set.

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::{Html, IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use leptos::prelude::*;

use super::{
    context::Cx,
    page::{self, Page},
};
use crate::{
    components::layout::Width,
    error::{AppError, Kind},
    i18n,
    server::{app::App, outbox::DevMailbox},
};

fn mailbox(app: &App) -> DevMailbox {
    DevMailbox(app.config.mail_folder.clone())
}

/// `/dev/mail.json`
pub(super) async fn json(State(app): State<App>) -> Response {
    Json(mailbox(&app).letters().await).into_response()
}

/// `/dev/mail`
pub(super) async fn list(State(app): State<App>, Extension(cx): Extension<Cx>) -> Response {
    let letters = mailbox(&app).letters().await;
    let locale = cx.locale;
    let view = move || {
        let empty = letters
            .is_empty()
            .then(|| view! { <p class="quiet">{i18n::dev_mail::empty(locale)}</p> });
        let cards = letters
            .into_iter()
            .map(|letter| {
                view! {
                    <article class="card stack">
                        <h2>{letter.subject}</h2>
                        <p class="quiet">{letter.to}" · "{letter.at}" · "{letter.kind}</p>
                        <pre class="letter">{letter.text}</pre>
                        <a href=format!("/dev/mail/{}", letter.id)>{i18n::dev_mail::as_html(locale)}</a>
                    </article>
                }
            })
            .collect_view();
        view! {
            <div class="stack wide-gap">
                <h1>{i18n::dev_mail::title(locale)}</h1>
                <p class="quiet">{i18n::dev_mail::about(locale)}</p>
                {empty}
                {cards}
            </div>
        }
        .into_any()
    };
    let page =
        Page { width: Width::Text, form: false, ..Page::new(i18n::dev_mail::title(locale), view) };
    page::render(&cx, page)
}

/// `/dev/mail/{id}`: the HTML part, alone, with its own styles and nothing else.
pub(super) async fn letter(
    State(app): State<App>,
    Extension(cx): Extension<Cx>,
    Path(id): Path<String>,
) -> Response {
    let letters = mailbox(&app).letters().await;
    let Some(letter) = letters.into_iter().find(|letter| letter.id == id) else {
        return page::error_response(&cx, &AppError::new(Kind::NotFound));
    };
    let mut response = Html(letter.html).into_response();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
