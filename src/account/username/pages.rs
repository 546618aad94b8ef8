//! The page for changing the username.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{ChangeUsername, service};
use crate::{
    account::{AccountLayout, AccountPlace},
    auth::reauthentication::ReauthenticationDialog,
    clock::Duration,
    components::{
        form::{ActionForm, FormMessages, SubmitButton, TextField},
        layout::Title,
        page::page,
    },
    domain::format,
    http::{context::RequestContext, extract::FreshUser, flash::Flash, page_error::PageError},
    i18n::use_texts,
    islands::InputKind,
};

/// `GET /account/settings/login`
pub(crate) async fn username(
    FreshUser(user): FreshUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let wait = service::wait(&request.state, &user.account);
    let now = user.account.login;
    Ok(page(request, flash, move || view! { <ChangeUsernamePage now wait/> }))
}

/// `/account/settings/login`
#[component]
pub(crate) fn ChangeUsernamePage(
    /// The account's current username.
    now: String,
    /// How long until it can be changed again.
    wait: Option<Duration>,
) -> impl IntoView {
    let t = use_texts();
    let label = t.login_name().new();
    // Without the field, its error is shown in the summary.
    let labels = if wait.is_none() { vec![("login", label)] } else { Vec::new() };
    let fields = wait.is_none().then(|| {
        view! {
            <TextField
                name="login" kind=InputKind::NewUsername label hint=t.fields().login_hint().to_owned() autofocus=true
            />
            <p class="quiet">{t.login_name().old_stays()}</p>
            <SubmitButton label=t.password().save() class="button fit"/>
        }
    });
    let wait = wait.map(|wait| {
        let span = format::duration(t.0, wait);
        view! { <p>{t.login_name().wait(span)}</p> }
    });
    view! {
        <Title text=t.login_name().title()/>
        <AccountLayout place=AccountPlace::Settings>
            <ActionForm action=ChangeUsername::PATH in_place=true>
                <h1>{t.login_name().title()}</h1>
                <p class="quiet">{t.login_name().now(now)}</p>
                <FormMessages labels/>
                {wait}
                {fields}
            </ActionForm>
            <ReauthenticationDialog/>
        </AccountLayout>
    }
}
