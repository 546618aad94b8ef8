//! The page of a forgotten login.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::FindLogin;
use crate::{
    components::{
        captcha::Captcha,
        form::{ActionForm, FormMessages, SubmitButton, TextField},
        layout::{CardLayout, Title, use_request},
        page::page,
    },
    domain::{
        accounts,
        verification::{
            captcha::{self, CaptchaContext, Challenge},
            flows::FlowKind,
        },
    },
    http::{
        context::RequestContext,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::use_texts,
    islands::InputKind,
};

/// `GET /recover/login`
pub(crate) async fn find_login(
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let browser = request.browser_token();
    let captcha_context = CaptchaContext {
        purpose: FlowKind::FindLogin,
        browser: Some(&browser),
        network: &request.client.network,
    };
    let challenge =
        captcha::challenge(&request.state, &captcha_context, flash.price.unwrap_or_default())
            .await?;
    let has_chat = accounts::exists_staff(&request.state.db).await?;
    Ok(page(request, flash, move || view! { <FindLoginPage challenge has_chat/> }))
}

/// `/recover/login`
#[component]
pub(crate) fn FindLoginPage(challenge: Challenge, has_chat: bool) -> impl IntoView {
    let t = use_texts();
    let (find, label) = (t.forgotten_login(), t.fields().email());
    let flash = use_flash();
    let is_sent = flash.notice == Some(Notice::LoginAsked);
    let notice = is_sent.then(|| {
        let address = flash.value("email").unwrap_or_default();
        [find.sent(address), find.next().to_owned()].join(" ")
    });
    view! {
        <Title text=find.title()/>
        <CardLayout>
            <div class="card stack">
                <ActionForm action=FindLogin::PATH class="stack" in_place=true>
                    <h1>{find.title()}</h1>
                    <p class="quiet">{find.intro()}</p>
                    <FormMessages labels=vec![("email", label), ("proof", t.human().slide())] notice/>
                    <TextField name="email" kind=InputKind::Email label hint=find.hint().to_owned() autofocus=true/>
                    <Captcha challenge/>
                    <SubmitButton label=find.send() when_complete=true/>
                </ActionForm>
                <WhichMailbox/>
                {has_chat.then(|| view! {
                    <p class="quiet">{t.support().help_chat()}" "<a href="/support">{t.support().title()}</a></p>
                })}
                <p class="quiet centred"><a href="/recover">{find.back()}</a></p>
            </div>
        </CardLayout>
    }
}

/// What users can search their mailboxes for: senders, and the subjects of our emails.
#[component]
fn WhichMailbox() -> impl IntoView {
    let t = use_texts();
    let find = t.forgotten_login();
    let state = use_request().state.clone();
    let config = &state.config;
    let (shop, message) = (&config.shop_name, t.emails());
    let subjects = [
        message.welcome().subject(shop),
        message.password_changed().subject(shop),
        message.new_device().subject(shop),
    ];
    let subjects = subjects.into_iter().map(|subject| view! { <li>{subject}</li> });
    let senders = (!config.letter_senders.is_empty()).then(|| {
        let senders = config.letter_senders.iter();
        let senders = senders.map(|sender| view! { <li>{sender.to_string()}</li> });
        view! {
            <p>{find.shop_senders()}</p>
            <ul class="plain-list">{senders.collect_view()}</ul>
        }
    });
    view! {
        <details class="help">
            <summary>{find.which_mailbox()}</summary>
            <div class="stack small">
                <p>{find.try_each()}</p>
                <p>{find.search_sender()}</p>
                <ul class="plain-list"><li>{config.mail_from.to_string()}</li></ul>
                <p>{find.search_subjects()}</p>
                <ul class="plain-list">{subjects.collect_view()}</ul>
                {senders}
            </div>
        </details>
    }
}
