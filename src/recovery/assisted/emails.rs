//! The email with which the user confirms an address.

use crate::{
    clock::Timestamp,
    domain::{
        account_emails::good_until,
        client::Client,
        format,
        values::{Code, EmailAddress},
        verification::flows::Flow,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// The code that confirms the address to use. The email names the account as the user typed it: nobody has checked yet
/// whether the user may learn more about it.
pub(crate) fn confirm_address(
    state: &AppState,
    flow: &Flow,
    claimed: Option<&str>,
    email: &EmailAddress,
    code: &Code,
    expires_at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let locale = flow.locale();
    let now = state.clock.now();
    let mut facts: Vec<_> = claimed
        .map(|claimed| (t::facts::account(locale), claimed.to_owned()))
        .into_iter()
        .collect();
    facts.extend(EmailMessage::origin_facts(locale, &format::Zone::default(), now, client));
    EmailMessage {
        kind: EmailKind::ConfirmAddress,
        to: email.as_str().to_owned(),
        account_id: None,
        login: None,
        locale,
        subject: t::confirm_address::subject(locale, code.display(), &state.config.shop_name),
        blocks: vec![
            Block::Text(t::assisted_code::intro(locale, &state.config.shop_name)),
            Block::Code(code.clone()),
            good_until(locale, &format::Zone::default(), expires_at),
            Block::Facts(facts),
            Block::Care(t::never_tell(locale).to_owned()),
            Block::Text(t::new_address::not_you(locale).to_owned()),
        ],
    }
}
