use leptos::prelude::*;

use super::{
    ASK, CODE, FLOW, ONE, STOP, path_of,
    service::{self, AskError},
};
use crate::{
    components::code_page::sent_code,
    domain::{
        email_link::LinkProblem,
        ids::{AccountId, AssistedId, ConversationId},
        values::SecretText,
        verification::{codes, flows::FlowProblem},
    },
    error::{AppError, InternalError},
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice},
        post_redirect_get::respond,
        press::Press,
        redirect::Redirect,
    },
    recovery::assisted::process::{ApproveError, AssistedProblem, OpenError},
};

/// Opens an assisted recovery for the account that a conversation is about.
///
/// # Errors
/// Why it cannot be opened; what is missing in the form; `not_found` for everyone but staff.
#[server(endpoint = "assisted_open")]
pub(crate) async fn open(
    #[server(default)] conversation: String,
    #[server(default)] account: String,
    #[server(default)] checked: Vec<String>,
    #[server(default)] remark: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let opened = async {
        let staff = request.staff().await?;
        let entry = service::OpenForm {
            conversation: ConversationId::parse(&conversation),
            account: AccountId::parse(&account),
            checked: &checked,
            remark: &remark,
        };
        let id = service::open(&request.state, &staff.account, &entry).await?;
        Ok::<_, AppError>(Redirect::to(path_of(&id)))
    };
    respond(opened.await)
}

/// Approves a process, as a second staff member: the owner is notified, and the waiting period begins.
///
/// # Errors
/// Why this user may not decide; `assisted_moved` when there is nothing left to decide.
#[server(endpoint = "assisted_approve")]
pub(crate) async fn approve(#[server(default)] id: String) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let decided = async {
        let staff = request.staff().await?;
        let id = of_form(&id)?;
        service::approve(&request.state, &id, &staff.account).await?;
        Ok(Redirect::to(path_of(&id)))
    };
    let decided = decided.await;
    respond(back_to_one(&request, &id, decided))
}

/// Refuses a process, in any state before its end.
///
/// # Errors
/// `assisted_moved` when it is already over.
#[server(endpoint = "assisted_refuse")]
pub(crate) async fn refuse(#[server(default)] id: String) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let decided = async {
        let staff = request.staff().await?;
        let id = of_form(&id)?;
        service::refuse(&request.state, &id, &staff.account).await?;
        Ok(Redirect::to(path_of(&id)))
    };
    let decided = decided.await;
    respond(back_to_one(&request, &id, decided))
}

/// Returns the id that a form names; any other text is the id of no process.
fn of_form(id: &str) -> Result<AssistedId, AppError> {
    AssistedId::parse(id).ok_or_else(|| AppError::new(AssistedProblem::Moved))
}

/// Sends a browser back from a refused decision to the page of its process, whose address is not fixed.
fn back_to_one(
    request: &RequestContext,
    id: &str,
    decided: Result<Redirect, AppError>,
) -> Result<Redirect, AppError> {
    match decided {
        Err(error)
            if request.is_browser()
                && error.page.is_none()
                && let Some(id) = AssistedId::parse(id) =>
        {
            request.set_flash(ONE, &Flash::error(error));
            Ok(Redirect::to(path_of(&id)))
        }
        decided => decided,
    }
}

/// Takes the address to use from the user, and sends a code to it.
///
/// # Errors
/// What is wrong with the address; `assisted_moved` when no process waits for one; `too_many_letters`.
#[server(endpoint = "assisted_email")]
pub(crate) async fn name_address(#[server(default)] email: String) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let named = async {
        let asked = asked(&mut request).await?;
        let entry = service::Address {
            email: &email,
            locale: request.locale,
            client: &request.client,
            browser: request.token(FLOW),
        };
        let token = service::name_address(&request.state, &asked, &entry).await?;
        request.set_cookie(FLOW, &token.expose_secret(), None);
        Ok::<_, AppError>(Redirect::to(CODE))
    };
    respond(named.await)
}

