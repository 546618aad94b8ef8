//! The support chat, as the shopper sees it: beginning a conversation, writing, reading along, being told by e-mail
//! that an answer waits. The conversations themselves are [`crate::server::conversations`].

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

mod access;
pub(crate) mod mail;
pub mod page;
mod parts;
mod service;
mod stream;
mod upload;

use axum::{
    Extension,
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use leptos::prelude::*;

pub use self::{
    stream::listen,
    upload::{begin, send},
};
use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        clock::{DAY, Millis},
        conversations::{self, COOKIE, Conversation, Side},
        flows::Purpose,
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::Onward,
            page::error_response,
            post_redirect_get::respond,
            press::Press,
        },
        random::is_id,
    },
};
use service::SupportError;

const SCREEN: &str = "/support";
const EMAIL: &str = "/support/email";
const CODE: &str = "/support/email/code";

/// Where the first message is posted.
pub const BEGIN: &str = "/api/support_begin";
/// Where further ones are.
pub const SEND: &str = "/api/support_send";

/// How long [`COOKIE`] lives after the last message.
const COOKIE_AGE: Millis = 90 * DAY;
/// The cookie of a conversation that is not begun yet: the browser has it before the first message, so that this counts
/// once. Beside [`COOKIE`], which opens what was closed until something new begins.
const NEXT: &str = "chat-next";
/// The cookie of the way to a confirmed address. Not `flow`: whoever is recovering an account and asks support on the
/// way goes on with the recovery afterwards.
const FLOW: &str = Purpose::SupportEmail.cookie();

/// The conversation of whoever asks, for a form.
async fn mine(cx: &mut Cx) -> Result<Conversation, AppError> {
    access::mine(cx).await?.ok_or_else(|| AppError::new(Kind::NotFound).on(SCREEN))
}

/// Ends the conversation.
///
/// # Errors
/// `not_found` without a conversation.
#[server(endpoint = "support_end")]
pub async fn end() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        let conversation = mine(&mut cx).await?;
        service::end(&cx.app, &conversation, &cx.client).await?;
        Ok(Onward::to(SCREEN))
    }
    .await;
    respond(result)
}

/// Takes the conversation out of this browser; it goes on elsewhere.
///
/// # Errors
/// None but those of every form.
#[server(endpoint = "support_leave")]
pub async fn leave() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    cx.clear_cookie(COOKIE);
    cx.clear_cookie(NEXT);
    cx.clear_cookie(FLOW);
    cx.leave_draft(SCREEN, &Draft::notice(Notice::SignedOut));
    respond::<AppError>(Ok(Onward::to(SCREEN)))
}

/// Says that the shopper types. Nothing is stored.
///
/// # Errors
/// `not_found` without a conversation.
#[server(endpoint = "support_typing")]
pub async fn typing() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        let conversation = mine(&mut cx).await?;
        conversations::typing(&cx.app, &conversation.id, Side::Shopper).await?;
        Ok(Onward::to(SCREEN))
    }
    .await;
    respond(result)
}

/// Says that the shopper has seen the messages up to the cursor `last` of the stream: an event that was sent may wait in
/// a window that nobody looks at. Told twice, or late, it changes nothing.
///
/// # Errors
/// `not_found` without a conversation, and with the cursor of another.
#[server(endpoint = "support_seen")]
pub async fn seen(#[server(default)] last: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        // Nobody pressed anything: as with the stream, it is no use of the session.
        let conversation = access::still_mine(&cx).await?;
        let conversation = conversation.ok_or_else(|| AppError::new(Kind::NotFound).on(SCREEN))?;
        let seq = parts::seq_in(&conversation, &last);
        let seq = seq.ok_or_else(|| AppError::new(Kind::NotFound).on(SCREEN))?;
        service::seen(&cx.app, &conversation, seq).await?;
        Ok(Onward::to(SCREEN))
    }
    .await;
    respond(result)
}

