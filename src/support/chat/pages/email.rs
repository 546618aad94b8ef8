//! "An answer waits", by email: the choice below the conversation, and the pages for the address.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{
        code_page::{CodePage, CodePageTexts, Person},
        form::{ActionForm, FormMessages, SubmitButton, TextField},
        layout::{CardLayout, Title},
        page::page,
        waiting_page::WaitingPage,
    },
    domain::{
        values::shown,
        verification::{
            codes::{self, Latest},
            flows::FlowProblem,
        },
    },
    error::AppError,
    http::{context::RequestContext, flash::Flash, page_error::PageError},
    i18n::use_texts,
    islands::InputKind,
    support::chat::{AskEmail, CheckCode, EMAIL, NoEmail, PAGE, Resend, access},
};

/// The choice below a conversation.
#[component]
pub(super) fn EmailChoice(
    /// The address that receives "an answer waits".
    email: Option<String>,
    /// The address of the user who is signed in.
    own: Option<String>,
) -> impl IntoView {
    let t = use_texts().support();
    let choice = match (email, own) {
        (Some(email), _) => view! {
            <p>{t.email_on(shown(&email))}</p>
            <form class="row" method="post" action=NoEmail::PATH>
                <button class="button second fit" type="submit">{t.email_off()}</button>
                <a href=EMAIL>{t.email_other()}</a>
            </form>
        }
        .into_any(),
        (None, Some(own)) => view! {
            <p class="quiet">{t.email_about()}</p>
            <form class="row" method="post" action=AskEmail::PATH>
                <input type="hidden" name="own" value="on"/>
                <button class="button second fit" type="submit">{t.email_own(shown(&own))}</button>
                <a href=EMAIL>{t.email_other()}</a>
            </form>
        }
        .into_any(),
        (None, None) => view! {
            <p class="quiet">{t.email_about()}</p>
            <a class="button second fit" href=EMAIL>{t.email_ask()}</a>
        }
        .into_any(),
    };
    view! {
        <section class="card stack">
            <h2>{t.email_title()}</h2>
            {choice}
        </section>
    }
}

/// `GET /support/email`
pub(in crate::support::chat) async fn email(
    mut request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let Some(conversation) = access::mine(&mut request).await? else {
        return Err(PageError::To(PAGE.to_owned()));
    };
    // A user who returns to correct something finds what they typed.
    let typed = access::flow(&request, &conversation).await?.map(|flow| flow.typed);
    Ok(page(request, flash, move || view! { <SupportEmailPage typed/> }))
}

/// `/support/email`
#[component]
pub(crate) fn SupportEmailPage(
    /// The address that is not confirmed yet.
    typed: Option<String>,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.support();
    let label = texts.fields().email();
    view! {
        <Title text=t.email_title()/>
        <CardLayout>
            <ActionForm action=AskEmail::PATH in_place=true>
                <h1>{t.email_title()}</h1>
                <p class="quiet">{t.email_about()}" "{t.email_browser()}</p>
                <FormMessages labels=vec![("email", label)]/>
                <TextField name="email" kind=InputKind::Email label value=typed autofocus=true/>
                <SubmitButton label=texts.recovery().go_on()/>
                <a href=PAGE>{t.title()}</a>
            </ActionForm>
        </CardLayout>
    }
}

/// `GET /support/email/code`
pub(in crate::support::chat) async fn email_code(
    mut request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let Some(conversation) = access::mine(&mut request).await? else {
        return Err(PageError::To(PAGE.to_owned()));
    };
    let Some(flow) = access::flow(&request, &conversation).await? else {
        request.set_flash(EMAIL, &Flash::error(AppError::new(FlowProblem::Expired)));
        return Err(PageError::To(EMAIL.to_owned()));
    };
    if let Some(seconds) = flow.seconds_to_wait(request.state.clock.now()) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    let code = codes::latest(&request.state, &flow).await?;
    let view = move || view! { <SupportEmailCodePage address=flow.typed code/> };
    Ok(page(request, flash, view))
}

/// `/support/email/code`
#[component]
pub(crate) fn SupportEmailCodePage(address: String, code: Latest) -> impl IntoView {
    let t = use_texts();
    let texts = CodePageTexts::to_typed(t, &address, EMAIL);
    // A user who comes from the chat need not be referred to it.
    view! {
        <CodePage
            texts code person=Person::Nobody confirm=CheckCode::PATH resend=Resend::PATH
            title=t.support().email_code_title()
        />
    }
}
