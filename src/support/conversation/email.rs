//! "An answer waits", by email.

use super::{Conversation, due_for_email, take_email};
use crate::{
    db::DbError,
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// Emails shoppers whose answer waits. Several instances may do so at the same time: each email is sent once.
#[tracing::instrument(skip_all)]
pub(crate) async fn tell_waiting(state: &AppState) -> Result<(), DbError> {
    let now = state.clock.now();
    for id in due_for_email(&state.db, now).await? {
        let mut tx = state.db.begin().await?;
        let Some(conversation) = take_email(&mut tx, &id, now).await? else { continue };
        if let Some(message) = answer_waits(state, &conversation) {
            state.outbox.enqueue(&mut tx, message, true, now, None).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Builds the email. It contains nothing of the conversation: the reader of the mailbox need not be the author.
#[must_use]
pub(crate) fn answer_waits(state: &AppState, conversation: &Conversation) -> Option<EmailMessage> {
    let locale = conversation.locale();
    let shop = &state.config.shop_name;
    let blocks = vec![
        Block::Text(t::answer_waits::intro(locale, shop)),
        Block::Button(t::answer_waits::button(locale), state.config.address_of("/support")),
        Block::Text(t::answer_waits::place(locale).to_owned()),
        Block::Care(t::answer_waits::care(locale).to_owned()),
        Block::Text(t::answer_waits::stop(locale).to_owned()),
    ];
    Some(EmailMessage {
        kind: EmailKind::AnswerWaits,
        to: conversation.email.clone()?,
        account_id: conversation.account_id.clone(),
        login: None,
        locale,
        subject: t::answer_waits::subject(locale, shop),
        blocks,
    })
}
