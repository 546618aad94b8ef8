//! The staff's list of processes, and the form that opens one.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    super::{
        Open, path_of,
        service::{self, AssistedView, Opener, REMARK_MAX},
    },
    claimed, name_of, state_words,
};
use crate::{
    components::{
        alert::{Alert, Tone},
        form::{ActionForm, Checkboxes, FormMessages, Hidden, SubmitButton, TextArea},
        icon::{Icon, IconKind},
        layout::{Title, use_request},
        page::page,
        time::DateTime,
    },
    domain::ids::{AccountId, ConversationId},
    http::{context::RequestContext, extract::StaffUser, flash::Flash, page_error::PageError},
    i18n::use_texts,
    support::console::{ConsoleLayout, ConsolePlace},
};

/// `GET /operator/assisted`: the processes to decide and, with `?conversation=`, the form that opens one.
pub(crate) async fn list(
    StaffUser(staff): StaffUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let conversation = request.query("conversation").or_else(|| flash.value("conversation"));
    let conversation = conversation.as_deref().and_then(ConversationId::parse);
    let opener = match conversation {
        Some(id) => service::opener(&request.state, &id).await?,
        None => None,
    };
    let views = service::list(&request.state).await?;
    let is_admin = staff.is_admin();
    Ok(page(request, flash, move || view! { <AssistedListPage opener views is_admin/> }))
}

/// `/operator/assisted`
#[component]
fn AssistedListPage(
    opener: Option<Opener>,
    views: Vec<AssistedView>,
    is_admin: bool,
) -> impl IntoView {
    let t = use_texts().assisted();
    // The form itself shows why it was refused.
    let has_form = opener.as_ref().is_some_and(|opener| matches!(opener.account, Some((_, None))));
    view! {
        <Title text=t.list_title()/>
        <ConsoleLayout place=ConsolePlace::Assisted is_admin>
            <div class="stack wide-gap">
                <h1>{t.list_title()}</h1>
                {(!has_form).then(|| view! { <FormMessages/> })}
                {opener.map(|opener| view! { <OpenSection opener/> })}
                <ProcessList views/>
            </div>
        </ConsoleLayout>
    }
}

/// The form that opens a process for a conversation, or the reason why there is none.
#[component]
fn OpenSection(opener: Opener) -> impl IntoView {
    let (t, errors) = (use_texts().assisted(), use_texts().errors());
    let Opener { conversation, account } = opener;
    let about = t.open_about(claimed(t, conversation.claimed.as_deref()));
    let why_not = match account {
        Some((account, None)) => {
            return view! { <OpenForm conversation=conversation.id account about/> }.into_any();
        }
        Some((_, Some(process))) => {
            let link = view! { <p><a href=path_of(&process.id)>{t.look()}</a></p> };
            (errors.assisted_alive(), Some(link))
        }
        None => (errors.assisted_nobody(), None),
    };
    let (why, link) = why_not;
    view! {
        <section class="card stack">
            <h2>{t.open_title()}</h2>
            <p>{about}</p>
            <Alert><p>{why}</p>{link}</Alert>
        </section>
    }
    .into_any()
}

#[component]
fn OpenForm(
    /// The conversation's id.
    conversation: ConversationId,
    /// The id of the account that the conversation is about.
    account: AccountId,
    /// A description of that account.
    about: String,
) -> impl IntoView {
    let t = use_texts().assisted();
    let state = use_request().state.clone();
    let (checked, remark) = (t.checked(), t.remark());
    let has_checks = !state.config.support_checks.is_empty();
    let no_checks =
        (!has_checks).then(|| view! { <Alert tone=Tone::Bad><p>{t.no_checks()}</p></Alert> });
    view! {
        <ActionForm action=Open::PATH class="card stack assisted-open" in_place=true>
            <Hidden name="conversation" value=Some(conversation.to_string())/>
            <Hidden name="account" value=Some(account.to_string())/>
            <h2>{t.open_title()}</h2>
            <p>{about}</p>
            <FormMessages labels=vec![("checked", checked), ("remark", remark)]/>
            <p class="quiet">{t.open_never()}</p>
            {no_checks}
            // What the shop requires its staff to check.
            <Checkboxes name="checked" label=checked words=state.config.support_checks.clone()/>
            <TextArea name="remark" label=remark hint=t.remark_hint().to_owned() max=REMARK_MAX/>
            <SubmitButton label=t.open() class="button fit"/>
        </ActionForm>
    }
}

#[component]
fn ProcessList(views: Vec<AssistedView>) -> impl IntoView {
    let t = use_texts().assisted();
    if views.is_empty() {
        return view! { <p class="quiet">{t.list_empty()}</p> }.into_any();
    }
    let items = views.into_iter().map(|view| view! { <Process view/> });
    view! { <ul class="card list">{items.collect_view()}</ul> }.into_any()
}

#[component]
fn Process(view: AssistedView) -> impl IntoView {
    let t = use_texts().assisted();
    let AssistedView { process, state, conversation, opened_by, .. } = view;
    let name = claimed(t, conversation.as_ref().and_then(|chat| chat.claimed.as_deref()));
    let by = name_of(t, opened_by.as_ref());
    view! {
        <li>
            <span class="sign"><Icon kind=IconKind::KEY/></span>
            <div class="what">
                <p><b>{name}</b>" "<span class="mark">{state_words(t, state)}</span></p>
                <p class="quiet">{t.opened_by_at(by)}" "<DateTime at=process.opened_at/></p>
            </div>
            <a href=path_of(&process.id)>{t.look()}</a>
        </li>
    }
}
