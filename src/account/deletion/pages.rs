//! The page for deleting an account.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{DeleteAccount, KeepAccount};
use crate::{
    account::{AccountLayout, AccountPlace, deletion::purge::GRACE},
    auth::reauthentication::ReauthenticationDialog,
    components::{
        alert::Alert,
        form::{ActionForm, FormMessages, SubmitButton, TextField},
        layout::Title,
        page::page,
    },
    domain::format,
    http::{
        context::RequestContext, extract::CurrentUser, flash::Flash, page_error::PageError,
        return_to,
    },
    i18n::use_texts,
    islands::InputKind,
};

/// `GET /account/settings/delete`: asks for confirmation, or offers to keep the account.
pub(crate) async fn delete(
    CurrentUser(user): CurrentUser,
    mut request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    if let Some(at) = account.delete_at {
        let day = format::date(request.locale, &account.zone(), at);
        let redirect = return_to::or_account(request.next().as_deref());
        return Ok(page(request, flash, move || view! { <KeepAccountPage day redirect/> }));
    }
    if account.role().is_staff() {
        return Ok(page(request, flash, || view! { <StaffStaysPage/> }));
    }
    let login = request.fresh_user_of_page().await?.account.login;
    Ok(page(request, flash, move || view! { <DeleteAccountPage login/> }))
}

/// `/account/settings/delete`
#[component]
pub(crate) fn DeleteAccountPage(login: String) -> impl IntoView {
    let t = use_texts().deletion();
    let label = t.confirm_label();
    let then = [t.then_out(), t.then_keep(), t.then_gone(), t.then_events()];
    let then = then.map(|words| view! { <li>{words}</li> });
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Settings>
            <ActionForm action=DeleteAccount::PATH in_place=true>
                <h1>{t.title()}</h1>
                <p>{t.about(format::duration(t.0, GRACE))}</p>
                <ul class="plain-list">{then}</ul>
                <p><a href="/account/settings/export">{t.export_first()}</a></p>
                <FormMessages labels=vec![("confirmation", label)]/>
                <TextField
                    name="confirmation" kind=InputKind::Confirmation label hint=t.confirm_hint(login) autofocus=true
                />
                <div class="row">
                    <SubmitButton label=t.submit() class="button danger fit"/>
                    <a href="/account/settings">{t.cancel()}</a>
                </div>
            </ActionForm>
            <ReauthenticationDialog/>
        </AccountLayout>
    }
}

/// `/account/settings/delete`, for staff: the role must be removed first.
#[component]
pub(crate) fn StaffStaysPage() -> impl IntoView {
    let t = use_texts();
    view! {
        <Title text=t.deletion().title()/>
        <AccountLayout place=AccountPlace::Settings>
            <div class="card stack">
                <h1>{t.deletion().title()}</h1>
                <p>{t.errors().staff_stays()}</p>
                <p><a href="/account/settings">{t.settings().title()}</a></p>
            </div>
        </AccountLayout>
    }
}

/// `/account/settings/delete`, once a deletion was requested
#[component]
pub(crate) fn KeepAccountPage(
    /// When the account will be deleted.
    day: String,
    /// Where a user who does not decide now continues.
    redirect: String,
) -> impl IntoView {
    let t = use_texts().deletion();
    view! {
        <Title text=t.pending_title()/>
        <AccountLayout place=AccountPlace::Settings>
            <ActionForm action=KeepAccount::PATH in_place=true>
                <h1>{t.pending_title()}</h1>
                <FormMessages/>
                <Alert><p>{t.pending(day)}</p></Alert>
                <div class="row">
                    <SubmitButton label=t.keep() class="button fit"/>
                    <a href=redirect>{t.later()}</a>
                </div>
            </ActionForm>
        </AccountLayout>
    }
}
