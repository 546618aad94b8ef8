//! Letters that more than one room sends.

use crate::{
    i18n::letter as t,
    server::{
        accounts::Account,
        app::App,
        client::Client,
        clock::DAY,
        db::{DbError, Tx},
        outbox::{Block, Letter, LetterKind},
        throttle::{self, Key},
    },
};

/// A letter to the owner of an account, without its text.
#[must_use]
pub fn to_owner(
    kind: LetterKind,
    account: &Account,
    subject: String,
    blocks: Vec<Block>,
) -> Letter {
    Letter {
        kind,
        to: account.email.clone(),
        account_id: Some(account.id.clone()),
        login: Some(account.login.clone()),
        locale: account.locale(),
        subject,
        blocks,
    }
}

/// "Your password was changed": after recovery and after a change with the old one (ASVS 6.3.7).
#[must_use]
pub fn password_changed(app: &App, account: &Account, client: &Client) -> Letter {
    let locale = account.locale();
    let mut facts = vec![(t::facts::account(locale), account.login.clone())];
    facts.extend(Letter::origin_facts(locale, app.clock.now(), client));
    let blocks = vec![
        Block::Text(t::password_changed::intro(locale).to_owned()),
        Block::Facts(facts),
        Block::Care(t::password_changed::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), app.config.address_of("/recover")),
    ];
    let subject = t::password_changed::subject(locale, &app.config.shop_name);
    to_owner(LetterKind::PasswordChanged, account, subject, blocks)
}

/// Whether the owner of a disabled account is told again: once a day. Asked for every account, and
/// for names without one, so that it takes the same time.
///
/// # Errors
/// When the database fails.
pub async fn account_disabled_is_due(app: &App, tx: &mut Tx, whom: &str) -> Result<bool, DbError> {
    let once = Key::new(&app.keys, "account-disabled", &[whom]);
    Ok(throttle::once_per(tx, &once, DAY, app.clock.now()).await?.is_ok() || !app.config.limits)
}

/// "Your account is disabled": what the screen does not say, because it looks the same for everyone.
#[must_use]
pub fn account_disabled(app: &App, account: &Account, client: &Client) -> Letter {
    let locale = account.locale();
    let mut facts = vec![(t::facts::account(locale), account.login.clone())];
    facts.extend(Letter::origin_facts(locale, app.clock.now(), client));
    let blocks = vec![
        Block::Text(t::account_disabled::intro(locale, &app.config.shop_name)),
        Block::Facts(facts),
        Block::Care(t::account_disabled::not_you(locale).to_owned()),
    ];
    let subject = t::account_disabled::subject(locale, &app.config.shop_name);
    to_owner(LetterKind::AccountDisabled, account, subject, blocks)
}
