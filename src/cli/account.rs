//! Commands that manage one account.

use std::io::Read as _;

use super::{CreateAccount, choose_password, hash, refuse};
use crate::{
    account::deletion::purge,
    clock::Clock,
    config::Config,
    domain::{
        accounts::{self, Account, CreateError, NewAccount, Role, State},
        audit::{self, EventKind},
        client::Client,
        format,
        ids::AccountId,
        roles::{self, GiveError, RoleRequest},
        session,
        values::{EmailAddress, Username, identifier_key},
        verification::{codes, flows},
    },
    i18n::Locale,
    server::{self, StartError},
    state::AppState,
};

pub(super) async fn create(config: Config, new: CreateAccount) -> Result<(), StartError> {
    let login = Username::parse(&new.login).map_err(|e| refuse(format!("--login: {e:?}")))?;
    let email = EmailAddress::parse(&new.email).map_err(|e| refuse(format!("--email: {e:?}")))?;
    let typed = if new.password_stdin {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| refuse(format!("standard input: {e}")))?;
        Some(text.trim_end_matches(['\n', '\r']).to_owned())
    } else {
        None
    };
    let words = [login.as_str(), email.user(), config.shop_name.as_str()];
    let (password, made_up) = choose_password(&config, typed, &words)?;
    let hash = hash(&password).await?;
    let state = server::build(config).await?;
    let now = state.clock.now();
    let id: AccountId = state.random.id(now);
    let mut tx = state.db.begin().await?;
    let account = NewAccount {
        id: &id,
        login: &login,
        email: &email,
        password_hash: &hash,
        locale: Locale::default(),
        role: new.role,
    };
    accounts::create(&mut tx, &state.keys, &account, now).await.map_err(|error| match error {
        CreateError::Db(error) => StartError::Db(error),
        taken => refuse(taken.to_string()),
    })?;
    let client = Client::command_line();
    audit::record(&mut tx, &state.random, now, EventKind::Registered, Some(&id), &client).await?;
    if new.role.is_staff()
        && let Some(account) = accounts::get_for_update(&mut tx, &id).await?
    {
        let giving = RoleRequest { role: new.role, by: None, client: &client };
        roles::tell(&state, &mut tx, &account, &giving).await?;
    }
    tx.commit().await?;
    state.db.close().await;
    println!("Account {} was made.", login.as_str());
    if let Some(password) = made_up {
        println!("Password: {password}");
    }
    Ok(())
}

pub(super) async fn show(config: &Config, login: &str) -> Result<(), StartError> {
    let db = server::open_database(config).await?;
    let account = accounts::find(&db, &identifier_key(login)).await?;
    let account = account.ok_or_else(|| refuse(format!("there is no account {login}")))?;
    let sessions = session::count(&db, &account.id, Clock::System.now()).await?;
    db.close().await;
    println!("login             {}", account.login);
    println!("e-mail            {}", account.email);
    println!("role              {}", account.role().as_str());
    if let Some(at) = account.role_given_at {
        println!("role given        {}", format::machine(at));
    }
    println!("state             {}", if account.is_active() { "active" } else { "disabled" });
    if let Some(at) = account.frozen_at {
        println!("frozen            {} (two addresses claim it)", format::machine(at));
    }
    if let Some(at) = account.delete_at {
        println!("will be deleted   {}", format::machine(at));
    }
    println!("language          {}", account.locale());
    println!("made              {}", format::machine(account.created_at));
    println!("password changed  {}", format::machine(account.password_changed_at));
    println!("sessions          {sessions}");
    Ok(())
}

/// Builds the application without serving it, and finds the account with this name.
async fn open(config: Config, login: &str) -> Result<(AppState, Account), StartError> {
    let state = server::build(config).await?;
    match accounts::find(&state.db, &identifier_key(login)).await? {
        Some(account) => Ok((state, account)),
        None => {
            state.db.close().await;
            Err(refuse(format!("there is no account {login}")))
        }
    }
}

/// Disables or enables an account; its sessions, codes and flows end either way.
pub(super) async fn set_state(
    config: Config,
    login: &str,
    wanted: State,
) -> Result<(), StartError> {
    let (state, account) = open(config, login).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    accounts::set_state(&mut tx, &account.id, wanted, now).await?;
    session::end_all(&mut tx, &account.id).await?;
    codes::end_all(&mut tx, &account.id).await?;
    flows::end_others(&mut tx, &account.id, None).await?;
    let (kind, client) = (EventKind::StateChanged, Client::command_line());
    audit::record(&mut tx, &state.random, now, kind, Some(&account.id), &client).await?;
    tx.commit().await?;
    state.db.close().await;
    let done = if wanted == State::Active { "enabled" } else { "disabled" };
    println!("Account {} is {done}.", account.login);
    Ok(())
}

/// Sets the role of an account. A running server sends the emails about it.
pub(super) async fn set_role(config: Config, login: &str, role: Role) -> Result<(), StartError> {
    let (state, account) = open(config, login).await?;
    let given = give_role(&state, &account.id, role).await;
    state.db.close().await;
    let words = match given {
        Ok(()) => "is now",
        // A script may run twice.
        Err(GiveError::Same) => "was already",
        Err(GiveError::Db(error)) => return Err(StartError::Db(error)),
        Err(error) => return Err(refuse(format!("{}: {error}", account.login))),
    };
    println!("Account {} {words} {}.", account.login, role.as_str());
    Ok(())
}

async fn give_role(state: &AppState, id: &AccountId, role: Role) -> Result<(), GiveError> {
    let mut tx = state.db.begin().await?;
    let giving = RoleRequest { role, by: None, client: &Client::command_line() };
    roles::give(state, &mut tx, id, &giving).await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of an account.
pub(super) async fn end_sessions(config: Config, login: &str) -> Result<(), StartError> {
    let (state, account) = open(config, login).await?;
    let mut tx = state.db.begin().await?;
    let ended = session::end_all(&mut tx, &account.id).await?;
    let (kind, client) = (EventKind::AllEnded, Client::command_line());
    let now = state.clock.now();
    audit::record(&mut tx, &state.random, now, kind, Some(&account.id), &client).await?;
    tx.commit().await?;
    state.db.close().await;
    println!("Account {} was signed out; sessions ended: {ended}.", account.login);
    Ok(())
}

/// Deletes an account without a grace period. A running server sends the email about it.
pub(super) async fn delete(config: Config, login: &str) -> Result<(), StartError> {
    let (state, account) = open(config, login).await?;
    let done = purge::purge(&state, &account.id, false).await?;
    state.db.close().await;
    let words = if done { "was deleted" } else { "was gone already" };
    println!("Account {} {words}.", account.login);
    Ok(())
}
