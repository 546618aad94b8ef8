//! The pages of the support chat. Each handler loads data, and renders a component with it.

mod conversation_page;
mod email;

use axum::response::Response;
use leptos::prelude::*;

use super::{BEGIN, PAGE, PICTURE_MAX, access, view::usually};
use crate::{
    clock::Duration,
    components::{
        alert::Alert,
        form::{
            ActionForm, FormMessages, Hidden, PictureField, Select, SubmitButton, TextArea,
            TextField,
        },
        icon::{Icon, IconKind},
        layout::{CardLayout, StyleSheet, Title, Width, use_request},
        page::page,
    },
    domain::{accounts, format, verification::flows::FlowKind},
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
        return_to,
    },
    i18n::{Texts, use_texts},
    islands::{ChatStatus, InputKind, LocalTime},
    security::Token,
    support::conversation::{self, State, Topic},
};

pub(super) use self::email::{email, email_code};

/// `GET /support`
pub(super) async fn show(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    chat(request, flash).await
}

/// Renders the page with the flash of the last post.
pub(super) async fn chat(mut request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    request.signed_in().await?;
    if !accounts::exists_staff(&request.state.db).await? {
        return Ok(page(request, flash, || view! { <ContactPage/> }));
    }
    let usual = conversation::usual_wait(&request.state.db).await?;
    let anew = request.query("new").is_some();
    match access::mine(&mut request).await? {
        Some(conversation) if !(anew && conversation.state() == State::Closed) => {
            conversation_page::show(request, flash, conversation, usual).await
        }
        _ => begin(request, flash, usual).await,
    }
}

/// `/support`, where there is no chat: how else the shop can be contacted.
#[component]
pub(crate) fn ContactPage() -> impl IntoView {
    let t = use_texts().support();
    let state = use_request().state.clone();
    let shop = &state.config.shop_name;
    let (words, contact) = match state.config.support_contact.clone() {
        Some(contact) => (t.none_contact(shop), Some(contact)),
        None => (t.none(shop), None),
    };
    let contact = contact.map(|contact| {
        view! { <p class="contact"><strong>{contact}</strong></p> }
    });
    view! {
        <Title text=t.none_title()/>
        <CardLayout style=StyleSheet::Chat>
            <div class="card stack">
                <h1>{t.none_title()}</h1>
                <p>{words}</p>
                {contact}
            </div>
        </CardLayout>
    }
}

async fn begin(
    mut request: RequestContext,
    flash: Flash,
    usual: Option<Duration>,
) -> Result<Response, PageError> {
    let account = request.signed_in().await?.map(|signed_in| signed_in.account);
    match request.token(CookieName::ChatNext) {
        Some(token) => {
            let own = account.as_ref().map(|account| &account.id);
            let begun = conversation::by_cookie(&request.state.db, Some(&token), own).await?;
            if begun.open().is_some() {
                // The answer was lost on its way: now the browser learns that the conversation began.
                access::keep(&request, &token);
                request.clear_cookie(CookieName::ChatNext);
                return Err(PageError::To(PAGE.to_owned()));
            }
        }
        None => request.set_cookie(
            CookieName::ChatNext,
            &Token::new(&request.state.random).expose_secret(),
            None,
        ),
    }
    let is_locked = access::is_locked(&mut request).await?;
    // A user who comes from a recovery has already named the account.
    let recovering = match account {
        Some(_) => None,
        None => request.any_flow(FlowKind::Recover).await?.map(|flow| flow.typed),
    };
    let login = account.map(|account| account.login);
    let view = move || view! { <BeginConversationPage login recovering is_locked usual/> };
    Ok(page(request, flash, view))
}

/// `/support`, before the first message.
#[component]
pub(crate) fn BeginConversationPage(
    /// The login of the signed-in user.
    login: Option<String>,
    /// The name of the account that is being recovered, as typed.
    recovering: Option<String>,
    /// Whether there is a conversation that is shown again after signing in.
    is_locked: bool,
    /// How long an answer usually takes.
    usual: Option<Duration>,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.support();
    let (request, flash) = (use_request(), use_flash());
    let topic = if recovering.is_some() { Topic::Password } else { Topic::Other };
    let chosen = flash.value("topic").unwrap_or_else(|| topic.as_str().to_owned());
    let options =
        Topic::ALL.map(|topic| (topic.as_str().to_owned(), topic_words(t.topics(), topic)));
    let labels = vec![
        ("topic", t.topic()),
        ("account", t.account()),
        ("message", t.message()),
        ("picture", t.picture()),
    ];
    let left = (flash.notice == Some(Notice::SignedOut)).then(|| t.left().to_owned());
    let about = match login {
        Some(login) => view! { <p class="quiet">{t.own_account(login)}</p> }.into_any(),
        None => view! {
            <TextField
                name="account" kind=InputKind::Named label=t.account() hint=t.account_hint().to_owned()
                value=recovering
            />
        }
        .into_any(),
    };
    view! {
        <Title text=t.title()/>
        <CardLayout width=Width::Text style=StyleSheet::Chat>
            <ActionForm action=BEGIN is_multipart=true>
                <Hidden name="nonce" value=Some(nonce(&request))/>
                <h1>{t.title()}</h1>
                <p class="quiet">{t.intro(&request.state.config.shop_name)}" "{usually(texts, usual)}</p>
                <p class="care"><Icon kind=IconKind::LOCK/><span>{t.never_tell()}</span></p>
                <Hours/>
                {is_locked.then(|| view! { <LockedConversation/> })}
                <FormMessages labels notice=left/>
                <Select name="topic" label=t.topic() options=options.to_vec() chosen/>
                {about}
                <TextArea name="message" label=t.message() hint=t.message_hint().to_owned()/>
                <PictureField name="picture" label=t.picture() hint=picture_hint(texts)/>
                <SubmitButton label=t.send() class="button fit"/>
            </ActionForm>
        </CardLayout>
    }
}

/// Tells the user that a conversation is shown again after signing in.
#[component]
fn LockedConversation() -> impl IntoView {
    let t = use_texts();
    let sign_in = return_to::with("/sign-in", Some(PAGE));
    view! {
        <Alert><p>{t.support().locked()}" "<a href=sign_in>{t.sign_in().title()}</a></p></Alert>
    }
}

/// Shown outside office hours: when support is available again.
#[component]
fn Hours() -> impl IntoView {
    hours(&use_request(), use_texts()).map(|(words, moment)| {
        let moment = moment.map(|moment| view! { <LocalTime moment/> });
        view! { <Alert><p>{words}" "{moment}</p></Alert> }
    })
}

fn hours(request: &RequestContext, t: Texts) -> ChatStatus {
    let now = request.state.clock.now();
    let hours = request.state.config.support_hours.as_ref().filter(|hours| !hours.are_open(now))?;
    Some(match hours.next_open(now) {
        Some(at) => (
            t.support().closed_now().to_owned(),
            Some(format::date_moment(t.0, &request.zone(), at)),
        ),
        None => (t.support().closed_long().to_owned(), None),
    })
}

fn topic_words(t: crate::i18n::support::topics::Texts, topic: Topic) -> String {
    let words = match topic {
        Topic::Password => t.password(),
        Topic::Email => t.email(),
        Topic::Login => t.login(),
        Topic::Order => t.order(),
        Topic::Other => t.other(),
    };
    words.to_owned()
}

fn picture_hint(t: Texts) -> String {
    t.support().picture_hint(i64::try_from(PICTURE_MAX / 1024 / 1024).unwrap_or(5))
}

/// Returns a nonce for the next message.
fn nonce(request: &RequestContext) -> String {
    request.state.random.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}
