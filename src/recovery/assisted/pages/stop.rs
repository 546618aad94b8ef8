//! The page on which the owner stops a process.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{Stop, StopOwn, service};
use crate::{
    components::{
        form::{ActionForm, FormMessages, SubmitButton},
        icon::{Icon, IconKind},
        layout::{CardLayout, Title, use_request},
        page::page,
        time::DateTime,
    },
    domain::{accounts::Account, email_link::LinkProblem, mask},
    error::AppError,
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice},
        page_error::PageError,
    },
    i18n::use_texts,
    recovery::assisted::process::{Assisted, State},
};

/// `GET /recover/assisted/stop`: reached by the link in an email, or signed in. Opening it changes nothing.
pub(crate) async fn stop(mut request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    if flash.notice == Some(Notice::AssistedStopped) {
        return Ok(page(request, flash, || view! { <AssistedStoppedPage/> }));
    }
    let by_link = match request.token(CookieName::EmailLink) {
        Some(token) => service::stoppable_by_link(&request.state, &token).await?,
        None => None,
    };
    let (found, action) = match by_link {
        Some(found) => (Some(found), Stop::PATH),
        None => match request.signed_in().await? {
            Some(own) => {
                (service::stoppable(&request.state, &own.account.id).await?, StopOwn::PATH)
            }
            None => (None, Stop::PATH),
        },
    };
    let gone = || PageError::Error(AppError::new(LinkProblem::Gone));
    let (process, account) = found.ok_or_else(gone)?;
    Ok(page(request, flash, move || view! { <AssistedStopPage process account action/> }))
}

/// `/recover/assisted/stop`
#[component]
pub(crate) fn AssistedStopPage(
    process: Assisted,
    /// The account that is being recovered.
    account: Account,
    /// Where the form is posted.
    action: &'static str,
) -> impl IntoView {
    let t = use_texts().assisted();
    let waits = process.state_of(&account, use_request().state.clock.now()) == State::Waiting;
    let before = process.release_at.filter(|_| waits);
    let before = before.map(|at| view! { <p class="quiet">{t.stop_before()}" "<DateTime at/></p> });
    let to = process.email.as_deref().map(mask::email_local_part);
    view! {
        <Title text=t.stop_title()/>
        <CardLayout>
            <ActionForm action in_place=true>
                <h1>{t.stop_title()}</h1>
                <FormMessages/>
                <p>{t.stop_about(&account.login)}</p>
                {to.map(|to| view! { <p>{t.stop_to(to)}</p> })}
                <p>{use_texts().reclaim().what_happens()}</p>
                <ul class="plain-list">
                    <li>{t.stop_then_ends()}</li>
                    <li>{t.stop_then_same()}</li>
                    <li>{t.stop_then_told()}</li>
                </ul>
                <SubmitButton label=t.stop()/>
                <p class="quiet">{t.stop_was_me()}</p>
                {before}
            </ActionForm>
        </CardLayout>
    }
}

/// `/recover/assisted/stop`, after it was stopped.
#[component]
pub(crate) fn AssistedStoppedPage() -> impl IntoView {
    let t = use_texts();
    view! {
        <Title text=t.assisted().stopped_title()/>
        <CardLayout>
            <div class="card stack middle">
                <div class="badge good"><Icon kind=IconKind::CHECK/></div>
                <h1>{t.assisted().stopped_title()}</h1>
                <p class="quiet">{t.assisted().stopped_text()}</p>
                <a class="button" href="/account">{t.account().title()}</a>
            </div>
        </CardLayout>
    }
}
