//! The export page.

use axum::response::Response;
use leptos::prelude::*;

use super::DOWNLOAD;
use crate::{
    account::{AccountLayout, AccountPlace},
    components::{
        alert::{Alert, Tone},
        form::{Hidden, use_refusal},
        icon::{Icon, IconKind},
        layout::{Title, use_document},
        page::page,
    },
    http::{context::RequestContext, extract::FreshUser, flash::Flash, page_error::PageError},
    i18n::use_texts,
};

/// `GET /account/settings/export`
pub(crate) async fn export(
    _: FreshUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    Ok(page(request, flash, || view! { <ExportPage/> }))
}

/// `/account/settings/export`
#[component]
pub(crate) fn ExportPage() -> impl IntoView {
    let t = use_texts().export();
    let document = use_document();
    document.has_form();
    // Nothing on this page is hydrated: no script is loaded for an alert.
    let refusal = use_refusal().map(|refusal| {
        view! { <Alert tone=Tone::Bad><p>{refusal.summary}</p></Alert> }
    });
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Settings>
            // Not marked as busy: the browser stays on this page while it saves the file.
            <form id="screen-form" class="card stack" method="post" action=DOWNLOAD>
                <Hidden name="screen" value=Some(document.address())/>
                <h1>{t.title()}</h1>
                <p>{t.about()}</p>
                <p class="quiet">{t.left_out()}</p>
                {refusal}
                <button class="button fit" type="submit">
                    <Icon kind=IconKind::DOWNLOAD/>
                    {t.download()}
                </button>
                <p class="quiet">{t.keep_safe()}</p>
            </form>
        </AccountLayout>
    }
}
