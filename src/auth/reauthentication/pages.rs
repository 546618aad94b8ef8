//! The reauthentication page.

use axum::response::Response;
use http::{HeaderMap, header};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{ByCode, ByPassword, EmailCode};
use crate::{
    components::{
        code_page::{CodePage, CodePageTexts, Person},
        form::{
            ActionForm, FormMessages, Hidden, PasswordField, SubmitButton, UsernameForManagers,
            form_texts,
        },
        layout::{CardLayout, Title},
        page::page,
    },
    domain::{
        accounts::Account,
        verification::{
            account_code,
            codes::{self, Latest},
            flows::FlowKind,
        },
    },
    http::{
        context::RequestContext,
        extract::CurrentUser,
        flash::Flash,
        page_error::PageError,
        reauthentication::{self, PAGE, SETTINGS},
        return_to,
    },
    i18n::use_texts,
    islands::{FormButton, PostForm},
};

/// Returns the page that the user came from, if "Cancel" may lead there.
pub(super) fn back(request: &RequestContext, address: Option<&str>) -> Option<String> {
    return_to::allowed(&request.state.config, address?)
        .filter(|address| reauthentication::is_open_page(address))
}

/// Rewrites the request's address with the checked `next` and `back` only, because forms carry it along.
fn settle(request: &mut RequestContext, next: Option<&str>, back: Option<&str>) {
    let query = request.path_and_query.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let others = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| !matches!(name.as_ref(), "next" | "back"));
    let others: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
    let mut address = reauthentication::address(next, back);
    if !others.is_empty() {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(&others);
    }
    request.path_and_query = address;
}

/// `GET /account/confirm`: asks for the password or, once a code was requested, for the code.
pub(crate) async fn confirm(
    CurrentUser(user): CurrentUser,
    mut request: RequestContext,
    headers: HeaderMap,
    flash: Flash,
) -> Result<Response, PageError> {
    let next = request.next();
    if user.is_proved(request.state.clock.now()) {
        return Err(PageError::To(return_to::or(next.as_deref(), SETTINGS)));
    }
    let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let named = request.query("back");
    let back = back(&request, named.as_deref()).or_else(|| back(&request, referer));
    settle(&mut request, next.as_deref(), back.as_deref());
    let account = user.account;
    let token = request.flow_token(FlowKind::Confirm);
    let flow =
        account_code::find(&request.state, token.as_ref(), FlowKind::Confirm, &account).await?;
    if let Some(flow) = flow
        && request.query("way").as_deref() != Some("password")
    {
        let code = codes::latest(&request.state, &flow).await?;
        let person = Person::of(&request.state).await?;
        let (email, next) = (account.shown_email(), next.or(flow.next));
        let view = move || view! { <ConfirmByCodePage email next back code person/> };
        return Ok(page(request, flash, view));
    }
    Ok(page(request, flash, move || view! { <ConfirmPage account next back/> }))
}

/// `/account/confirm`
#[component]
pub(crate) fn ConfirmPage(
    account: Account,
    /// Where the user continues after reauthentication.
    next: Option<String>,
    /// Where the user came from.
    back: Option<String>,
) -> impl IntoView {
    let t = use_texts();
    let label = t.fields().password();
    let why = reauthentication::why(t, next.as_deref());
    let cancel = reauthentication::cancel(next.as_deref(), back.as_deref());
    let for_code = next.clone();
    let or_code = t.confirm().or_code(account.shown_email());
    view! {
        <Title text=t.confirm().title()/>
        <CardLayout>
            <div class="card stack">
                <ActionForm action=ByPassword::PATH class="stack">
                    <Hidden name="next" value=next/>
                    <h1>{t.confirm().title()}</h1>
                    <p class="quiet">{why}" "{t.confirm().lasts()}</p>
                    <FormMessages labels=vec![("password", label)]/>
                    <UsernameForManagers login=account.login/>
                    <PasswordField name="password" label autofocus=true/>
                    <SubmitButton label=t.code().confirm()/>
                    <div class="row"><a href=cancel>{t.confirm().cancel()}</a></div>
                </ActionForm>
                // It names no page, so that a refusal is shown where the code is entered if there is one already.
                <PostForm action=EmailCode::PATH id=None class="stack or" enctype=None texts=form_texts(t)>
                    <Hidden name="next" value=for_code/>
                    <Hidden name="back" value=back/>
                    <p class="quiet">{or_code}</p>
                    // Not one of the buttons that wait after wrong passwords.
                    <FormButton label=t.recovery().email_a_code() class="button second" when_complete=false wait=None/>
                </PostForm>
            </div>
        </CardLayout>
    }
}

/// `/account/confirm`, once a code was requested
#[component]
pub(crate) fn ConfirmByCodePage(
    email: String,
    next: Option<String>,
    back: Option<String>,
    code: Latest,
    person: Person,
) -> impl IntoView {
    let t = use_texts();
    let parts = [("way", Some("password")), ("next", next.as_deref()), ("back", back.as_deref())];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parts.into_iter().filter_map(|(name, value)| Some((name, value?))))
        .finish();
    let why = reauthentication::why(t, next.as_deref());
    let texts = CodePageTexts {
        other_ways: Some(format!("{PAGE}?{query}")),
        cancel: Some(reauthentication::cancel(next.as_deref(), back.as_deref())),
        ..CodePageTexts::to_own(t, format!("{why} {}", t.confirm().sent_to(email)))
    };
    view! { <CodePage texts code person confirm=ByCode::PATH resend=EmailCode::PATH/> }
}
