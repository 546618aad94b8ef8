//! The screen of devices.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{EndOthers, EndSession, SCREEN};
use crate::{
    i18n,
    server::{
        http::{
            context::Cx,
            draft::Notice,
            page::{Leave, Page},
        },
        session::{self, Listed},
        when,
    },
    ui::{
        busy::busy,
        field::hidden,
        icons::{Icon, icon},
        layout::Frame,
        notice::{done, refusal},
        side::{Place, account_frame},
        time::full_time,
    },
};

/// `/account/devices`
pub async fn list(mut cx: Cx) -> Result<Page, Leave> {
    let signed_in = cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let draft = cx.take_draft(SCREEN);
    let sessions = session::list(&cx.app.db, &signed_in.account.id, cx.app.clock.now()).await?;
    let locale = cx.locale;
    let title = i18n::devices::title(locale);
    let view = move || {
        let said = draft.notice.and_then(|notice| match notice {
            Notice::DeviceSignedOut => Some(i18n::devices::signed_out(locale)),
            Notice::OthersSignedOut => Some(i18n::devices::others_signed_out(locale)),
            _ => None,
        });
        let others = sessions.len() > 1;
        // This one first.
        let (own, rest): (Vec<Listed>, Vec<Listed>) =
            sessions.into_iter().partition(|listed| listed.id == signed_in.session.id);
        let items = own
            .into_iter()
            .map(|listed| device(&cx, listed, true))
            .chain(rest.into_iter().map(|listed| device(&cx, listed, false)))
            .collect_view();
        let end_others = others.then(|| {
            view! {
                <form method="post" action=EndOthers::PATH>
                    <button class="button second fit" type="submit">{i18n::devices::end_others(locale)}</button>
                    {busy(locale)}
                </form>
            }
        });
        let content = view! {
            <div class="stack">
                <h1>{title}</h1>
                <p class="quiet">{i18n::devices::about(locale)}</p>
                {done(said)}
                {refusal(draft.error.as_ref(), locale, ())}
                <ul class="card list">{items}</ul>
                {end_others}
                <a class="button second fit" href="/qr">{icon(Icon::Qr)}{i18n::qr::type_title(locale)}</a>
                <p class="quiet">
                    {i18n::devices::strange(locale)}" "
                    <a href="/account/profile/password">{i18n::password::title(locale)}</a>
                </p>
            </div>
        };
        account_frame(locale, Place::Devices, content).into_any()
    };
    Ok(Page { frame: Frame::Home, form: false, ..Page::new(title, view) })
}

fn device(cx: &Cx, listed: Listed, own: bool) -> impl IntoView + use<> {
    let (locale, zone) = (cx.locale, cx.zone());
    let name = when::browser(locale, &listed.user_agent);
    let place = cx.app.geo.place(locale, &listed.network);
    let place = place.map_or_else(
        || i18n::devices::network(locale, &listed.network),
        |place| i18n::devices::place(locale, place, &listed.network),
    );
    let id = format!("device-{}", listed.id);
    let mark =
        own.then(|| view! { " "<span class="mark">{i18n::devices::this_one(locale)}</span> });
    let end = (!own).then(|| {
        view! {
            <form method="post" action=EndSession::PATH>
                {hidden("id", Some(listed.id.clone()))}
                <button class="button second fit" type="submit" aria-describedby=id.clone()>
                    {i18n::account::sign_out(locale)}
                </button>
                {busy(locale)}
            </form>
        }
    });
    view! {
        <li>
            <span class="sign">{icon(Icon::Device)}</span>
            <div class="what">
                <p><b id=id.clone()>{name}</b>{mark}</p>
                <p class="quiet small">{place}</p>
                <p class="quiet small">
                    {i18n::devices::last_seen(locale)}" "{full_time(locale, &zone, listed.seen_at)}"; "
                    {i18n::devices::since(locale)}" "{full_time(locale, &zone, listed.created_at)}
                </p>
            </div>
            {end}
        </li>
    }
}
