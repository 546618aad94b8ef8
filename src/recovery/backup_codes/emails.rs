//! The emails about backup codes.

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

use super::PAGE;

/// "Backup codes were made": they are another way into the account, and nobody may create one unnoticed (ASVS 6.3.7).
pub(crate) fn backup_codes_made(
    state: &AppState,
    account: &Account,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let shop = &state.config.shop_name;
    let blocks = vec![
        Block::Text(t::saved_codes_made::intro(locale, shop)),
        owner_facts(state, account, client),
        Block::Care(t::saved_codes_made::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::saved_codes_made::subject(locale, shop);
    to_owner(EmailKind::SavedCodesMade, account, subject, blocks)
}

/// "A backup code was used", and how many are left.
pub(crate) fn backup_code_used(
    state: &AppState,
    account: &Account,
    left: i64,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let shop = &state.config.shop_name;
    let left = if left > 0 {
        t::saved_code_used::left(locale, left)
    } else {
        t::saved_code_used::none_left(locale).to_owned()
    };
    let blocks = vec![
        Block::Text(t::saved_code_used::intro(locale, shop)),
        owner_facts(state, account, client),
        Block::Text(left),
        Block::Text(t::saved_code_used::replace(locale, state.config.address_of(PAGE))),
        Block::Care(t::saved_code_used::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::saved_code_used::subject(locale, shop);
    to_owner(EmailKind::SavedCodeUsed, account, subject, blocks)
}
