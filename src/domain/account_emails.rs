//! Emails that more than one feature sends.

use crate::{
    clock::{DAY, Timestamp},
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account, AddressStatus, RECLAIM_WINDOW},
        backup_codes,
        client::Client,
        email_link::{self, LinkPurpose},
        format::{self, Zone},
        notification_prefs,
        rate_limit::{self, Key},
        values::{Code, EmailAddress, identifier_key},
        verification::flows::FlowKind,
    },
    i18n::{Locale, emails as t},
    mailer::{Block, EmailKind, EmailMessage},
    security::Token,
    state::AppState,
};

/// Builds an email to the owner of an account from its subject and blocks.
#[must_use]
pub fn to_owner(
    kind: EmailKind,
    account: &Account,
    subject: String,
    blocks: Vec<Block>,
) -> EmailMessage {
    EmailMessage {
        kind,
        to: account.email.clone(),
        account_id: Some(account.id.clone()),
        login: Some(account.login.clone()),
        locale: account.locale(),
        subject,
        blocks,
    }
}

/// Returns "Good until 14:13 UTC": a time, not a duration, because the email may have been delayed.
#[must_use]
pub fn good_until(locale: Locale, zone: &Zone, expires_at: Timestamp) -> Block {
    Block::Text(t::code_good_until(locale, format::clock(zone, expires_at)))
}

/// Returns "Which account, when, from where", as most emails to an owner state it.
#[must_use]
pub fn owner_facts(state: &AppState, account: &Account, client: &Client) -> Block {
    let locale = account.locale();
    let mut facts = vec![(t::facts::account(locale), account.login.clone())];
    facts.extend(EmailMessage::origin_facts(locale, &account.zone(), state.clock.now(), client));
    if let Some(place) = state.geo.place(locale, &client.network) {
        facts.push((t::facts::place(locale), place));
    }
    Block::Facts(facts)
}

/// Builds the email with a code for an owner who is signed in: for a new password, or to reauthenticate. Also for
/// staff, to sign in.
#[must_use]
pub fn account_code(
    state: &AppState,
    account: &Account,
    purpose: FlowKind,
    code: &Code,
    expires_at: Timestamp,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let (kind, login) = (EmailKind::RecoveryCode, &account.login);
    let not_you = t::own_code::not_you(locale);
    let (kind, intro, not_you) = match purpose {
        FlowKind::ChangePassword => (kind, t::own_code::intro_password(locale, login), not_you),
        FlowKind::StaffSignIn => (
            EmailKind::StaffCode,
            t::own_code::intro_staff(locale, login),
            t::own_code::not_you_staff(locale),
        ),
        _ => (kind, t::own_code::intro_confirm(locale, login), not_you),
    };
    let blocks = vec![
        Block::Text(intro),
        Block::Code(code.clone()),
        good_until(locale, &account.zone(), expires_at),
        owner_facts(state, account, client),
        Block::Care(t::never_tell(locale).to_owned()),
        Block::Text(not_you.to_owned()),
        Block::Button(t::own_code::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::recovery_code::subject(locale, code.display(), &state.config.shop_name);
    to_owner(kind, account, subject, blocks)
}

/// The circumstances of a new password.
pub struct AfterPassword<'a> {
    /// Whether it was set by a recovery.
    pub recovered: bool,
    /// The backup codes of the account: void after a recovery, still valid after a change.
    pub backup_codes: backup_codes::CodesLeft,
    /// Whether a pending deletion of the account was stopped.
    pub deletion_stopped: bool,
    /// The token of the link "This was not me".
    pub link: &'a Token,
}

/// Builds "Your password was changed": sent after a recovery and after a change with the old one (ASVS 6.3.7).
#[must_use]
pub fn password_changed(
    state: &AppState,
    account: &Account,
    after: &AfterPassword<'_>,
    client: &Client,
) -> EmailMessage {
    let locale = account.locale();
    let mut blocks = vec![
        Block::Text(t::password_changed::intro(locale).to_owned()),
        owner_facts(state, account, client),
    ];
    if let backup_codes::CodesLeft { remaining: count @ 1.., made_at: Some(made_at) } =
        after.backup_codes
    {
        let day = format::date(locale, &account.zone(), made_at);
        let page = state.config.address_of("/account/settings/codes");
        blocks.push(Block::Text(if after.recovered {
            t::password_changed::codes_void(locale, count, day, page)
        } else {
            t::password_changed::codes_kept(locale, count, day, page)
        }));
    }
    if after.deletion_stopped {
        blocks.push(Block::Text(t::password_changed::deletion_stopped(locale).to_owned()));
    }
    let day = format::date(locale, &account.zone(), state.clock.now() + RECLAIM_WINDOW);
    let recover = state.config.address_of("/recover");
    blocks.extend([
        Block::Care(t::password_changed::undo(locale, day, recover)),
        Block::Button(t::not_me(locale), state.config.address_of(&email_link::path(after.link))),
    ]);
    let subject = t::password_changed::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::PasswordChanged, account, subject, blocks)
}

/// Returns whether the owner of a disabled account is informed again: once a day. Called for every account, and for
/// names without one, so that it takes the same time.
pub async fn account_disabled_is_due(
    state: &AppState,
    tx: &mut Tx,
    whom: &str,
) -> Result<bool, DbError> {
    let once = Key::new(&state.keys, "account-disabled", &[whom]);
    Ok(rate_limit::is_first(tx, &once, DAY, state.clock.now()).await? || !state.config.limits)
}

