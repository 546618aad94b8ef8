//! The last page of recovery.

use crate::{
    clock::Timestamp,
    components::{
        alert::{Alert, Tone},
        icon::{Icon, IconKind},
        layout::{CardLayout, Title, use_request},
        page::page,
    },
    domain::{
        accounts::{self, Account, RECLAIM_WINDOW},
        audit::{self, EventKind},
        backup_codes, format,
        verification::flows::{Flow, FlowKind, Step},
    },
    http::{context::RequestContext, flash::Flash, page_error::PageError, return_to},
    i18n::use_texts,
};
use axum::response::Response;
use leptos::prelude::*;

/// `GET /recover/done`
pub(crate) async fn done(request: RequestContext) -> Result<Response, PageError> {
    let flow = request.flow(FlowKind::Recover).await?.filter(|flow| flow.step() == Step::Done);
    let Some(flow) = flow else { return Err(PageError::To("/sign-in".to_owned())) };
    let changes = Changes::of(&request, &flow).await?;
    // Fills in the typed name on the sign-in page.
    request.set_flash("/sign-in", &Flash::default().keep("login", &flow.typed));
    let sign_in = return_to::with("/sign-in", flow.next.as_deref());
    Ok(page(request, Flash::default(), move || view! { <RecoverDonePage changes sign_in/> }))
}

/// What else a recovery changed, or its owner has to know. It is read from the events recorded since the recovery
/// began, so that it is the same whenever the page is loaded again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// How many backup codes are void now, and the date on which they were made.
    codes: Option<(i64, String)>,
    /// Whether a pending deletion was stopped.
    is_deletion_stopped: bool,
    /// The account's address, and the date of its last change, when the user did not recover through its mailbox.
    address: Option<(String, String)>,
}

impl Changes {
    async fn of(request: &RequestContext, flow: &Flow) -> Result<Self, PageError> {
        let db = &request.state.db;
        let Some(account) = accounts::look_up(db, flow.account_id.as_ref()).await? else {
            return Ok(Self::default());
        };
        let day =
            |account: &Account, at: Timestamp| format::date(request.locale, &account.zone(), at);
        let since = async |kind| audit::newest_since(db, &account.id, kind, flow.created_at).await;
        let codes = since(EventKind::SavedCodesVoided).await?;
        let codes = codes.as_ref().and_then(backup_codes::voided);
        let by_backup_code = since(EventKind::SavedCodeUsed).await?.is_some();
        let now = request.state.clock.now();
        let changed_at =
            account.email_changed_at.filter(|at| by_backup_code && now - *at < RECLAIM_WINDOW);
        Ok(Self {
            codes: codes
                .map(|codes| (codes.remaining, day(&account, codes.made_at.unwrap_or_default()))),
            is_deletion_stopped: since(EventKind::DeletionStopped).await?.is_some(),
            address: changed_at.map(|at| (account.email.clone(), day(&account, at))),
        })
    }

    const fn is_empty(&self) -> bool {
        self.codes.is_none() && !self.is_deletion_stopped && self.address.is_none()
    }
}

/// `/recover/done`
#[component]
pub(crate) fn RecoverDonePage(changes: Changes, sign_in: String) -> impl IntoView {
    let t = use_texts();
    let state = use_request().state.clone();
    let config = &state.config;
    let shop = config.shop_url.as_ref().map(ToString::to_string);
    let back = shop.map(|url| {
        let label = t.ui().back_to(&config.shop_name);
        view! { <a class="button second" href=url>{label}</a> }
    });
    let told = (!changes.is_empty()).then(move || view! { <ChangesAlert changes/> });
    view! {
        <Title text=t.recovery().done_title()/>
        <CardLayout>
            <div class="card stack middle">
                <div class="badge good"><Icon kind=IconKind::CHECK/></div>
                <h1>{t.recovery().done_title()}</h1>
                <p class="quiet">{t.recovery().done_text()}</p>
                {told}
                <p><a href="/help/saved-passwords">{t.recovery().saved_passwords()}</a></p>
                <a class="button" href=sign_in>{t.sign_in().title()}</a>
                {back}
            </div>
        </CardLayout>
    }
}

#[component]
fn ChangesAlert(changes: Changes) -> impl IntoView {
    let t = use_texts().recovery();
    let address =
        changes.address.map(|(email, day)| view! { <p>{t.address_changed(email, day)}</p> });
    let codes = changes.codes.map(|(count, day)| {
        view! { <p>{t.codes_void(count, day)}" "<a href="/account/settings/codes">{t.new_codes()}</a></p> }
    });
    let deletion =
        changes.is_deletion_stopped.then(move || view! { <p>{t.deletion_stopped()}</p> });
    view! { <Alert tone=Tone::Neutral>{address}{codes}{deletion}</Alert> }
}
