//! Assisted recovery: the screens on which the staff opens and decides one, the shopper confirms an address, and the
//! owner stops it. The rules of its steps are in `server/assisted/`, its end is a recovery.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        Fault,
        assisted::{ApproveError, OpenError},
        conversations::COOKIE,
        flows::Purpose,
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        random::is_id,
    },
};
use service::AskError;

/// Where the staff finds them.
const LIST: &str = "/operator/assisted";
/// The drafts of each one's screen.
const ONE: &str = "/operator/assisted/one";
/// Where the shopper confirms an address.
const ASK: &str = "/recover/assisted";
const CODE: &str = "/recover/assisted/code";
/// The cookie of the way to a confirmed address. Not `flow`: whoever is recovering the account in another way meanwhile
/// goes on with that.
const FLOW: &str = Purpose::Assisted.cookie();
/// Where the owner stops it.
pub const STOP: &str = "/recover/assisted/stop";

fn path_of(id: &str) -> String {
    format!("{LIST}/{id}")
}

/// Opens an assisted recovery for the account that a conversation is about.
///
/// # Errors
/// Why it cannot be opened; what is missing in the form; `not_found` for everybody but the staff.
#[server(endpoint = "assisted_open")]
pub async fn open(
    #[server(default)] conversation: String,
    #[server(default)] account: String,
    #[server(default)] checked: Vec<String>,
    #[server(default)] remark: String,
) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let staff = cx.staff().await?;
        let entry = service::Entry {
            conversation: &conversation,
            account: &account,
            checked: &checked,
            remark: &remark,
        };
        let id = service::open(&cx.app, &staff.account, &entry).await?;
        Ok(Onward::to(path_of(&id)))
    };
    let result = result.await;
    Form::of(&cx, LIST)
        .keep("conversation", &conversation)
        .keep("checked", &checked.join("\n"))
        .keep("remark", remark.trim())
        .answer(result)
}

/// Says yes, as a second one of the staff: the owner is told, and the wait begins.
///
/// # Errors
/// Why this person may not decide; `assisted_moved` when there is nothing to decide any more.
#[server(endpoint = "assisted_approve")]
pub async fn approve(#[server(default)] id: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let staff = cx.staff().await?;
        service::approve(&cx.app, &id, &staff.account).await?;
        Ok(Onward::to(path_of(&id)))
    };
    let result = result.await;
    decided(&cx, &id, result)
}

/// Says no, at whatever point.
///
/// # Errors
/// `assisted_moved` when it is over already.
#[server(endpoint = "assisted_refuse")]
pub async fn refuse(#[server(default)] id: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let staff = cx.staff().await?;
        service::refuse(&cx.app, &id, &staff.account).await?;
        Ok(Onward::to(path_of(&id)))
    };
    let result = result.await;
    decided(&cx, &id, result)
}

/// A refused decision comes back to the screen of its process, whose address is no fixed one.
fn decided(cx: &Cx, id: &str, result: Result<Onward, AppError>) -> Result<Onward, AppError> {
    let result = match result {
        Err(error) if cx.accepts_html && error.screen.is_none() && is_id(id) => {
            cx.leave_draft(ONE, &Draft::error(error));
            Ok(Onward::to(path_of(id)))
        }
        result => result,
    };
    Form::of(cx, LIST).answer(result)
}

/// The shopper names the address to use: a code goes there.
///
/// # Errors
/// What is wrong with the address; `assisted_moved` when nothing waits for one; `too_many_letters`.
#[server(endpoint = "assisted_email")]
pub async fn name_address(#[server(default)] email: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let asked = asked(&mut cx).await?;
        let entry = service::Address {
            email: &email,
            locale: cx.locale,
            client: &cx.client,
            browser: cx.token(FLOW),
        };
        let token = service::name_address(&cx.app, &asked, &entry).await?;
        cx.set_cookie(FLOW, &token.expose(), None);
        Ok(Onward::to(CODE))
    };
    let result = result.await;
    Form::of(&cx, ASK).keep("email", email.trim()).answer(result)
}

