//! Where the links of letters lead.

use axum::{
    Extension,
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{Object, SCREEN, service};
use crate::{
    error::{AppError, Kind},
    i18n,
    server::{
        accounts,
        http::{
            context::Cx,
            draft::Notice,
            page::{Leave, Page},
        },
        links::LinkPurpose,
        secret::Token,
        when,
    },
    ui::{
        busy::busy,
        icons::{Icon, icon},
        layout::{FORM, screen_field},
        notice::refusal,
    },
};

/// `/letter/{token}`: the token becomes a cookie at once, and stands in the address no more (ASVS 14.2.1).
/// Following a link changes nothing: mail programs follow links, too.
pub async fn follow(Extension(cx): Extension<Cx>, Path(token): Path<String>) -> Response {
    if let Some(token) = Token::parse(&token) {
        cx.set_cookie("letter", &token.expose(), None);
    }
    Redirect::to(SCREEN).into_response()
}

/// `/letter`
pub async fn show(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(SCREEN);
    if draft.notice == Some(Notice::Frozen) {
        return Ok(frozen(&cx));
    }
    let gone = || Leave::Error(AppError::new(Kind::LinkGone));
    let token = cx.token("letter").ok_or_else(gone)?;
    let link = service::find(&cx.app, &token).await.map_err(|error| Leave::Error(error.into()))?;
    if link.purpose() == LinkPurpose::StopAssisted {
        return Err(Leave::To("/recover/assisted/stop".to_owned()));
    }
    let account = accounts::get(&cx.app.db, &link.account_id).await?.ok_or_else(gone)?;
    let locale = cx.locale;
    let until = when::date(locale, &account.zone(), link.expires_at);
    let (title, about, then) = match link.purpose() {
        LinkPurpose::TakeBack => (
            i18n::objection::title(locale),
            i18n::objection::take_back(locale, &account.login, &link.address),
            [
                i18n::objection::then_address(locale),
                i18n::objection::then_password(locale),
                i18n::objection::then_codes(locale),
                i18n::objection::then_pending(locale),
                i18n::objection::then_recover(locale),
            ]
            .to_vec(),
        ),
        LinkPurpose::Reclaim => {
            let address = service::restores_address(&link, &account);
            let mut then: Vec<&str> =
                address.then(|| i18n::objection::then_address(locale)).into_iter().collect();
            then.extend([
                i18n::objection::then_password(locale),
                i18n::objection::then_codes(locale),
                i18n::objection::then_pending(locale),
                i18n::objection::then_recover(locale),
            ]);
            let about = i18n::objection::reclaim(locale, &account.login, &link.address);
            (i18n::objection::title(locale), about, then)
        }
        LinkPurpose::Object | LinkPurpose::StopAssisted => (
            i18n::objection::title(locale),
            i18n::objection::freeze(locale, &account.login, &link.address),
            [i18n::objection::then_frozen(locale), i18n::objection::then_support(locale)].to_vec(),
        ),
    };
    let view = move || {
        let then = then.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
        view! {
            <form id=FORM class="card stack" method="post" action=Object::PATH>
                {screen_field(&cx)}
                <h1>{title}</h1>
                {refusal(draft.error.as_ref(), locale, ())}
                <p>{about}</p>
                <p>{i18n::objection::what_happens(locale)}</p>
                <ul class="plain-list">{then}</ul>
                <button class="button" type="submit">{i18n::letter::not_me(locale)}</button>
                <p class="quiet">{i18n::objection::was_me(locale)}" "{i18n::objection::until(locale, until)}</p>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

fn frozen(cx: &Cx) -> Page {
    let locale = cx.locale;
    let title = i18n::objection::frozen_title(locale);
    let shop = cx.app.config.shop_url.as_ref().map(ToString::to_string);
    let name = cx.app.config.shop_name.clone();
    let view = move || {
        view! {
            <div class="card stack middle">
                <div class="badge">{icon(Icon::Lock)}</div>
                <h1>{title}</h1>
                <p class="quiet">{i18n::objection::frozen(locale)}</p>
                {shop.map(|url| view! {
                    <a class="button second" href=url>{i18n::ui::back_to(locale, name)}</a>
                })}
            </div>
        }
        .into_any()
    };
    Page { islands: false, form: false, ..Page::new(title, view) }
}
