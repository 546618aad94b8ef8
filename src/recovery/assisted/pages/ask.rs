//! The pages on which the user confirms an address: outside the conversation, in which no code is ever requested.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{ASK, CheckCode, FLOW, NameAddress, Resend, find, service::Asked};
use crate::{
    components::{
        code_page::{CodePage, CodePageTexts, Person},
        form::{ActionForm, FormMessages, SubmitButton, TextField},
        icon::{Icon, IconKind},
        layout::{CardLayout, Title},
        page::page,
        time::DateTime,
        waiting_page::WaitingPage,
    },
    domain::{
        values::shown,
        verification::{
            codes::{self, Latest},
            flows::FlowProblem,
        },
    },
    error::AppError,
    http::{context::RequestContext, flash::Flash, page_error::PageError},
    i18n::use_texts,
    islands::InputKind,
    recovery::assisted::process::{Assisted, State},
};

/// Where the conversation continues.
const CHAT: &str = "/support";

/// `GET /recover/assisted`
pub(crate) async fn ask(mut request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let Some(asked) = find(&mut request).await? else { return Err(PageError::To(CHAT.to_owned())) };
    let state = asked.state(request.state.clock.now());
    if state == Some(State::Opened) {
        // A user who returns to correct something finds what they typed.
        let named =
            asked.flow(&request.state, request.token(FLOW).as_ref()).await?.map(|flow| flow.typed);
        return Ok(page(request, flash, move || view! { <AssistedAskPage asked named/> }));
    }
    let process = asked.process.map(|(process, _)| process);
    Ok(page(request, flash, move || view! { <AssistedStatePage process state/> }))
}

/// `/recover/assisted`, while an address is to be entered.
#[component]
fn AssistedAskPage(asked: Asked, named: Option<String>) -> impl IntoView {
    let t = use_texts().assisted();
    // Shows the account as the user named it, and nothing else about it, nor what an operator named.
    let about = match asked.conversation.named_by_shopper() {
        Some(name) => t.about(name),
        None => t.about_own().to_owned(),
    };
    let label = t.ask_email();
    view! {
        <Title text=t.ask_title()/>
        <CardLayout>
            <ActionForm action=NameAddress::PATH in_place=true>
                <h1>{t.ask_title()}</h1>
                <p>{about}</p>
                <p class="quiet">{t.ask_intro()}</p>
                <FormMessages labels=vec![("email", label)]/>
                <TextField
                    name="email" kind=InputKind::Email label hint=t.ask_hint().to_owned() value=named autofocus=true
                />
                <p class="quiet">{t.ask_then()}</p>
                <SubmitButton label=use_texts().recovery().go_on()/>
                <div class="row"><a href=CHAT>{t.back_to_chat()}</a></div>
            </ActionForm>
        </CardLayout>
    }
}

/// `/recover/assisted`, when there is nothing to enter: the state of the process.
#[component]
fn AssistedStatePage(
    /// What was opened, if anything.
    process: Option<Assisted>,
    state: Option<State>,
) -> impl IntoView {
    let t = use_texts().assisted();
    let email = process.as_ref().and_then(|process| process.email.as_deref());
    let email = email.map(shown).unwrap_or_default();
    let (kind, title, text) = match state {
        None | Some(State::Opened) => (IconKind::INFO, t.none_title(), t.none().to_owned()),
        Some(State::Confirmed) => (IconKind::CLOCK, t.confirmed_title(), t.confirmed(&email)),
        Some(State::Waiting) => (IconKind::CLOCK, t.waiting_title(), t.waiting(&email)),
        Some(State::Ready) => (IconKind::CHECK, t.ready_title(), t.ready(&email)),
        Some(State::Done) => (IconKind::CHECK, t.done_title(), t.done().to_owned()),
        Some(State::Refused) => (IconKind::INFO, t.over_title(), t.refused().to_owned()),
        Some(State::Stopped) => (IconKind::INFO, t.over_title(), t.stopped().to_owned()),
        Some(State::Expired) => (IconKind::INFO, t.over_title(), t.expired().to_owned()),
        Some(State::Overtaken) => (IconKind::INFO, t.over_title(), t.overtaken().to_owned()),
    };
    let until = process.and_then(|process| process.release_at);
    let until = until.filter(|_| state == Some(State::Waiting));
    let until = until.map(|at| view! { <p>{t.waiting_until()}" "<DateTime at/></p> });
    let recover = (state == Some(State::Ready)).then(|| {
        let label = use_texts().emails().password_changed().button();
        view! { <a class="button" href="/recover">{label}</a> }
    });
    view! {
        <Title text=title/>
        <CardLayout>
            <div class="card stack middle">
                <div class="badge" class:good=matches!(kind, IconKind::CHECK)><Icon kind/></div>
                <h1>{title}</h1>
                <FormMessages/>
                <p class="quiet">{text}</p>
                {until}
                {recover}
                <a class="button second" href=CHAT>{t.back_to_chat()}</a>
            </div>
        </CardLayout>
    }
}

/// `GET /recover/assisted/code`
pub(crate) async fn code(mut request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let Some(asked) = find(&mut request).await? else { return Err(PageError::To(CHAT.to_owned())) };
    let now = request.state.clock.now();
    let Some(flow) = asked.flow(&request.state, request.token(FLOW).as_ref()).await? else {
        if asked.state(now) == Some(State::Opened) {
            request.set_flash(ASK, &Flash::error(AppError::new(FlowProblem::Expired)));
        }
        return Err(PageError::To(ASK.to_owned()));
    };
    if let Some(seconds) = flow.seconds_to_wait(now) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    let code = codes::latest(&request.state, &flow).await?;
    let person = Person::of(&request.state).await?;
    let address = flow.typed;
    Ok(page(request, flash, move || view! { <AssistedCodePage address code person/> }))
}

/// `/recover/assisted/code`
#[component]
pub(crate) fn AssistedCodePage(address: String, code: Latest, person: Person) -> impl IntoView {
    let texts = CodePageTexts::to_typed(use_texts(), &address, ASK);
    view! { <CodePage texts code person confirm=CheckCode::PATH resend=Resend::PATH/> }
}
