//! The email about an export.

use crate::{
    domain::{
        account_emails::{owner_facts, to_owner},
        accounts::Account,
        client::Client,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// "A copy of your data was made."
pub(crate) fn export_ready(state: &AppState, account: &Account, client: &Client) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::export_ready::intro(locale, &state.config.shop_name)),
        owner_facts(state, account, client),
        Block::Care(t::export_ready::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::export_ready::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::ExportReady, account, subject, blocks)
}