/// Sends another code to the address that the user named.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "assisted_resend")]
pub(crate) async fn resend() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let sent = async {
        let asked = asked(&mut request).await?;
        let flow = asked.flow(&request.state, request.token(FLOW).as_ref()).await?;
        let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(ASK))?;
        service::send_code(&request.state, &asked, &flow, &request.client).await?;
        let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
        Ok::<_, AppError>(Redirect { code, ..Redirect::to(CODE).with_notice(Notice::CodeSent) })
    };
    respond(sent.await)
}

/// Confirms the address with the code; after that, a second staff member decides.
///
/// # Errors
/// What is wrong with the code; `flow_expired`; `assisted_moved`.
#[server(endpoint = "assisted_code")]
pub(crate) async fn check_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of_code(&request, "assisted_code", FLOW, &code);
    let checked = press.once(move |mut request| async move {
        let asked = asked(&mut request).await?;
        let flow = asked.flow(&request.state, request.token(FLOW).as_ref()).await?;
        let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(ASK))?;
        service::confirm(&request.state, &flow, &code, &request.client).await?;
        request.clear_cookie(FLOW);
        Ok(Redirect::to(ASK))
    });
    respond(checked.await)
}

/// Finds what was opened in this browser's conversation.
pub(super) async fn find(
    request: &mut RequestContext,
) -> Result<Option<service::Asked>, InternalError> {
    let own = request.signed_in().await?.map(|signed_in| signed_in.account.id);
    Ok(service::find(&request.state, request.token(CookieName::Chat).as_ref(), own.as_ref())
        .await?)
}

async fn asked(request: &mut RequestContext) -> Result<service::Asked, AppError> {
    find(request).await?.ok_or_else(|| AppError::new(AssistedProblem::Moved).on(ASK))
}

/// "Stop this", by the link in an email. It needs no session.
///
/// # Errors
/// `link_gone` when it was already stopped or is over.
#[server(endpoint = "assisted_stop")]
pub(crate) async fn stop() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let stopped = async {
        let token =
            request.token(CookieName::EmailLink).ok_or_else(|| AppError::new(LinkProblem::Gone))?;
        if !service::stop_by_link(&request.state, &token, &request.client).await? {
            return Err(AppError::new(LinkProblem::Gone));
        }
        request.clear_cookie(CookieName::EmailLink);
        Ok::<_, AppError>(Redirect::to(STOP).with_notice(Notice::AssistedStopped))
    };
    respond(stopped.await)
}

/// "Stop this", by the user who is signed in to the account.
///
/// # Errors
/// `link_gone` when it was already stopped or is over; `signed_out`.
#[server(endpoint = "assisted_stop_own")]
pub(crate) async fn stop_own() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let stopped = async {
        let account = request.current_user().await?.account;
        if !service::stop_own(&request.state, &account.id, &request.client).await? {
            return Err(AppError::new(LinkProblem::Gone));
        }
        Ok::<_, AppError>(Redirect::to(STOP).with_notice(Notice::AssistedStopped))
    };
    respond(stopped.await)
}

impl From<OpenError> for AppError {
    fn from(error: OpenError) -> Self {
        Self::new(match error {
            OpenError::NoAccount => AssistedProblem::Nobody,
            OpenError::Staff => AssistedProblem::Staff,
            OpenError::Disabled => AssistedProblem::Disabled,
            OpenError::Alive => AssistedProblem::Alive,
            OpenError::AdminOnly => AssistedProblem::AdminOnly,
            OpenError::TooMany(wait) => return Self::new(AssistedProblem::TooMany).wait(wait),
            OpenError::Db(error) => return error.into(),
        })
    }
}

impl From<ApproveError> for AppError {
    fn from(error: ApproveError) -> Self {
        Self::new(match error {
            ApproveError::Moved => AssistedProblem::Moved,
            ApproveError::Own => AssistedProblem::Own,
            ApproveError::TooNew => AssistedProblem::TooNew,
            ApproveError::Related => AssistedProblem::Related,
            ApproveError::OpenerGone => AssistedProblem::OpenerGone,
            ApproveError::Db(error) => return error.into(),
        })
    }
}

impl From<AskError> for AppError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Field(problem) => Self::field("email", problem),
            AskError::Send(error) => error.into(),
            AskError::Check(error) => error.into(),
            AskError::Moved => Self::new(AssistedProblem::Moved).on(ASK),
            AskError::Db(error) => error.into(),
        }
    }
}
