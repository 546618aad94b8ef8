//! The emails of recovery.

use crate::{
    clock::{DAY, Timestamp},
    domain::{
        account_emails::{good_until, owner_facts, to_owner},
        accounts::Account,
        client::Client,
        format,
        values::{Code, EmailAddress},
        verification::flows::Flow,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// The recovery code: sent to the account's address, or to the one that support arranged.
pub(crate) fn recovery_code(
    state: &AppState,
    account: &Account,
    arranged: Option<&EmailAddress>,
    code: &Code,
    expires_at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    // Only a roaming code, which works in any browser, is valid that long; the code of a delayed email is not, however
    // late it is sent.
    let roams = expires_at - state.clock.now() >= DAY;
    let until = format::datetime(locale, &account.zone(), expires_at);
    let good_until = match arranged {
        Some(_) if roams => Block::Text(t::recovery_code::roaming_arranged(locale, until)),
        None if roams => Block::Text(t::recovery_code::roaming(locale, until)),
        _ => good_until(locale, &account.zone(), expires_at),
    };
    let blocks = vec![
        Block::Text(t::recovery_code::intro(locale, &account.login)),
        Block::Code(code.clone()),
        good_until,
        owner_facts(state, account, client),
        Block::Care(t::never_tell(locale).to_owned()),
        Block::Text(t::recovery_code::not_you(locale).to_owned()),
    ];
    let subject = t::recovery_code::subject(locale, code.display(), &state.config.shop_name);
    let message = to_owner(EmailKind::RecoveryCode, account, subject, blocks);
    match arranged {
        Some(address) => EmailMessage { to: address.as_str().to_owned(), ..message },
        None => message,
    }
}

/// "No account here for this address, try your others."
pub(crate) fn unknown_address(
    state: &AppState,
    flow: &Flow,
    email: &EmailAddress,
    client: &Client,
) -> EmailMessage {
    let locale = flow.locale();
    let shop = &state.config.shop_name;
    EmailMessage {
        kind: EmailKind::UnknownAddress,
        to: email.as_str().to_owned(),
        account_id: None,
        login: None,
        locale,
        subject: t::unknown_address::subject(locale, shop),
        blocks: vec![
            Block::Text(t::unknown_address::intro(locale, shop, email.shown())),
            Block::Text(t::unknown_address::others(locale).to_owned()),
            Block::Facts(EmailMessage::origin_facts(
                locale,
                &format::Zone::default(),
                state.clock.now(),
                client,
            )),
            Block::Button(t::unknown_address::button(locale), state.config.address_of("/recover")),
            Block::Care(t::unknown_address::not_you(locale).to_owned()),
        ],
    }
}
