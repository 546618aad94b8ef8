//! Everything that the decision is based on, and the decision itself.

use axum::{extract::Path, response::Response};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    super::{
        Approve, LIST, ONE, Refuse,
        service::{self, AssistedView, Look},
    },
    claimed, name_of, state_words,
};
use crate::{
    clock::Timestamp,
    components::{
        alert::Alert,
        form::{ActionForm, FormMessages, Hidden, SubmitButton},
        layout::{Title, use_request},
        page::page,
        time::DateTime,
    },
    domain::{
        ids::{AssistedId, ConversationId},
        mask,
    },
    error::{AppError, RequestProblem},
    http::{context::RequestContext, extract::StaffUser, page_error::PageError},
    i18n::use_texts,
    islands::FormAlert,
    recovery::assisted::process::{Assisted, State},
    support::{
        console::{ConsoleLayout, ConsolePlace},
        conversation::{Author, Conversation, Message},
    },
};

/// `GET /operator/assisted/{id}`
pub(crate) async fn one(
    StaffUser(staff): StaffUser,
    request: RequestContext,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let not_found = || PageError::Error(AppError::new(RequestProblem::NotFound));
    let id = AssistedId::parse(&id).ok_or_else(not_found)?;
    let look = service::look(&request.state, &staff.account, &id).await?.ok_or_else(not_found)?;
    let flash = request.take_flash(ONE);
    let is_admin = staff.is_admin();
    let is_own = look.view.process.opened_by == staff.account.id;
    Ok(page(request, flash, move || view! { <AssistedPage look is_admin is_own/> }))
}

/// `/operator/assisted/{id}`
#[component]
fn AssistedPage(
    look: Look,
    is_admin: bool,
    /// Whether the current user opened the process.
    is_own: bool,
) -> impl IntoView {
    let t = use_texts().assisted();
    let Look { view, messages, signed_in, used } = look;
    let (id, state) = (view.process.id.clone(), view.state);
    let chat = view.conversation.as_ref().map(|conversation| conversation.id.clone());
    let written = chat.map(|chat| view! { <Written chat messages/> });
    let decision = state.is_alive().then(|| view! { <Decision id state is_own/> });
    view! {
        <Title text=t.one_title()/>
        <ConsoleLayout place=ConsolePlace::Assisted is_admin>
            <div class="stack wide-gap">
                <h1>{t.one_title()}</h1>
                <FormMessages/>
                <section class="card stack">
                    <h2>{state_words(t, state)}</h2>
                    <Facts view signed_in used/>
                    {decision}
                </section>
                {written}
                <p><a href=LIST>{t.to_list()}</a></p>
            </div>
        </ConsoleLayout>
    }
}

/// Who opened it, what was checked, the address, the account: masked where possible.
#[component]
fn Facts(
    view: AssistedView,
    /// When the account was last signed in to.
    signed_in: Option<Timestamp>,
    /// Whether the account was used in the last few days.
    used: bool,
) -> impl IntoView {
    let t = use_texts().assisted();
    let AssistedView { process, state, account, conversation, opened_by, decided_by } = view;
    let named = claimed(t, conversation.as_ref().and_then(|chat| chat.claimed.as_deref()));
    let last_sign_in = match signed_in {
        Some(at) => view! { <DateTime at/> }.into_any(),
        None => t.never().into_any(),
    };
    let decision = process.decided_by.as_ref().and(process.decided_at).map(|at| {
        let who = name_of(t, decided_by.as_ref());
        view! {
            <Fact name=t.fact_decided_by()>{who}</Fact>
            <Fact name=t.fact_decided_at()><DateTime at/></Fact>
        }
    });
    let address = process.email.as_deref().map(mask::address).zip(process.confirmed_at);
    let address = address.map(|(address, at)| {
        view! {
            <Fact name=t.fact_new_address()>{address}</Fact>
            <Fact name=t.fact_confirmed_at()><DateTime at/></Fact>
        }
    });
    let release =
        process.release_at.map(|at| view! { <Fact name=t.fact_release_at()><DateTime at/></Fact> });
    let (label, end) = match state.is_alive() {
        true => (t.fact_until(), Some(process.expires_at)),
        false => (t.fact_ended_at(), process.ended_at),
    };
    let Assisted { checked, remark, opened_at, .. } = process;
    let remark = (!remark.is_empty()).then(|| view! { <Fact name=t.remark()>{remark}</Fact> });
    view! {
        <dl class="process">
            <Fact name=t.fact_opened_by()>{name_of(t, opened_by.as_ref())}</Fact>
            <Fact name=t.fact_opened_at()><DateTime at=opened_at/></Fact>
            <Fact name=t.checked()>{checked}</Fact>
            {remark}
            <Fact name=t.fact_named()>{named}</Fact>
            <Fact name=t.fact_login()>{account.login}</Fact>
            <Fact name=t.fact_email()>{mask::address(&account.email)}</Fact>
            <Fact name=t.fact_registered()><DateTime at=account.created_at/></Fact>
            <Fact name=t.fact_signed_in()>{last_sign_in}</Fact>
            <Fact name=t.fact_used()>{if used { t.used_lately() } else { t.not_used_lately() }}</Fact>
            {conversation.map(|conversation| view! { <WritesFrom conversation/> })}
            {address}
            {decision}
            {release}
            {end.map(|at| view! { <Fact name=label><DateTime at/></Fact> })}
        </dl>
    }
}

