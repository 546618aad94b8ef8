//! The email about a changed login.

use crate::{
    domain::{
        account_emails::{owner_facts, to_owner},
        accounts::Account,
        client::Client,
        values::Username,
    },
    i18n::emails as t,
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// "Your login was changed". `account` is the account before the change.
pub(crate) fn username_changed(
    state: &AppState,
    account: &Account,
    new: &Username,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::login_changed::intro(locale, new.as_str(), &account.login)),
        owner_facts(state, account, client),
        Block::Care(t::login_changed::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::login_changed::subject(locale, &state.config.shop_name);
    let email = to_owner(EmailKind::LoginChanged, account, subject, blocks);
    EmailMessage { login: Some(new.as_str().to_owned()), ..email }
}