/// Builds "Your account is disabled": what the page does not say, because it looks the same for everyone.
#[must_use]
pub fn account_disabled(state: &AppState, account: &Account, client: &Client) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::account_disabled::intro(locale, &state.config.shop_name)),
        owner_facts(state, account, client),
        Block::Care(t::account_disabled::not_you(locale).to_owned()),
    ];
    let subject = t::account_disabled::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::AccountDisabled, account, subject, blocks)
}

/// Builds "This address has an account": sent to its owner when a user registers with it or wants to change to it; or,
/// if the address can reclaim an account, the email that says how. `None` if the address is free, was informed today,
/// or its owner does not want such emails.
pub async fn address_in_use(
    state: &AppState,
    tx: &mut Tx,
    status: &AddressStatus,
    address: &EmailAddress,
    first_today: bool,
    client: &Client,
) -> Result<Option<EmailMessage>, DbError> {
    // Looked up for addresses without an account, too: both take the same time.
    let whom = if let AddressStatus::Used(owner) = status { Some(&owner.id) } else { None };
    let wanted = notification_prefs::wants(&state.db, whom, EmailKind::AddressInUse).await?;
    match status {
        AddressStatus::Used(owner) if wanted && first_today => {
            Ok(Some(address_used(state, owner, client)))
        }
        // This email keeps an account safe: nobody can decline it, least of all an attacker who took the account.
        AddressStatus::Held(owner, until) if first_today => {
            address_held(state, tx, owner, *until, address, client).await.map(Some)
        }
        _ => Ok(None),
    }
}

fn address_used(state: &AppState, owner: &Account, client: &Client) -> EmailMessage {
    let locale = owner.locale();
    let shop = &state.config.shop_name;
    let blocks = vec![
        Block::Text(t::address_in_use::intro(locale, shop)),
        owner_facts(state, owner, client),
        Block::Button(t::address_in_use::button(locale), state.config.address_of("/sign-in")),
        Block::Text(t::address_in_use::forgot(locale, state.config.address_of("/recover"))),
        Block::Care(t::address_in_use::not_you(locale).to_owned()),
    ];
    to_owner(EmailKind::AddressInUse, owner, t::address_in_use::subject(locale, shop), blocks)
}

/// Builds the email that says that the account of this address now has another one and can be reclaimed: sent to an
/// address that was changed recently, when a user registers or recovers with it.
pub async fn address_held(
    state: &AppState,
    tx: &mut Tx,
    owner: &Account,
    until: Timestamp,
    address: &EmailAddress,
    client: &Client,
) -> Result<EmailMessage, DbError> {
    let locale = owner.locale();
    let shop = &state.config.shop_name;
    let purpose = LinkPurpose::TakeBack;
    let now = state.clock.now();
    // As it is stored: two spellings of one key may lead to different mailboxes.
    let late = accounts::addresses_of_late(tx, owner, now).await?;
    let stored = late.into_iter().find(|known| identifier_key(known) == address.key());
    let to = stored.unwrap_or_else(|| address.as_str().to_owned());
    let link = email_link::make(tx, &state.random, purpose, &owner.id, &to, now, until).await?;
    let day = format::date(locale, &owner.zone(), until);
    let blocks = vec![
        Block::Text(t::address_held::intro(locale, shop)),
        owner_facts(state, owner, client),
        Block::Text(t::address_held::held(locale).to_owned()),
        Block::Care(t::address_held::not_you(locale, day)),
        Block::Button(t::not_me(locale), state.config.address_of(&email_link::path(&link))),
    ];
    let subject = t::address_changed::subject(locale, shop);
    let message = to_owner(EmailKind::AddressChanged, owner, subject, blocks);
    Ok(EmailMessage { to, ..message })
}

/// Builds "Your account is deleted": sent to the address that it had. The row of the email no longer names an account.
#[must_use]
pub fn deletion_done(state: &AppState, account: &Account) -> EmailMessage {
    let locale = account.locale();
    let shop = &state.config.shop_name;
    let blocks = vec![
        Block::Text(t::deletion_done::intro(locale, &account.login, shop)),
        Block::Text(t::deletion_done::left(locale).to_owned()),
    ];
    let subject = t::deletion_done::subject(locale, shop);
    let message = to_owner(EmailKind::DeletionDone, account, subject, blocks);
    EmailMessage { account_id: None, ..message }
}

/// Builds "Signed in from a new device": at most one a browser, since it is known from then on (ASVS 6.3.5).
#[must_use]
pub fn new_device(state: &AppState, account: &Account, client: &Client) -> EmailMessage {
    let locale = account.locale();
    let blocks = vec![
        Block::Text(t::new_device::intro(locale, &state.config.shop_name)),
        owner_facts(state, account, client),
        Block::Text(t::new_device::you(locale).to_owned()),
        Block::Care(t::password_changed::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
    ];
    let subject = t::new_device::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::NewDevice, account, subject, blocks)
}

/// Builds "Signed in", for users who want to be informed of every sign-in.
#[must_use]
pub fn signed_in(state: &AppState, account: &Account, client: &Client) -> EmailMessage {
    let locale = account.locale();
    let choices = state.config.address_of("/account/settings/letters");
    let blocks = vec![
        Block::Text(t::signed_in::intro(locale, &state.config.shop_name)),
        owner_facts(state, account, client),
        Block::Care(t::password_changed::not_you(locale).to_owned()),
        Block::Button(t::password_changed::button(locale), state.config.address_of("/recover")),
        Block::Text(t::signed_in::choice(locale, choices)),
    ];
    let subject = t::signed_in::subject(locale, &state.config.shop_name);
    to_owner(EmailKind::SignedIn, account, subject, blocks)
}
