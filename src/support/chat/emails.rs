//! The email that the chat sends by itself. "An answer waits" is sent by the conversations.

use crate::{
    clock::Timestamp,
    domain::{
        account_emails::good_until, client::Client, format::Zone, values::Code,
        verification::flows::Flow,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// The code that confirms the address for "an answer waits". It names no account, because the address need not have
/// one.
pub(crate) fn confirm_address(
    state: &AppState,
    flow: &Flow,
    code: &Code,
    expires_at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let (locale, now) = (flow.locale(), state.clock.now());
    let shop = &state.config.shop_name;
    let blocks = vec![
        Block::Text(t::support_email::intro(locale, shop)),
        Block::Code(code.clone()),
        good_until(locale, &Zone::default(), expires_at),
        Block::Facts(EmailMessage::origin_facts(locale, &Zone::default(), now, client)),
        Block::Care(t::never_tell(locale).to_owned()),
        Block::Text(t::support_email::not_you(locale).to_owned()),
    ];
    EmailMessage {
        kind: EmailKind::ConfirmAddress,
        to: flow.typed.clone(),
        account_id: None,
        login: None,
        locale,
        subject: t::confirm_address::subject(locale, code.display(), shop),
        blocks,
    }
}
