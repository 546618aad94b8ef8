//! The emails about a role change: to the account, and to all admins.

use super::RoleRequest;
use crate::{
    domain::{
        account_emails::to_owner,
        accounts::{Account, Role},
        format,
    },
    i18n::{Locale, emails as t, staff as words},
    mailer::{Block, EmailKind, EmailMessage},
    state::AppState,
};

/// Returns the display name of a role.
pub(crate) fn name(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Shopper => words::role_shopper(locale),
        Role::Operator => words::role_operator(locale),
        Role::Admin => words::role_admin(locale),
    }
}

/// Builds "Your role was changed".
pub(crate) fn to_its_owner(
    state: &AppState,
    account: &Account,
    giving: &RoleRequest<'_>,
) -> EmailMessage {
    let locale = account.locale();
    let shop = &state.config.shop_name;
    let intro = if giving.role.is_staff() {
        t::role_changed::intro_staff(locale, shop)
    } else {
        t::role_changed::intro_shopper(locale, shop)
    };
    let blocks = vec![
        Block::Text(intro),
        Block::Facts(facts(state, account, account, giving)),
        Block::Care(t::role_changed::not_meant_own(locale).to_owned()),
    ];
    let subject = t::role_changed::subject_own(locale, shop);
    to_owner(EmailKind::RoleChanged, account, subject, blocks)
}

/// Builds "The role of an account was changed" for an admin, with everything that helps to see whether it was intended.
pub(crate) fn to_admin(
    state: &AppState,
    admin: &Account,
    account: &Account,
    giving: &RoleRequest<'_>,
) -> EmailMessage {
    let locale = admin.locale();
    let shop = &state.config.shop_name;
    let mut facts = facts(state, admin, account, giving);
    if giving.by.is_some() {
        let origin =
            EmailMessage::origin_facts(locale, &admin.zone(), state.clock.now(), giving.client);
        // The first fact is the time, which is listed already.
        facts.extend(origin.into_iter().skip(1));
    }
    let blocks = vec![
        Block::Text(t::role_changed::intro_admin(locale, &account.login, shop)),
        Block::Facts(facts),
        Block::Care(t::role_changed::not_meant_admin(locale).to_owned()),
        Block::Button(t::role_changed::button(locale), state.config.address_of("/operator/staff")),
    ];
    let subject = t::role_changed::subject_admin(locale, &account.login, shop);
    to_owner(EmailKind::RoleChanged, admin, subject, blocks)
}

/// Returns the account, the role, who assigned it and when, formatted for `reader`.
fn facts(
    state: &AppState,
    reader: &Account,
    account: &Account,
    giving: &RoleRequest<'_>,
) -> Vec<(&'static str, String)> {
    let locale = reader.locale();
    let by = match giving.by {
        Some(admin) => admin.login.clone(),
        None => words::by_command(locale).to_owned(),
    };
    vec![
        (t::facts::account(locale), account.login.clone()),
        (words::role(locale), name(locale, giving.role).to_owned()),
        (words::by(locale), by),
        (t::facts::when(locale), format::datetime(locale, &reader.zone(), state.clock.now())),
    ]
}
