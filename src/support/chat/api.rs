//! The server functions of the chat.

use leptos::prelude::*;

use super::{
    CODE, EMAIL, FLOW, PAGE, access,
    service::{self, SupportError},
    view,
};
use crate::{
    components::code_page::sent_code,
    domain::{
        values::SecretText,
        verification::{codes, flows::FlowProblem},
    },
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect,
    },
    support::conversation::{self, Conversation, Side},
};

/// Returns the caller's conversation, for a form.
async fn mine(request: &mut RequestContext) -> Result<Conversation, AppError> {
    access::mine(request).await?.ok_or_else(|| AppError::new(RequestProblem::NotFound).on(PAGE))
}

/// Ends the conversation.
///
/// # Errors
/// `not_found` without a conversation.
#[server(endpoint = "support_end")]
pub(crate) async fn end() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        let conversation = mine(&mut request).await?;
        service::end(&request.state, &conversation, &request.client).await?;
        Ok(Redirect::to(PAGE))
    }
    .await;
    respond(result)
}

/// Removes the conversation from this browser; it continues elsewhere.
///
/// # Errors
/// None but those of every form.
#[server(endpoint = "support_leave")]
pub(crate) async fn leave() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    request.clear_cookie(CookieName::Chat);
    request.clear_cookie(CookieName::ChatNext);
    request.clear_cookie(FLOW);
    respond::<AppError>(Ok(Redirect::to(PAGE).with_notice(Notice::SignedOut)))
}

/// Reports that the user is typing. Nothing is stored.
///
/// # Errors
/// `not_found` without a conversation.
#[server(endpoint = "support_typing")]
pub(crate) async fn typing() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        let conversation = mine(&mut request).await?;
        conversation::typing(&request.state, &conversation.id, Side::Shopper).await?;
        Ok(Redirect::to(PAGE))
    }
    .await;
    respond(result)
}

/// Records that the user has seen the messages up to the cursor `last` of the stream: an event that was sent may wait
/// in a window that nobody looks at. Repeated or late reports change nothing.
///
/// # Errors
/// `not_found` without a conversation, and with the cursor of another.
#[server(endpoint = "support_seen")]
pub(crate) async fn seen(#[server(default)] last: String) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        // Sent without any action of the user: as with the stream, it does not count as use of the session.
        let conversation = access::still_mine(&request).await?;
        let conversation =
            conversation.ok_or_else(|| AppError::new(RequestProblem::NotFound).on(PAGE))?;
        let seq = view::seq_in(&conversation, &last);
        let seq = seq.ok_or_else(|| AppError::new(RequestProblem::NotFound).on(PAGE))?;
        service::seen(&request.state, &conversation, seq).await?;
        Ok(Redirect::to(PAGE))
    }
    .await;
    respond(result)
}

/// Requests an email when an answer waits: to the confirmed address of the signed-in user (`own`), or to another one,
/// which a code confirms first.
///
/// # Errors
/// What is wrong with the address; `not_found`; `too_many_letters`.
#[server(endpoint = "support_email")]
pub(crate) async fn ask_email(
    #[server(default)] email: String,
    #[server(default)] own: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        let conversation = mine(&mut request).await?;
        if let (false, Some(signed_in)) = (own.is_empty(), request.signed_in().await?) {
            let address = Some(signed_in.account.email.as_str());
            service::set_email(&request.state, &conversation, address).await?;
            return Ok(Redirect::to(PAGE).with_notice(Notice::Saved));
        }
        let asking = service::EmailCodeRequest {
            conversation: &conversation,
            email: &email,
            locale: request.locale,
            client: &request.client,
            browser: request.token(FLOW),
        };
        let token = service::ask_email(&request.state, &asking).await?;
        request.set_cookie(FLOW, &token.expose_secret(), None);
        Ok(Redirect::to(CODE))
    }
    .await;
    respond(result)
}

/// Sends another code.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "support_email_resend")]
pub(crate) async fn resend() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        let conversation = mine(&mut request).await?;
        let flow = access::flow(&request, &conversation).await?;
        let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(EMAIL))?;
        service::send_code(&request.state, &flow, &request.client).await?;
        let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
        Ok(Redirect { code, ..Redirect::to(CODE).with_notice(Notice::CodeSent) })
    }
    .await;
    respond(result)
}

/// Confirms the address.
///
/// # Errors
/// What is wrong with the code; `flow_expired`; `not_found`.
#[server(endpoint = "support_email_code")]
pub(crate) async fn check_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of_code(&request, "support_email_code", FLOW, &code);
    let result = press.once(move |mut request| async move {
        let conversation = mine(&mut request).await?;
        let flow = access::flow(&request, &conversation).await?;
        let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(EMAIL))?;
        service::confirm_email(&request.state, &flow, &conversation, &code, &request.client)
            .await?;
        request.clear_cookie(FLOW);
        Ok(Redirect::to(PAGE).with_notice(Notice::Saved))
    });
    respond(result.await)
}

/// Turns off the emails about answers.
///
/// # Errors
/// `not_found` without a conversation.
#[server(endpoint = "support_email_off")]
pub(crate) async fn no_email() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        let conversation = mine(&mut request).await?;
        service::set_email(&request.state, &conversation, None).await?;
        Ok(Redirect::to(PAGE).with_notice(Notice::Saved))
    }
    .await;
    respond(result)
}

impl From<SupportError> for AppError {
    fn from(error: SupportError) -> Self {
        match error {
            SupportError::Field(name, problem) => Self::field(name, problem),
            SupportError::TooMany(problem, wait) => Self::new(problem).wait(wait),
            SupportError::Busy => Self { seconds: Some(2), ..Self::new(RequestProblem::Busy) },
            SupportError::Gone => Self::new(RequestProblem::NotFound).on(PAGE),
            SupportError::Send(error) => error.into(),
            SupportError::Check(error) => error.into(),
            SupportError::Internal(fault) => fault.into(),
        }
    }
}
