//! The page of a fresh proof.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{ByCode, ByPassword, EmailCode, SCREEN, SETTINGS};
use crate::{
    components::{
        code_page::{CodePage, CodePageTexts, Person},
        form::{
            ActionForm, FormMessages, Hidden, PasswordField, SubmitButton, UsernameForManagers,
            form_texts,
        },
        layout::{CardLayout, Title},
    },
    i18n::use_texts,
    islands::{FormButton, PostForm},
    server::{
        accounts::Account,
        codes::{self, Latest},
        flows::Purpose,
        http::{
            context::Cx,
            draft::Draft,
            extract::CurrentUser,
            page::{PageError, page},
        },
        next, own_code,
    },
};

/// `GET /account/confirm`: asks for the password or, once one was requested, for the code.
pub async fn confirm(
    CurrentUser(user): CurrentUser,
    cx: Cx,
    draft: Draft,
) -> Result<Response, PageError> {
    let next = cx.next();
    if user.is_proved(cx.app.clock.now()) {
        return Err(PageError::To(next::or(next.as_deref(), SETTINGS)));
    }
    let account = user.account;
    let token = cx.flow_token(Purpose::Confirm);
    let flow = own_code::find(&cx.app, token.as_ref(), Purpose::Confirm, &account).await?;
    if let Some(flow) = flow
        && cx.query("way").as_deref() != Some("password")
    {
        let code = codes::latest(&cx.app, &flow).await?;
        let person = Person::of(&cx.app).await?;
        let (email, next) = (account.shown_email(), next.or(flow.next));
        let view = move || view! { <ConfirmByCodePage email next code person/> };
        return Ok(page(cx, draft, view).await);
    }
    Ok(page(cx, draft, move || view! { <ConfirmPage account next/> }).await)
}

/// `/account/confirm`
#[component]
pub fn ConfirmPage(account: Account, next: Option<String>) -> impl IntoView {
    let t = use_texts();
    let label = t.fields().password();
    let for_code = next.clone();
    let or_code = t.confirm().or_code(account.shown_email());
    view! {
        <Title text=t.confirm().title()/>
        <CardLayout>
            <div class="card stack">
                <ActionForm action=ByPassword::PATH class="stack">
                    <Hidden name="next" value=next/>
                    <h1>{t.confirm().title()}</h1>
                    <p class="quiet">{t.confirm().why()}</p>
                    <FormMessages labels=vec![("password", label)]/>
                    <UsernameForManagers login=account.login/>
                    <PasswordField name="password" label autofocus=true/>
                    <SubmitButton label=t.code().confirm()/>
                </ActionForm>
                // It names no page, so that a refusal is told where the code is entered if there is one already.
                <PostForm action=EmailCode::PATH id=None class="stack or" in_place=false enctype=None texts=form_texts(t)>
                    <Hidden name="next" value=for_code/>
                    <p class="quiet">{or_code}</p>
                    // Not of those that wait after wrong passwords.
                    <FormButton label=t.recovery().email_a_code() class="button second" when_complete=false wait=None/>
                </PostForm>
            </div>
        </CardLayout>
    }
}

/// `/account/confirm`, once a code was requested
#[component]
pub fn ConfirmByCodePage(
    email: String,
    next: Option<String>,
    code: Latest,
    person: Person,
) -> impl IntoView {
    let t = use_texts();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("way", "password")
        .extend_pairs(next.map(|next| ("next", next)))
        .finish();
    let texts = CodePageTexts {
        other_ways: Some(format!("{SCREEN}?{query}")),
        ..CodePageTexts::to_own(t, t.confirm().sent_to(email))
    };
    view! { <CodePage texts code person confirm=ByCode::PATH resend=EmailCode::PATH/> }
}
