//! The server functions of the console.

use leptos::prelude::*;

use super::{
    ANSWERS,
    outcome::Outcome,
    posted::{Posted, act, acting_staff, conversation_id, staff},
    service::{OperatorError, actions, canned, facts},
};
use crate::{
    clock::{Duration, days},
    domain::ids::{AccountId, CannedId, ConversationId},
    error::AppError,
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice},
        post_redirect_get::respond,
        redirect::Redirect,
    },
    i18n::Locale,
    support::conversation::{self, Side},
};

/// How long a browser remembers that shortcuts are turned off.
const KEYS_KEPT: Duration = days(365);

/// Reports that an operator is typing in the conversation that the address names.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_typing")]
pub(crate) async fn typing() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let id = request.query("conversation").unwrap_or_default();
    let result = async {
        staff(&mut request).await?;
        if let Some(id) = ConversationId::parse(&id)
            && conversation::get(&request.state.db, &id).await?.is_some()
        {
            conversation::typing(&request.state, &id, Side::Operator).await?;
        }
        Ok(Outcome::Done)
    };
    let result = result.await;
    Posted::new(&request, "", &id).answer(result)
}

/// Takes a conversation: from nobody, or from the colleague whom the form names as its holder.
///
/// # Errors
/// `taken_by_other` when a colleague was quicker; `conversation_gone`.
#[server(endpoint = "operator_take")]
pub(crate) async fn take(
    #[server(default)] conversation: String,
    #[server(default)] from: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, &conversation, async |state, staff| {
        let id = conversation_id(&conversation)?;
        let from = match from.as_str() {
            "" => None,
            from => Some(AccountId::parse(from).ok_or(OperatorError::TakenByOther)?),
        };
        actions::take(&state, &staff, &id, from.as_ref()).await.map(|()| Outcome::Done)
    })
    .await
}

/// Hands a conversation over to a colleague on duty.
///
/// # Errors
/// `not_on_duty`, `taken_by_other`, `conversation_gone`.
#[server(endpoint = "operator_hand_over")]
pub(crate) async fn hand_over(
    #[server(default)] conversation: String,
    #[server(default)] to: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, &conversation, async |state, staff| {
        let id = conversation_id(&conversation)?;
        let to = AccountId::parse(&to).ok_or(OperatorError::NotOnDuty)?;
        actions::hand_over(&state, &staff, &id, &to).await.map(|()| Outcome::HandedOver)
    })
    .await
}

/// Closes a conversation: `solved` is `yes` or `no`.
///
/// # Errors
/// `taken_by_other`, `conversation_gone`.
#[server(endpoint = "operator_close")]
pub(crate) async fn close(
    #[server(default)] conversation: String,
    #[server(default)] solved: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, &conversation, async |state, staff| {
        actions::close(&state, &staff, &conversation_id(&conversation)?, solved == "yes")
            .await
            .map(|()| Outcome::Done)
    })
    .await
}

/// Reopens a closed conversation.
///
/// # Errors
/// `conversation_gone`.
#[server(endpoint = "operator_reopen")]
pub(crate) async fn reopen(
    #[server(default)] conversation: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, &conversation, async |state, staff| {
        actions::reopen(&state, &staff, &conversation_id(&conversation)?)
            .await
            .map(|()| Outcome::Done)
    })
    .await
}

/// Looks at the account that a conversation is about; the account's owner sees this in Activity.
///
/// # Errors
/// `about_no_account`, `conversation_gone`.
#[server(endpoint = "operator_look")]
pub(crate) async fn look(
    #[server(default)] conversation: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, &conversation, async |state, staff| {
        facts::look(&state, &staff, &conversation_id(&conversation)?).await.map(|()| Outcome::Done)
    })
    .await
}

/// Sets which account a conversation is about, by login or email.
///
/// # Errors
/// What is wrong with the name; `too_many_tries`; `conversation_gone`.
#[server(endpoint = "operator_claim")]
pub(crate) async fn claim(
    #[server(default)] conversation: String,
    #[server(default)] claimed: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, &conversation, async |state, staff| {
        let found = facts::claim(&state, &staff, &conversation_id(&conversation)?, &claimed).await;
        found.map(|found| if found { Outcome::Found } else { Outcome::NotFound })
    })
    .await
}

/// Sets whether the operator is on duty: `duty` is `on` or `off`.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_duty")]
pub(crate) async fn set_duty(
    #[server(default)] duty: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    act(&back, "", async |state, staff| {
        actions::set_duty(&state, &staff, duty == "on").await.map(|()| Outcome::Done)
    })
    .await
}

/// Turns the shortcuts of this browser on or off: `keys` is `on` or `off`.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_keys")]
pub(crate) async fn set_keys(
    #[server(default)] keys: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result = async {
        staff(&mut request).await?;
        let off = keys == "off";
        request.set_cookie(
            CookieName::ConsoleKeys,
            if off { "off" } else { "" },
            Some(if off { KEYS_KEPT } else { Duration::ZERO }),
        );
        Ok(Outcome::Done)
    };
    let result = result.await;
    Posted::new(&request, &back, "").answer(result)
}

/// Deletes a canned answer.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_canned_remove")]
pub(crate) async fn remove_canned(#[server(default)] id: String) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        acting_staff(&mut request).await?;
        if let Some(id) = CannedId::parse(&id) {
            canned::remove(&request.state, &id).await?;
        }
        request.set_flash(ANSWERS, &Outcome::Removed.keep(Flash::default()));
        Ok(Redirect::to(ANSWERS))
    }
    .await;
    respond(result)
}

/// Adds a few starter texts in one language.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_canned_starters")]
pub(crate) async fn add_starters(
    #[server(default)] answer_locale: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result: Result<Redirect, AppError> = async {
        let staff = acting_staff(&mut request).await?;
        let locale = Locale::parse(&answer_locale).unwrap_or(request.locale);
        canned::add_starters(&request.state, &staff, locale).await?;
        request.set_flash(ANSWERS, &Flash::notice(Notice::Saved));
        Ok(Redirect::to(ANSWERS))
    }
    .await;
    respond(result)
}
