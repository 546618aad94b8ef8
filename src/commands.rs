//! The command line: one function a command.

use std::{io::Read as _, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    forms::{Email, Login, Password, PasswordContext},
    i18n::Locale,
    server::{
        accounts::{self, CreateError, NewAccount},
        client::Client,
        clock::Clock,
        codes,
        config::Config,
        events::{self, EventKind},
        hashing::Hasher,
        logs,
        outbox::Mailer,
        random::Random,
        run::{self, StartError},
        secret::Keys,
        session, when,
    },
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
    Show {
        /// Login name or e-mail address
        login: String,
    },
}

#[derive(Args)]
struct CreateAccount {
    /// Login name
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

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Shopper,
    Operator,
    Admin,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
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

/// Runs the command that was asked for.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = Config::load(cli.config.as_deref(), environment())
        .map_err(StartError::from)
        .and_then(|config| {
            logs::init(&config.log);
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

/// The environment, less what is no text: it cannot be a setting of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

async fn execute(command: Command, config: Config) -> Result<(), StartError> {
    match command {
        Command::Serve => run::serve(config).await,
        Command::Migrate => {
            run::open_database(&config).await?.close().await;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Check => check(&config).await,
        Command::Account(AccountCommand::Create(new)) => create_account(&config, new).await,
        Command::Account(AccountCommand::Show { login }) => show_account(&config, &login).await,
        Command::SampleData(sample) => sample_data(&config, sample).await,
    }
}

async fn check(config: &Config) -> Result<(), StartError> {
    println!("Settings: all right.");
    let db = run::open_database(config).await?;
    db.ping().await?;
    db.close().await;
    println!("Database: reached, up to date.");
    match &config.smtp_url {
        Some(url) => {
            Mailer::smtp(url)?.test().await.map_err(StartError::Smtp)?;
            println!("SMTP: answers.");
        }
        None => println!("SMTP: not set; letters go to the development mailbox."),
    }
    Ok(())
}

fn refuse(reason: impl Into<String>) -> StartError {
    StartError::Command(reason.into())
}

async fn create_account(config: &Config, new: CreateAccount) -> Result<(), StartError> {
    let login = Login::parse(&new.login).map_err(|e| refuse(format!("--login: {e:?}")))?;
    let email = Email::parse(&new.email).map_err(|e| refuse(format!("--email: {e:?}")))?;
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
    let (password, made_up) = choose_password(config, typed, &words)?;
    let hash = hash(&password).await?;
    let keys = Keys::derive(&config.secret);
    let db = run::open_database(config).await?;
    let now = Clock::System.now();
    let id = Random::System.id(now);
    let mut tx = db.begin().await?;
    let account = NewAccount {
        id: &id,
        login: &login,
        email: &email,
        password_hash: &hash,
        locale: Locale::default(),
        role: new.role.as_str(),
    };
    accounts::create(&mut tx, &keys, &account, now).await.map_err(|error| match error {
        CreateError::Db(error) => StartError::Db(error),
        taken => refuse(taken.to_string()),
    })?;
    let client = Client::command_line();
    events::record(&mut tx, &Random::System, now, EventKind::Registered, Some(&id), &client)
        .await?;
    tx.commit().await?;
    db.close().await;
    println!("Account {} was made.", login.as_str());
    if let Some(password) = made_up {
        println!("Password: {password}");
    }
    Ok(())
}

/// The password that was given, judged, or one of 120 random bits.
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
    hasher.hash(password).await.map_err(|e| refuse(e.to_string()))
}

async fn show_account(config: &Config, login: &str) -> Result<(), StartError> {
    let db = run::open_database(config).await?;
    let account = accounts::find(&db, &crate::forms::identifier_key(login)).await?;
    let account = account.ok_or_else(|| refuse(format!("there is no account {login}")))?;
    let sessions = session::count(&db, &account.id, Clock::System.now()).await?;
    db.close().await;
    println!("login             {}", account.login);
    println!("e-mail            {}", account.email);
    println!("role              {}", account.role);
    println!("state             {}", if account.is_active() { "active" } else { "disabled" });
    println!("language          {}", account.locale());
    println!("made              {}", when::machine(account.created_at));
    println!("password changed  {}", when::machine(account.password_changed_at));
    println!("sessions          {sessions}");
    Ok(())
}

async fn sample_data(config: &Config, sample: SampleData) -> Result<(), StartError> {
    /// Accounts a transaction: enough to be quick, few enough to keep the server usable meanwhile.
    const BATCH: u32 = 5_000;
    if config.is_https() {
        return Err(refuse("sample-data: refused, because LATCHKEY_BASE_URL is https"));
    }
    let (password, made_up) = choose_password(config, sample.password, &[])?;
    let hash = hash(&password).await?;
    let keys = Keys::derive(&config.secret);
    let db = run::open_database(config).await?;
    let now = Clock::System.now();
    for first in (0..sample.accounts).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let mut tx = db.begin().await?;
        for number in first..sample.accounts.min(first + BATCH) {
            let name = format!("user{number}");
            let login = Login::parse(&name).map_err(|e| refuse(format!("{e:?}")))?;
            let email = Email::parse(&format!("{name}@{}", sample.domain))
                .map_err(|e| refuse(format!("--domain: {e:?}")))?;
            if accounts::is_taken(&db, &keys, &login.key(), now).await? {
                continue;
            }
            let id = Random::System.id(now);
            let account = NewAccount {
                id: &id,
                login: &login,
                email: &email,
                password_hash: &hash,
                locale: Locale::default(),
                role: "shopper",
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
