//! The emails that the steps of an assisted recovery send.

use super::Assisted;
use crate::{
    clock::Timestamp,
    domain::{
        account_emails::{owner_facts, to_owner},
        accounts::{Account, RECLAIM_WINDOW},
        client::Client,
        email_link, format, mask,
        values::EmailAddress,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    security::Token,
    state::AppState,
    support::conversation::Conversation,
};

/// What the owner's email says about a recovery.
pub(crate) struct Asked<'a> {
    /// The recovery.
    pub process: &'a Assisted,
    /// The conversation in which it was requested, if it still exists.
    pub conversation: Option<&'a Conversation>,
    /// When the wait ends.
    pub release_at: Timestamp,
}

/// Builds "Somebody is recovering your account", with "Stop this": sent to every address at which the owner can be
/// reached.
pub(crate) fn assisted_recovery(
    state: &AppState,
    account: &Account,
    to: &str,
    asked: &Asked<'_>,
    link: &Token,
) -> EmailMessage {
    let (locale, shop) = (account.locale(), &state.config.shop_name);
    let full = |at| format::datetime(locale, &account.zone(), at);
    let begun = asked.conversation.map_or(asked.process.opened_at, |chat| chat.created_at);
    let mut facts = vec![
        (t::facts::account(locale), account.login.clone()),
        (t::assisted_recovery::asked_in_chat(locale), full(begun)),
    ];
    if let Some(chat) = asked.conversation {
        facts.push((t::facts::network(locale), chat.network.clone()));
        if let Some(place) = state.geo.place(locale, &chat.network) {
            facts.push((t::facts::place(locale), place));
        }
    }
    if let Some(email) = &asked.process.email {
        // Enough for the owner to recognize the address, too little for an attacker who reads an old mailbox.
        facts.push((t::assisted_recovery::new_address(locale), mask::email_local_part(email)));
    }
    facts.push((t::assisted_recovery::decided(locale), full(state.clock.now())));
    facts.push((t::assisted_recovery::not_before(locale), full(asked.release_at)));
    let blocks = vec![
        Block::Text(t::assisted_recovery::intro(locale, shop)),
        Block::Facts(facts),
        Block::Text(t::assisted_recovery::you(locale).to_owned()),
        Block::Care(t::assisted_recovery::not_you(locale, full(asked.release_at))),
        Block::Button(
            t::assisted_recovery::stop(locale),
            state.config.address_of(&email_link::path(link)),
        ),
        Block::Text(t::assisted_recovery::never_tell(locale).to_owned()),
    ];
    let subject = t::assisted_recovery::subject(locale, shop);
    let message = to_owner(EmailKind::AssistedRecovery, account, subject, blocks);
    EmailMessage { to: to.to_owned(), ..message }
}

/// Builds "The wait is over", sent to the new address with what to do next.
pub(crate) fn assisted_ready(
    state: &AppState,
    account: &Account,
    to: &EmailAddress,
    until: Timestamp,
) -> EmailMessage {
    let (locale, shop) = (account.locale(), &state.config.shop_name);
    let until = format::datetime(locale, &account.zone(), until);
    let blocks = vec![
        Block::Text(t::assisted_ready::intro(locale, shop, until)),
        Block::Text(t::assisted_ready::how(locale, &account.login, to.shown())),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
        Block::Care(t::assisted_recovery::never_tell(locale).to_owned()),
    ];
    let subject = t::assisted_ready::subject(locale, shop);
    let message = to_owner(EmailKind::AssistedReady, account, subject, blocks);
    EmailMessage { to: to.as_str().to_owned(), ..message }
}

/// Builds "The account was recovered with the help of support", sent to the previous address, which can reclaim the
/// account. `old` is the account as it was.
pub(crate) fn recovered_old(
    state: &AppState,
    old: &Account,
    new: &EmailAddress,
    link: &Token,
    client: &Client,
) -> EmailMessage {
    let locale = old.locale();
    let last_day = format::date(locale, &old.zone(), state.clock.now() + RECLAIM_WINDOW);
    let blocks = vec![
        Block::Text(t::assisted_done::intro_old(locale, mask::email_local_part(new.as_str()))),
        owner_facts(state, old, client),
        Block::Care(t::address_changed::not_you_old(locale, last_day)),
        Block::Button(t::not_me(locale), state.config.address_of(&email_link::path(link))),
    ];
    let subject = t::assisted_done::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::AddressChanged, old, subject, blocks)
}

/// Builds the same email for the new address.
pub(crate) fn recovered_new(
    state: &AppState,
    old: &Account,
    new: &EmailAddress,
    client: &Client,
) -> EmailMessage {
    let locale = old.locale();
    let last_day = format::date(locale, &old.zone(), state.clock.now() + RECLAIM_WINDOW);
    let blocks = vec![
        Block::Text(t::assisted_done::intro_new(locale, &old.login)),
        owner_facts(state, old, client),
        Block::Text(t::address_changed::old_knows(locale, last_day)),
        Block::Care(t::address_changed::not_you_new(locale).to_owned()),
    ];
    let subject = t::assisted_done::subject(locale, &state.config.shop_name);
    let message = to_owner(EmailKind::AddressChanged, old, subject, blocks);
    EmailMessage { to: new.as_str().to_owned(), ..message }
}
