//! The staff page, for admins.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::GiveRole;
use crate::{
    auth::reauthentication::ReauthenticationDialog,
    components::{
        alert::{Alert, Tone},
        form::{ActionForm, FormMessages, Select, SubmitButton, TextField},
        icon::{Icon, IconKind},
        layout::{Title, use_request},
        page::page,
    },
    domain::{
        accounts::{self, Member, Role},
        format,
        ids::AccountId,
        roles,
    },
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        extract::StaffUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::use_texts,
    islands::InputKind,
    support::console::{ConsoleLayout, ConsolePlace},
};

/// `GET /operator/staff`
pub(crate) async fn staff(
    StaffUser(staff): StaffUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    if !staff.is_admin() {
        return Err(PageError::Error(AppError::new(RequestProblem::NotFound)));
    }
    let members = accounts::members(&request.state.db).await?;
    let given = given(&flash);
    // After success, the kept values are for the message only, and not filled in again.
    let flash = if flash.notice.is_some() { Flash::default() } else { flash };
    let own = staff.account.id;
    Ok(page(request, flash, move || view! { <StaffPage members own given/> }))
}

/// Returns who was granted which role, if one was.
fn given(flash: &Flash) -> Option<(String, Role)> {
    flash.notice.filter(|notice| *notice == Notice::RoleGiven)?;
    Some((flash.value("login")?, Role::parse(&flash.value("role")?)?))
}

/// `/operator/staff`
#[component]
pub(crate) fn StaffPage(
    members: Vec<Member>,
    /// The id of the current admin.
    own: AccountId,
    /// Who was granted which role a moment ago.
    given: Option<(String, Role)>,
) -> impl IntoView {
    let t = use_texts();
    let given = given.map(|(login, role)| {
        let words = t.staff().given(login, roles::name(t.0, role));
        view! { <Alert tone=Tone::Good><p>{words}</p></Alert> }
    });
    let items = members.into_iter().map(move |member| {
        let is_own = member.id == own;
        view! { <StaffMember member is_own/> }
    });
    view! {
        <Title text=t.staff().title()/>
        <ConsoleLayout place=ConsolePlace::Staff is_admin=true>
            <div class="stack wide-gap">
                <div class="stack">
                    <h1>{t.staff().title()}</h1>
                    <p class="quiet">{t.staff().about()}</p>
                    {given}
                    <ul class="card list">{items.collect_view()}</ul>
                </div>
                <GiveRoleForm/>
            </div>
            <ReauthenticationDialog/>
        </ConsoleLayout>
    }
}

#[component]
fn StaffMember(member: Member, is_own: bool) -> impl IntoView {
    let t = use_texts().staff();
    let zone = use_request().zone();
    let date = |at| format::date(t.0, &zone, at);
    let role = roles::name(t.0, member.role());
    let is_disabled = !member.is_active();
    let seen = member.seen_at().map_or(t.never_seen().to_owned(), |at| t.seen(date(at)));
    let by = match (member.given_by, member.giver) {
        (None, _) => t.by_command().to_owned(),
        (Some(_), Some(login)) => login,
        (Some(_), None) => t.by_gone().to_owned(),
    };
    let since = t.since(date(member.since), by);
    let mark = |words| view! { " "<span class="mark">{words}</span> };
    view! {
        <li>
            <span class="sign"><Icon kind=IconKind::USER/></span>
            <div class="what">
                <p>
                    <b>{member.login}</b>" · "{role}
                    {is_own.then(|| mark(t.own()))}
                    {is_disabled.then(|| mark(t.disabled()))}
                </p>
                <p class="quiet small">{since}</p>
                <p class="quiet small">{seen}</p>
            </div>
        </li>
    }
}

#[component]
fn GiveRoleForm() -> impl IntoView {
    let t = use_texts();
    let label = t.fields().login();
    let roles = [Role::Operator, Role::Admin, Role::Shopper]
        .map(|role| (role.as_str().to_owned(), roles::name(t.0, role).to_owned()));
    let chosen = use_flash().value("role").unwrap_or_else(|| Role::Operator.as_str().to_owned());
    view! {
        <ActionForm action=GiveRole::PATH in_place=true>
            <h2>{t.staff().give_title()}</h2>
            <FormMessages labels=vec![("login", label), ("role", t.staff().role())]/>
            <TextField name="login" kind=InputKind::OtherUsername label/>
            <Select
                name="role" label=t.staff().role() hint=t.staff().role_hint().to_owned() options=roles.to_vec() chosen
            />
            <SubmitButton label=t.staff().give() class="button fit"/>
        </ActionForm>
    }
}
