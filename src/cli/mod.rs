//! The command line: one function per command.

mod account;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{
    clock::Clock,
    config::Config,
    domain::{
        accounts::{self, CreateError, NewAccount, Role, State},
        client::COMMAND_LINE,
        ids::AccountId,
        values::{EmailAddress, Password, PasswordContext, Username},
        verification::codes,
    },
    i18n::Locale,
    mailer::Mailer,
    random::Random,
    security::{KeyRing, password_hashing::Hasher},
    server::{self, StartError},
    telemetry,
};

/// The account desk of an online shop.
#[derive(Parser)]
#[command(name = "latchkey", version, about)]
struct Cli {
    /// The settings file [default: latchkey.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (what happens without a command, too)
    Serve,
    /// Bring the database up to date, and stop
    Migrate,
    /// Check settings, database and SMTP server without serving
    Check,
    /// Look after accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Fill the database with confirmed accounts user0 … user(N-1)
    SampleData(SampleData),
}

#[derive(Subcommand)]
enum AccountCommand {
    /// Make a confirmed account
    Create(CreateAccount),
    /// Show an account
    Show(Named),
    /// Let nobody use an account; its sessions end at once
    Disable(Named),
    /// Let an account be used again, also one that was frozen because two addresses claimed it
    Enable(Named),
    /// Set what an account may do; it is signed out, and all admins get an email
    SetRole(SetRole),
    /// Sign an account out on all devices
    EndSessions(Named),
    /// Delete an account at once, with all that is stored about its owner
    Delete(Named),
}

#[derive(Args)]
struct Named {
    /// Username or e-mail address
    login: String,
}

#[derive(Args)]
struct CreateAccount {
    /// Username
    #[arg(long)]
    login: String,
    /// E-mail address
    #[arg(long)]
    email: String,
    /// Read the password from standard input; otherwise one is made up and printed
    #[arg(long)]
    password_stdin: bool,
    /// What the account may do
    #[arg(long, value_enum, default_value_t = Role::Shopper)]
    role: Role,
}

#[derive(Args)]
struct SetRole {
    /// Username or e-mail address
    login: String,
    /// What the account may do
    #[arg(value_enum)]
    role: Role,
}

#[derive(Args)]
struct SampleData {
    /// How many accounts
    #[arg(long)]
    accounts: u32,
    /// The domain of their addresses
    #[arg(long, default_value = "sample.example")]
    domain: String,
    /// One password for all; otherwise one is made up and printed
    #[arg(long)]
    password: Option<String>,
}

/// Runs the requested command.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = Config::load(cli.config.as_deref(), environment())
        .map_err(StartError::from)
        .and_then(|config| {
            telemetry::init(&config.log);
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .map_err(StartError::Listen)?;
            runtime.block_on(execute(cli.command.unwrap_or(Command::Serve), config))
        });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the environment without variables that are not text: they cannot be settings of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

