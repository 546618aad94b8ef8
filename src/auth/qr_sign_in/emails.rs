//! The email about a sign-in by QR code.

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

/// "A computer was signed in", with what is known of the computer (ASVS 6.3.7).
pub(crate) fn qr_sign_in(state: &AppState, account: &Account, computer: &Client) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::qr_sign_in::intro(locale, &state.config.shop_name)),
        owner_facts(state, account, computer),
        Block::Text(t::qr_sign_in::you(locale).to_owned()),
        Block::Care(t::qr_sign_in::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::qr_sign_in::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::QrSignIn, account, subject, blocks)
}
