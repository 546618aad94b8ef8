//! The devices page.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{EndOthers, EndSession, NameSession},
    view::Reader,
};
use crate::{
    account::{AccountLayout, AccountPlace},
    components::{
        form::{form_texts, use_refusal},
        icon::{Icon, IconKind},
        layout::{Title, use_document, use_request},
        page::page,
    },
    domain::{
        ids::SessionId,
        session::{self, Listed},
    },
    http::{
        context::{RequestContext, SignedIn},
        extract::CurrentUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::{Texts, use_texts},
    islands::{DeviceActions, DeviceList, DeviceTexts, DeviceView},
};

/// `GET /account/devices`
pub(crate) async fn list(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let SignedIn { session: own, account, .. } = user;
    let mut sessions =
        session::list(&request.state.db, &account.id, request.state.clock.now()).await?;
    // This browser comes first; the others keep their order.
    sessions.sort_by_key(|listed| listed.id != own.id);
    Ok(page(request, flash, move || view! { <DevicesPage sessions own=own.id/> }))
}

/// `/account/devices`
#[component]
pub(crate) fn DevicesPage(
    sessions: Vec<Listed>,
    /// The id of this browser's session.
    own: SessionId,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.devices();
    let flash = use_flash();
    let reader = Reader::of(&use_request(), texts);
    let devices: Vec<DeviceView> =
        sessions.into_iter().map(|listed| reader.device(listed, &own, &flash)).collect();
    let is_told_by_row =
        |device: &DeviceView| device.typed.as_ref().is_some_and(|(_, error)| error.is_some());
    let refusal = use_refusal().filter(|_| !devices.iter().any(is_told_by_row));
    let notice = flash.notice.filter(|notice| {
        matches!(
            notice,
            Notice::DeviceSignedOut
                | Notice::OthersSignedOut
                | Notice::DeviceNamed
                | Notice::DeviceUnnamed
        )
    });
    let notice = notice.and_then(|notice| notice.words(texts)).map(str::to_owned);
    let actions = DeviceActions {
        name: NameSession::PATH.to_owned(),
        end: EndSession::PATH.to_owned(),
        end_others: EndOthers::PATH.to_owned(),
        page: use_document().address(),
    };
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Devices>
            <div class="stack">
                <h1>{t.title()}</h1>
                <p class="quiet">{t.about()}</p>
                <DeviceList devices notice refusal actions texts=device_texts(texts)/>
                <a class="button second fit" href="/qr"><Icon kind=IconKind::QR/>{texts.qr().type_title()}</a>
                <p class="quiet">
                    {t.strange()}" "<a href="/account/profile/password">{texts.password().title()}</a>
                </p>
            </div>
        </AccountLayout>
    }
}

/// The texts of the list.
fn device_texts(texts: Texts) -> DeviceTexts {
    let t = texts.devices();
    DeviceTexts {
        this_one: t.this_one().into(),
        active_now: t.active_now().into(),
        last_seen: t.last_seen().into(),
        since: t.since().into(),
        sign_out: texts.account().sign_out().into(),
        rename: t.rename().into(),
        name: (t.name().into(), t.name_hint().into()),
        save: texts.password().save().into(),
        others: t.others().into(),
        end_others: t.end_others().into(),
        form: form_texts(texts),
    }
}