#[component]
fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <dt>{name}</dt>
        <dd>{children()}</dd>
    }
}

/// The network from which the user writes, and its location.
#[component]
fn WritesFrom(conversation: Conversation) -> impl IntoView {
    let t = use_texts().assisted();
    let network = conversation.network;
    let from = match use_request().state.geo.place(t.0, &network) {
        Some(place) => format!("{place}, {network}"),
        None => network,
    };
    view! { <Fact name=t.fact_from()>{from}</Fact> }
}

/// The buttons to approve and refuse, as far as the user may do either; the service checks again.
#[component]
fn Decision(id: AssistedId, state: State, is_own: bool) -> impl IntoView {
    let t = use_texts().assisted();
    let hint = match state {
        State::Opened => Some(t.shopper_confirms()),
        State::Confirmed if is_own && !use_request().state.config.assisted_alone => {
            Some(t.second_decides())
        }
        _ => None,
    };
    let can_approve = state == State::Confirmed && hint.is_none();
    let approve = can_approve.then(|| {
        let (id, about, label) = (id.clone(), t.approve_about(), t.approve());
        view! { <DecisionForm action=Approve::PATH id about label class="button fit"/> }
    });
    view! {
        {hint.map(|words| view! { <Alert><p>{words}</p></Alert> })}
        {approve}
        <DecisionForm
            action=Refuse::PATH id about=t.refuse_about() label=t.refuse() class="button second fit"
        />
    }
}

#[component]
fn DecisionForm(
    action: &'static str,
    id: AssistedId,
    /// What the decision leads to.
    about: &'static str,
    label: &'static str,
    /// The CSS class of its button.
    class: &'static str,
) -> impl IntoView {
    view! {
        <ActionForm action class="stack" is_small=true in_place=true>
            <Hidden name="id" value=Some(id.to_string())/>
            <p class="quiet">{about}</p>
            // Only for answers in place: after a redirect, the message is at the top of the page.
            <FormAlert refusal=None notice=None labels=Vec::new() offers=Vec::new()/>
            <SubmitButton label class/>
        </ActionForm>
    }
}

/// The messages as plain text: nothing in them is executed or linked.
#[component]
fn Written(
    /// The conversation's id.
    chat: ConversationId,
    messages: Vec<Message>,
) -> impl IntoView {
    let t = use_texts().assisted();
    let open = format!("/operator?open={chat}");
    let messages = messages.into_iter().filter(|message| message.author() != Author::System);
    let messages = messages.map(|message| view! { <WrittenMessage message/> });
    view! {
        <section class="card stack">
            <h2>{t.conversation()}</h2>
            <p><a href=open>{t.to_conversation()}</a></p>
            <details>
                <summary>{t.what_was_written()}</summary>
                <ol class="transcript">{messages.collect_view()}</ol>
            </details>
        </section>
    }
}

#[component]
fn WrittenMessage(message: Message) -> impl IntoView {
    let t = use_texts().assisted();
    let who = match message.author() {
        Author::Shopper => t.shopper(),
        Author::Operator | Author::System => t.operator(),
    };
    let Message { at, text, translation, translated_to, picture_id, .. } = message;
    let translation = translation.map(|text| view! { <p lang=translated_to>{text}</p> });
    let picture = picture_id.map(|id| {
        view! { <p><a href=format!("/support/picture/{id}")>{t.picture()}</a></p> }
    });
    view! {
        <li>
            <small>{who}" · "<DateTime at/></small>
            <p dir="auto">{text}</p>
            {translation}
            {picture}
        </li>
    }
}