async fn execute(command: Command, config: Config) -> Result<(), StartError> {
    match command {
        Command::Serve => server::serve(config).await,
        Command::Migrate => {
            server::open_database(&config).await?.close().await;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Check => check(&config).await,
        Command::Account(AccountCommand::Create(new)) => account::create(config, new).await,
        Command::Account(AccountCommand::Show(named)) => account::show(&config, &named.login).await,
        Command::Account(AccountCommand::Disable(named)) => {
            account::set_state(config, &named.login, State::Disabled).await
        }
        Command::Account(AccountCommand::Enable(named)) => {
            account::set_state(config, &named.login, State::Active).await
        }
        Command::Account(AccountCommand::SetRole(new)) => {
            account::set_role(config, &new.login, new.role).await
        }
        Command::Account(AccountCommand::EndSessions(named)) => {
            account::end_sessions(config, &named.login).await
        }
        Command::Account(AccountCommand::Delete(named)) => {
            account::delete(config, &named.login).await
        }
        Command::SampleData(sample) => sample_data(&config, sample).await,
    }
}

async fn check(config: &Config) -> Result<(), StartError> {
    println!("Settings: all right.");
    let db = server::open_database(config).await?;
    db.ping().await?;
    let behind_pooler = db.is_behind_pooler();
    db.close().await;
    println!("Database: reached, up to date.");
    if behind_pooler {
        let listens = match config.database_direct_url {
            Some(_) => "live updates go by LATCHKEY_DATABASE_DIRECT_URL",
            None => "with more than one instance set LATCHKEY_DATABASE_DIRECT_URL, too",
        };
        println!("Database: behind a pooler in transaction mode; {listens}.");
    }
    match &config.smtp_url {
        Some(url) => {
            let mailer = Mailer::smtp(url, &config.base_url)?;
            let offers = mailer.test().await.map_err(StartError::Smtp)?;
            println!("SMTP: answers.");
            if offers.is_some_and(|offers| !offers.encrypted) {
                println!("SMTP: the connection is not encrypted.");
            }
            if offers.is_some_and(|offers| !offers.beyond_ascii) {
                println!(
                    "SMTP: the server does not offer SMTPUTF8: addresses with letters beyond ASCII before the @ are refused."
                );
            }
        }
        None => println!("SMTP: not set; emails go to the development mailbox."),
    }
    Ok(())
}

fn refuse(reason: impl Into<String>) -> StartError {
    StartError::Command(reason.into())
}

/// Returns the given password, checked, or one of 120 random bits.
fn choose_password(
    config: &Config,
    typed: Option<String>,
    words: &[&str],
) -> Result<(Password, Option<String>), StartError> {
    let code = || codes::make(&Random::System, true).display();
    let made_up = typed.is_none().then(|| format!("{}-{}", code(), code()));
    let text = typed.or_else(|| made_up.clone()).unwrap_or_default();
    let context = PasswordContext { min: config.password_min, words };
    let password =
        Password::choose(&text, &context).map_err(|e| refuse(format!("the password: {e:?}")))?;
    Ok((password, made_up))
}

async fn hash(password: &Password) -> Result<String, StartError> {
    let hasher = Hasher::new(1, Clock::System, Random::System);
    hasher.hash(password.as_secret(), COMMAND_LINE).await.map_err(|e| refuse(e.to_string()))
}

async fn sample_data(config: &Config, sample: SampleData) -> Result<(), StartError> {
    /// Accounts per transaction: enough to be fast, few enough to keep the server usable meanwhile.
    const BATCH: u32 = 5_000;
    if config.is_https() {
        return Err(refuse("sample-data: refused, because LATCHKEY_BASE_URL is https"));
    }
    let (password, made_up) = choose_password(config, sample.password, &[])?;
    let hash = hash(&password).await?;
    let keys = KeyRing::derive(&config.secret);
    let db = server::open_database(config).await?;
    let now = Clock::System.now();
    for first in (0..sample.accounts).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let mut tx = db.begin().await?;
        for number in first..sample.accounts.min(first + BATCH) {
            let name = format!("user{number}");
            let login = Username::parse(&name).map_err(|e| refuse(format!("{e:?}")))?;
            let email = EmailAddress::parse(&format!("{name}@{}", sample.domain))
                .map_err(|e| refuse(format!("--domain: {e:?}")))?;
            if accounts::is_taken(&db, &keys, &login).await? {
                continue;
            }
            let id: AccountId = Random::System.id(now);
            let account = NewAccount {
                id: &id,
                login: &login,
                email: &email,
                password_hash: &hash,
                locale: Locale::default(),
                role: Role::Shopper,
            };
            accounts::create(&mut tx, &keys, &account, now).await.map_err(|error| match error {
                CreateError::Db(error) => StartError::Db(error),
                taken => refuse(format!("{name}: {taken}")),
            })?;
        }
        tx.commit().await?;
    }
    db.close().await;
    println!("Accounts user0 … user{} are there.", sample.accounts.saturating_sub(1));
    if let Some(password) = made_up {
        println!("Password: {password}");
    }
    Ok(())
}
