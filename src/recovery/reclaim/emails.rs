//! The emails about reclaiming an account.

use crate::{
    domain::{
        account_emails::{owner_facts, to_owner},
        accounts::{Account, RECLAIM_WINDOW},
        client::Client,
        email_link, format,
        values::EmailAddress,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    security::Token,
    state::AppState,
};

/// "The account is yours again", sent to the address that reclaimed it.
pub(crate) fn taken_back(state: &AppState, account: &Account, client: &Client) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::taken_back::intro(locale, account.shown_email())),
        owner_facts(state, account, client),
        Block::Text(t::taken_back::next(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::taken_back::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::AddressChanged, account, subject, blocks)
}

/// "The account was reclaimed from this address", sent to an address in between.
pub(crate) fn taken_from(
    state: &AppState,
    account: &Account,
    address: &EmailAddress,
    link: &Token,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let last_day = format::date(locale, &account.zone(), state.clock.now() + RECLAIM_WINDOW);
    let blocks = vec![
        Block::Text(t::taken_from::intro(locale, &account.login)),
        owner_facts(state, account, client),
        Block::Care(t::taken_from::not_you(locale, last_day)),
        Block::Button(t::not_me(locale), state.config.address_of(&email_link::path(link))),
    ];
    let subject = t::taken_from::subject(locale, &state.config.shop_name);
    let email = to_owner(EmailKind::AddressChanged, account, subject, blocks);
    EmailMessage { to: address.as_str().to_owned(), ..email }
}

/// "The account is frozen", sent to the account's current address.
pub(crate) fn frozen(state: &AppState, account: &Account, client: &Client) -> EmailMessage {
    let locale = account.locale();
    let mut blocks = vec![
        Block::Text(t::frozen::intro(locale).to_owned()),
        owner_facts(state, account, client),
        Block::Text(t::frozen::next(locale).to_owned()),
    ];
    if let Some(shop) = &state.config.shop_url {
        blocks.push(Block::Button(t::frozen::button(locale), shop.to_string()));
    }
    let subject = t::frozen::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::AccountDisabled, account, subject, blocks)
}
