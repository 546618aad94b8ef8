//! The emails of an address change.

use crate::{
    clock::Timestamp,
    domain::{
        account_emails::{good_until, owner_facts, to_owner},
        accounts::{Account, RECLAIM_WINDOW},
        client::Client,
        email_link, format,
        values::{Code, EmailAddress},
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    security::Token,
    state::AppState,
};

/// The code that confirms the new address.
pub(crate) fn confirm_address(
    state: &AppState,
    account: &Account,
    new: &EmailAddress,
    code: &Code,
    expires_at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::new_address::intro(locale, &account.login, &state.config.shop_name)),
        Block::Code(code.clone()),
        good_until(locale, &account.zone(), expires_at),
        owner_facts(state, account, client),
        Block::Care(t::never_tell(locale).to_owned()),
        Block::Text(t::new_address::not_you(locale).to_owned()),
    ];
    let subject = t::confirm_address::subject(locale, code.display(), &state.config.shop_name);
    let email = to_owner(EmailKind::ConfirmAddress, account, subject, blocks);
    EmailMessage { to: new.as_str().to_owned(), ..email }
}

/// "A new address was requested", sent to the account's current address.
pub(crate) fn address_changing(
    state: &AppState,
    account: &Account,
    new: &EmailAddress,
    link: &Token,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::address_changing::intro(locale, new.shown())),
        owner_facts(state, account, client),
        Block::Text(t::address_changing::you(locale).to_owned()),
        Block::Care(t::address_changing::not_you(locale, last_day(state, account))),
        Block::Button(t::not_me(locale), state.config.address_of(&email_link::path(link))),
    ];
    let subject = t::address_changing::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::AddressChanging, account, subject, blocks)
}

/// "The address was changed", sent to the old address. `old` is the account before the change.
pub(crate) fn address_changed_old(
    state: &AppState,
    old: &Account,
    new: &EmailAddress,
    link: &Token,
    client: &Client,
) -> EmailMessage {
    let locale = old.locale();
    let blocks = vec![
        Block::Text(t::address_changed::intro_old(locale, new.shown())),
        owner_facts(state, old, client),
        Block::Care(t::address_changed::not_you_old(locale, last_day(state, old))),
        Block::Button(t::not_me(locale), state.config.address_of(&email_link::path(link))),
    ];
    let subject = t::address_changed::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::AddressChanged, old, subject, blocks)
}

/// "The address was changed", sent to the new address.
pub(crate) fn address_changed_new(
    state: &AppState,
    old: &Account,
    new: &EmailAddress,
    client: &Client,
) -> EmailMessage {
    let locale = old.locale();
    let blocks = vec![
        Block::Text(t::address_changed::intro_new(locale, &old.login)),
        owner_facts(state, old, client),
        Block::Text(t::address_changed::old_knows(locale, last_day(state, old))),
        Block::Care(t::address_changed::not_you_new(locale).to_owned()),
    ];
    let subject = t::address_changed::subject(locale, &state.config.shop_name);
    let email = to_owner(EmailKind::AddressChanged, old, subject, blocks);
    EmailMessage { to: new.as_str().to_owned(), ..email }
}

/// Returns the last day on which the old address can reclaim the account.
fn last_day(state: &AppState, account: &Account) -> String {
    format::date(account.locale(), &account.zone(), state.clock.now() + RECLAIM_WINDOW)
}
