//! The emails of a forgotten login.

use crate::{
    domain::{
        account_emails::to_owner,
        accounts::Account,
        client::Client,
        format::{self, Zone},
        values::{EmailAddress, identifier_key},
    },
    i18n::{Locale, emails as t},
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// Names the account that an address has, or had.
pub(crate) fn reminder(
    state: &AppState,
    account: &Account,
    email: &EmailAddress,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let shop = &state.config.shop_name;
    let zone = account.zone();
    let current = identifier_key(&account.email) == email.key();
    let intro = if current {
        t::login_reminder::intro(locale, shop)
    } else {
        t::login_reminder::intro_former(locale, shop)
    };
    let mut facts = vec![
        (t::facts::login(locale), account.login.clone()),
        (t::facts::registered(locale), format::date(locale, &zone, account.created_at)),
    ];
    facts.extend(EmailMessage::origin_facts(locale, &zone, state.clock.now(), client));
    let blocks = vec![
        Block::Text(intro),
        Block::Facts(facts),
        Block::Button(t::welcome::button(locale), state.config.address_of("/sign-in")),
        Block::Text(t::welcome::forgot(locale, state.config.address_of("/recover"))),
        Block::Care(t::unknown_address::not_you(locale).to_owned()),
    ];
    let subject = t::login_reminder::subject(locale, shop);
    let message = to_owner(EmailKind::LoginReminder, account, subject, blocks);
    // As stored: of two spellings with the same key, one may lead to another mailbox.
    let to = if current { account.email.clone() } else { email.as_str().to_owned() };
    EmailMessage { to, ..message }
}

/// "This address has no account, try your others."
pub(crate) fn no_account(
    state: &AppState,
    email: &EmailAddress,
    locale: Locale,
    client: &Client,
) -> EmailMessage {
    let shop = &state.config.shop_name;
    let facts = EmailMessage::origin_facts(locale, &Zone::default(), state.clock.now(), client);
    EmailMessage {
        kind: EmailKind::LoginReminder,
        to: email.as_str().to_owned(),
        account_id: None,
        login: None,
        locale,
        subject: t::unknown_address::subject(locale, shop),
        blocks: vec![
            Block::Text(t::login_reminder::none(locale, shop, email.shown())),
            Block::Text(t::unknown_address::others(locale).to_owned()),
            Block::Facts(facts),
            Block::Button(
                t::unknown_address::button(locale),
                state.config.address_of("/recover/login"),
            ),
            Block::Care(t::unknown_address::not_you(locale).to_owned()),
        ],
    }
}