/// Asks to be told by e-mail that an answer waits: at the confirmed address of whoever is signed in (`own`), or at
/// another, which a code confirms first.
///
/// # Errors
/// What is wrong with the address; `not_found`; `too_many_letters`.
#[server(endpoint = "support_email")]
pub async fn ask_email(
    #[server(default)] email: String,
    #[server(default)] own: String,
) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        let conversation = mine(&mut cx).await?;
        if let (false, Some(signed_in)) = (own.is_empty(), cx.signed_in().await?) {
            let address = Some(signed_in.account.email.as_str());
            service::set_email(&cx.app, &conversation, address).await?;
            cx.leave_draft(SCREEN, &Draft::notice(Notice::Saved));
            return Ok(Onward::to(SCREEN));
        }
        let asking = service::Asking {
            conversation: &conversation,
            email: &email,
            locale: cx.locale,
            client: &cx.client,
            browser: cx.token(FLOW),
        };
        let token = service::ask_email(&cx.app, &asking).await?;
        cx.set_cookie(FLOW, &token.expose(), None);
        Ok(Onward::to(CODE))
    }
    .await;
    respond(result)
}

/// Sends another code.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "support_email_resend")]
pub async fn resend() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        let conversation = mine(&mut cx).await?;
        let flow = access::flow(&cx, &conversation).await?;
        let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(EMAIL))?;
        service::send_code(&cx.app, &flow, &cx.client).await?;
        cx.leave_draft(CODE, &Draft::notice(Notice::CodeSent));
        Ok(Onward::to(CODE))
    }
    .await;
    respond(result)
}

/// Confirms the address.
///
/// # Errors
/// What is wrong with the code; `flow_expired`; `not_found`.
#[server(endpoint = "support_email_code")]
pub async fn check_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let press = Press::of_code(&cx, "support_email_code", FLOW, &code);
    let result = press.once(move |mut cx| async move {
        let conversation = mine(&mut cx).await?;
        let flow = access::flow(&cx, &conversation).await?;
        let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(EMAIL))?;
        service::confirm_email(&cx.app, &flow, &conversation, &code, &cx.client).await?;
        cx.clear_cookie(FLOW);
        cx.leave_draft(SCREEN, &Draft::notice(Notice::Saved));
        Ok(Onward::to(SCREEN))
    });
    respond(result.await)
}

/// Sends no more letters about answers.
///
/// # Errors
/// `not_found` without a conversation.
#[server(endpoint = "support_email_off")]
pub async fn no_email() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        let conversation = mine(&mut cx).await?;
        service::set_email(&cx.app, &conversation, None).await?;
        cx.leave_draft(SCREEN, &Draft::notice(Notice::Saved));
        Ok(Onward::to(SCREEN))
    }
    .await;
    respond(result)
}

/// `GET /support/picture/{id}`: to the shopper of its conversation, and to the staff. No use of the session: a screen
/// that listens shows what comes by itself.
pub async fn show_picture(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let found = async {
        let not_found = || AppError::new(Kind::NotFound);
        if !is_id(&id) {
            return Err(not_found());
        }
        let picture = conversations::picture(&cx.app.db, &id).await?;
        let picture = picture.ok_or_else(not_found)?;
        let readable =
            access::still_mine(&cx).await?.is_some_and(|c| c.id == picture.conversation_id)
                || cx.staff_listening().await.is_ok();
        if readable { Ok(picture.image) } else { Err(not_found()) }
    };
    match found.await {
        Ok(image) => {
            // Drawn by us; opened by itself it may nevertheless do nothing at all.
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
                (
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
                ),
            ];
            (headers, image).into_response()
        }
        Err(error) => error_response(&cx, &error),
    }
}

impl From<SupportError> for AppError {
    fn from(error: SupportError) -> Self {
        match error {
            SupportError::Field(name, kind) => Self::field(name, kind),
            SupportError::TooMany(kind, wait) => Self::new(kind).wait(wait),
            SupportError::Busy => Self { seconds: Some(2), ..Self::new(Kind::Busy) },
            SupportError::Gone => Self::new(Kind::NotFound).on(SCREEN),
            SupportError::Send(error) => error.into(),
            SupportError::Check(error) => error.into(),
            SupportError::Fault(fault) => fault.into(),
        }
    }
}
