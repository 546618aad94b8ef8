//! The development mailbox: available only while no SMTP server is set.

use axum::{
    Json,
    extract::{Path, State},
    response::{Html, IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use leptos::prelude::*;

use crate::{
    components::{
        layout::{CardLayout, Title, Width},
        page::page,
    },
    error::{AppError, RequestProblem},
    http::{context::RequestContext, flash::Flash},
    i18n::use_texts,
    mailer::{DevEmail, DevMailbox},
    state::AppState,
};

fn mailbox(state: &AppState) -> DevMailbox {
    DevMailbox(state.config.mail_folder.clone())
}

/// `/dev/mail.json`
pub(super) async fn json(State(state): State<AppState>) -> Response {
    Json(mailbox(&state).emails().await).into_response()
}

/// `/dev/mail`
pub(super) async fn list(State(state): State<AppState>, context: RequestContext) -> Response {
    let sent = mailbox(&state).emails().await;
    page(context, Flash::default(), move || view! { <DevMailPage sent/> })
}

/// `/dev/mail`
#[component]
fn DevMailPage(sent: Vec<DevEmail>) -> impl IntoView {
    let t = use_texts().dev_mail();
    let empty = sent.is_empty().then(|| view! { <p class="quiet">{t.empty()}</p> });
    let cards = sent.into_iter().map(move |message| {
        let path = format!("/dev/mail/{}", message.id);
        view! {
            <article class="card stack">
                <h2>{message.subject}</h2>
                <p class="quiet">{message.to}" · "{message.at}" · "{message.kind}</p>
                <pre class="letter">{message.text}</pre>
                <a href=path>{t.as_html()}</a>
            </article>
        }
    });
    view! {
        <Title text=t.title()/>
        <CardLayout width=Width::Text>
            <div class="stack wide-gap">
                <h1>{t.title()}</h1>
                <p class="quiet">{t.about()}</p>
                {empty}
                {cards.collect_view()}
            </div>
        </CardLayout>
    }
}

/// `/dev/mail/{id}`: the HTML part alone, with its own styles and nothing else.
pub(super) async fn email(State(state): State<AppState>, Path(id): Path<String>) -> Response {
    let sent = mailbox(&state).emails().await;
    let Some(message) = sent.into_iter().find(|message| message.id == id) else {
        return AppError::new(RequestProblem::NotFound).into_response();
    };
    let mut response = Html(message.html).into_response();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
