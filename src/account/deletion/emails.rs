//! The email at the start of a deletion. The one at its end is in `domain::account_emails`, because the command line
//! sends it, too.

use crate::{
    clock::Timestamp,
    domain::{
        account_emails::{owner_facts, to_owner},
        accounts::Account,
        client::Client,
        format,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// "Your account will be deleted."
pub(crate) fn deletion_started(
    state: &AppState,
    account: &Account,
    at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let day = format::date(locale, &account.zone(), at);
    let blocks = vec![
        Block::Text(t::deletion_started::intro(locale, &state.config.shop_name, &day)),
        owner_facts(state, account, client),
        Block::Care(t::deletion_started::keep(locale, &day)),
        Block::Button(t::welcome::button(locale), state.config.address_of("/sign-in")),
        Block::Text(t::deletion_started::not_you(locale, state.config.address_of("/recover"))),
    ];
    let subject = t::deletion_started::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::DeletionStarted, account, subject, blocks)
}
