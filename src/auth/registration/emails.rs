//! The emails of registration.

use crate::{
    clock::Timestamp,
    domain::{
        account_emails::{good_until, to_owner},
        accounts::Account,
        client::Client,
        format,
        values::Code,
        verification::flows::Flow,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// The code that confirms an address.
pub(crate) fn confirm_address(
    state: &AppState,
    flow: &Flow,
    code: &Code,
    expires_at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let locale = flow.locale();
    let now = state.clock.now();
    let shop = &state.config.shop_name;
    let login = flow.login.clone().unwrap_or_default();
    let mut facts = vec![(t::facts::account(locale), login.clone())];
    facts.extend(EmailMessage::origin_facts(locale, &format::Zone::default(), now, client));
    EmailMessage {
        kind: EmailKind::ConfirmAddress,
        to: flow.typed.clone(),
        account_id: None,
        login: Some(login),
        locale,
        subject: t::confirm_address::subject(locale, code.display(), shop),
        blocks: vec![
            Block::Text(t::confirm_address::intro(locale, shop)),
            Block::Code(code.clone()),
            good_until(locale, &format::Zone::default(), expires_at),
            Block::Facts(facts),
            Block::Care(t::never_tell(locale).to_owned()),
            Block::Text(t::confirm_address::not_you(locale).to_owned()),
        ],
    }
}

/// The registration data: the email that users search for when they have forgotten their login.
pub(crate) fn welcome(state: &AppState, account: &Account) -> EmailMessage {
    let locale = account.locale();
    let shop = &state.config.shop_name;
    let facts = vec![
        (t::facts::login(locale), account.login.clone()),
        (t::facts::email(locale), account.shown_email()),
        (t::facts::registered(locale), format::date(locale, &account.zone(), account.created_at)),
    ];
    let blocks = vec![
        Block::Text(t::welcome::intro(locale, shop)),
        Block::Facts(facts),
        Block::Text(t::welcome::keep(locale).to_owned()),
        Block::Button(t::welcome::button(locale), state.config.address_of("/sign-in")),
        Block::Text(t::welcome::forgot(locale, state.config.address_of("/recover"))),
    ];
    to_owner(EmailKind::Welcome, account, t::welcome::subject(locale, shop), blocks)
}
