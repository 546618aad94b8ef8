//! The pages to which links in emails lead.

use axum::{
    Extension,
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{Object, PAGE, service};
use crate::{
    components::{
        form::{ActionForm, FormMessages, SubmitButton},
        icon::{Icon, IconKind},
        layout::{CardLayout, Title, use_request},
        page::page,
    },
    domain::{
        accounts::{self, Account},
        email_link::{Link, LinkProblem, LinkPurpose},
        format,
    },
    error::AppError,
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice},
        page_error::PageError,
    },
    i18n::use_texts,
    security::Token,
};

/// `GET /letter/{token}`: moves the token into a cookie at once, so that it is no longer in the address (ASVS 14.2.1).
/// Following a link changes nothing, because mail programs follow links, too.
pub(crate) async fn follow_link(
    Extension(request): Extension<RequestContext>,
    Path(token): Path<String>,
) -> Response {
    if let Some(token) = Token::parse(&token) {
        request.set_cookie(CookieName::EmailLink, &token.expose_secret(), None);
    }
    Redirect::to(PAGE).into_response()
}

/// `GET /letter`
pub(crate) async fn object(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    if flash.notice == Some(Notice::Frozen) {
        return Ok(page(request, flash, || view! { <FrozenPage/> }));
    }
    let gone = || PageError::Error(AppError::new(LinkProblem::Gone));
    let token = request.token(CookieName::EmailLink).ok_or_else(gone)?;
    let found = service::find(&request.state, &token).await;
    let link = found.map_err(|error| PageError::Error(error.into()))?;
    if link.purpose() == LinkPurpose::StopAssisted {
        return Err(PageError::To("/recover/assisted/stop".to_owned()));
    }
    let account = accounts::get(&request.state.db, &link.account_id).await?.ok_or_else(gone)?;
    Ok(page(request, flash, move || view! { <ObjectionPage link account/> }))
}

/// `/letter`
#[component]
pub(crate) fn ObjectionPage(link: Link, account: Account) -> impl IntoView {
    let t = use_texts();
    let words = t.reclaim();
    let (login, address) = (&account.login, &link.address);
    let about = match link.purpose() {
        LinkPurpose::TakeBack => words.take_back(login, address),
        LinkPurpose::Reclaim => words.reclaim(login, address),
        LinkPurpose::Object | LinkPurpose::StopAssisted => words.freeze(login, address),
    };
    let then = match link.purpose() {
        LinkPurpose::TakeBack | LinkPurpose::Reclaim => {
            let restores_address = service::restores_address(&link, &account);
            let address = restores_address.then(|| words.then_address());
            let others = [
                words.then_password(),
                words.then_codes(),
                words.then_pending(),
                words.then_recover(),
            ];
            address.into_iter().chain(others).collect()
        }
        LinkPurpose::Object | LinkPurpose::StopAssisted => {
            vec![words.then_frozen(), words.then_support()]
        }
    };
    let then = then.into_iter().map(|words| view! { <li>{words}</li> });
    let until = words.until(format::date(t.0, &account.zone(), link.expires_at));
    view! {
        <Title text=words.title()/>
        <CardLayout>
            <ActionForm action=Object::PATH in_place=true>
                <h1>{words.title()}</h1>
                <FormMessages/>
                <p>{about}</p>
                <p>{words.what_happens()}</p>
                <ul class="plain-list">{then.collect_view()}</ul>
                <SubmitButton label=t.emails().not_me()/>
                <p class="quiet">{words.was_me()}" "{until}</p>
            </ActionForm>
        </CardLayout>
    }
}

/// `/letter`, once the account is frozen
#[component]
pub(crate) fn FrozenPage() -> impl IntoView {
    let t = use_texts();
    let state = use_request().state.clone();
    let config = &state.config;
    let back = config.shop_url.as_ref().map(|url| {
        let label = t.ui().back_to(&config.shop_name);
        view! { <a class="button second" href=url.to_string()>{label}</a> }
    });
    view! {
        <Title text=t.reclaim().frozen_title()/>
        <CardLayout>
            <div class="card stack middle">
                <div class="badge"><Icon kind=IconKind::LOCK/></div>
                <h1>{t.reclaim().frozen_title()}</h1>
                <p class="quiet">{t.reclaim().frozen()}</p>
                {back}
            </div>
        </CardLayout>
    }
}
