//! The page of devices.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{EndOthers, EndSession};
use crate::{
    components::{
        form::{ActionForm, FormMessages, Hidden, SubmitButton},
        icon::{Icon, IconKind},
        layout::{AccountLayout, AccountPlace, Title, use_request},
        time::DateTime,
    },
    i18n::use_texts,
    islands::FormAlert,
    server::{
        http::{
            context::{Cx, SignedIn},
            draft::{Draft, Notice, use_draft},
            extract::CurrentUser,
            page::{PageError, page},
        },
        session::{self, Listed},
        when,
    },
};

/// `GET /account/devices`
pub async fn list(
    CurrentUser(user): CurrentUser,
    cx: Cx,
    draft: Draft,
) -> Result<Response, PageError> {
    let SignedIn { session: own, account } = user;
    let sessions = session::list(&cx.app.db, &account.id, cx.app.clock.now()).await?;
    let (own, others): (Vec<Listed>, Vec<Listed>) =
        sessions.into_iter().partition(|listed| listed.id == own.id);
    let own = own.into_iter().next();
    Ok(page(cx, draft, move || view! { <DevicesPage own others/> }).await)
}

/// `/account/devices`
#[component]
pub fn DevicesPage(
    /// The session of this browser; it comes first.
    own: Option<Listed>,
    others: Vec<Listed>,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.devices();
    let notice = use_draft()
        .notice
        .filter(|notice| matches!(notice, Notice::DeviceSignedOut | Notice::OthersSignedOut));
    let notice = notice.and_then(|notice| notice.words(texts)).map(str::to_owned);
    let end_others = (!others.is_empty()).then(|| {
        view! {
            <ActionForm action=EndOthers::PATH class="" is_small=true in_place=true>
                <RefusalInPlace/>
                <SubmitButton label=t.end_others() class="button second fit"/>
            </ActionForm>
        }
    });
    let own = own.map(|session| view! { <Device session is_own=true/> });
    let others = others.into_iter().map(|session| view! { <Device session/> });
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Devices>
            <div class="stack">
                <h1>{t.title()}</h1>
                <p class="quiet">{t.about()}</p>
                <FormMessages notice/>
                <ul class="card list">{own}{others.collect_view()}</ul>
                {end_others}
                <a class="button second fit" href="/qr"><Icon kind=IconKind::QR/>{texts.qr().type_title()}</a>
                <p class="quiet">
                    {t.strange()}" "<a href="/account/profile/password">{texts.password().title()}</a>
                </p>
            </div>
        </AccountLayout>
    }
}

/// A browser in which the user is signed in.
#[component]
fn Device(session: Listed, #[prop(optional)] is_own: bool) -> impl IntoView {
    let texts = use_texts();
    let t = texts.devices();
    let name = when::browser(texts.0, &session.user_agent);
    let place = match use_request().app.geo.place(texts.0, &session.network) {
        Some(place) => t.place(place, &session.network),
        None => t.network(&session.network),
    };
    let name_id = format!("device-{}", session.id);
    let mark = is_own.then(|| view! { " "<span class="mark">{t.this_one()}</span> });
    let described_by = name_id.clone();
    let end = (!is_own).then(|| view! { <EndSessionForm id=session.id described_by/> });
    view! {
        <li>
            <span class="sign"><Icon kind=IconKind::DEVICE/></span>
            <div class="what">
                <p><b id=name_id>{name}</b>{mark}</p>
                <p class="quiet small">{place}</p>
                <p class="quiet small">
                    {t.last_seen()}" "<DateTime at=session.seen_at/>"; "
                    {t.since()}" "<DateTime at=session.created_at/>
                </p>
            </div>
            {end}
        </li>
    }
}

/// "Sign out", for another device.
#[component]
fn EndSessionForm(
    id: String,
    /// The id of the element that names the device.
    described_by: String,
) -> impl IntoView {
    let label = use_texts().account().sign_out();
    view! {
        <ActionForm action=EndSession::PATH class="" is_small=true in_place=true>
            <RefusalInPlace/>
            <Hidden name="id" value=Some(id)/>
            <SubmitButton label class="button second fit" described_by/>
        </ActionForm>
    }
}

/// Why a small form was refused, where it stands. What is known when the page is loaded stands above the list.
#[component]
fn RefusalInPlace() -> impl IntoView {
    view! { <FormAlert refusal=None notice=None labels=Vec::new() offers=Vec::new()/> }
}