/// Sends another code to the address that the shopper named.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "assisted_resend")]
pub async fn resend() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let asked = asked(&mut cx).await?;
        let flow = asked.flow(&cx.app, cx.token(FLOW).as_ref()).await?;
        let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(ASK))?;
        service::send_code(&cx.app, &asked, &flow, &cx.client).await?;
        cx.leave_draft(CODE, &Draft::notice(Notice::CodeSent));
        Ok(Onward::to(CODE))
    };
    let result = result.await;
    Form::of(&cx, CODE).answer(result)
}

/// The code proves the address: now a second one of the staff decides.
///
/// # Errors
/// What is wrong with the code; `flow_expired`; `assisted_moved`.
#[server(endpoint = "assisted_code")]
pub async fn check_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let press = Press::of_code(&cx, "assisted_code", FLOW, &code);
    let result = press.once(move |mut cx| async move {
        let asked = asked(&mut cx).await?;
        let flow = asked.flow(&cx.app, cx.token(FLOW).as_ref()).await?;
        let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(ASK))?;
        service::confirm(&cx.app, &flow, &code, &cx.client).await?;
        cx.clear_cookie(FLOW);
        Ok(Onward::to(ASK))
    });
    Form::of(&cx, CODE).answer(result.await)
}

/// What was opened in the conversation of this browser.
async fn find(cx: &mut Cx) -> Result<Option<service::Asked>, Fault> {
    let own = cx.signed_in().await?.map(|signed_in| signed_in.account.id);
    Ok(service::find(&cx.app, cx.token(COOKIE).as_ref(), own.as_deref()).await?)
}

async fn asked(cx: &mut Cx) -> Result<service::Asked, AppError> {
    find(cx).await?.ok_or_else(|| AppError::new(Kind::AssistedMoved).on(ASK))
}

/// "Stop this", by the link in a letter. Nobody needs to be signed in for it.
///
/// # Errors
/// `link_gone` when it was stopped, or is over, already.
#[server(endpoint = "assisted_stop")]
pub async fn stop() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result = async {
        let token = cx.token("letter").ok_or_else(|| AppError::new(Kind::LinkGone))?;
        if !service::stop_by_link(&cx.app, &token, &cx.client).await? {
            return Err(AppError::new(Kind::LinkGone));
        }
        cx.clear_cookie("letter");
        cx.leave_draft(STOP, &Draft::notice(Notice::AssistedStopped));
        Ok(Onward::to(STOP))
    };
    let result = result.await;
    Form::of(&cx, STOP).answer(result)
}

/// "Stop this", by whoever is signed in to the account.
///
/// # Errors
/// `link_gone` when it was stopped, or is over, already; `signed_out`.
#[server(endpoint = "assisted_stop_own")]
pub async fn stop_own() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let account = cx.somebody().await?.account;
        if !service::stop_own(&cx.app, &account.id, &cx.client).await? {
            return Err(AppError::new(Kind::LinkGone));
        }
        cx.leave_draft(STOP, &Draft::notice(Notice::AssistedStopped));
        Ok(Onward::to(STOP))
    };
    let result = result.await;
    Form::of(&cx, STOP).answer(result)
}

impl From<OpenError> for AppError {
    fn from(error: OpenError) -> Self {
        Self::new(match error {
            OpenError::NoAccount => Kind::AssistedNobody,
            OpenError::Staff => Kind::AssistedStaff,
            OpenError::Disabled => Kind::AssistedDisabled,
            OpenError::Alive => Kind::AssistedAlive,
            OpenError::AdminOnly => Kind::AssistedAdminOnly,
            OpenError::TooMany(wait) => return Self::new(Kind::AssistedTooMany).wait(wait),
            OpenError::Db(error) => return error.into(),
        })
    }
}

impl From<ApproveError> for AppError {
    fn from(error: ApproveError) -> Self {
        Self::new(match error {
            ApproveError::Moved => Kind::AssistedMoved,
            ApproveError::Own => Kind::AssistedOwn,
            ApproveError::TooNew => Kind::AssistedTooNew,
            ApproveError::Related => Kind::AssistedRelated,
            ApproveError::OpenerGone => Kind::AssistedOpenerGone,
            ApproveError::Db(error) => return error.into(),
        })
    }
}

impl From<AskError> for AppError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Field(kind) => Self::field("email", kind),
            AskError::Send(error) => error.into(),
            AskError::Check(error) => error.into(),
            AskError::Moved => Self::new(Kind::AssistedMoved).on(ASK),
            AskError::Db(error) => error.into(),
        }
    }
}
