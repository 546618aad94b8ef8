//! Building the application, serving it, and stopping it gracefully.

pub mod connections;
mod dev_mail;
pub(crate) mod metrics;
mod router;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, middleware::from_fn_with_state};
use tokio::{
    net::TcpListener,
    signal,
    sync::{Semaphore, watch},
};

use self::metrics::Metrics;
pub use self::router::router;
use crate::{
    account::deletion::purge,
    app,
    auth::qr_sign_in::requests,
    clock::Clock,
    config::{Config, ConfigError},
    db::{Db, DbError},
    domain::{
        accounts::{self, KeysError},
        audit, email_link,
        geoip::Geo,
        known_browser, presses, rate_limit, session,
        verification::{captcha, codes, flows},
    },
    http::assets::Assets,
    mailer::{self, Mailer, Outbox, OutboxParts},
    random::Random,
    realtime::Realtime,
    recovery::assisted::process,
    security::{KeyRing, password_hashing::Hasher},
    server::connections::Limits,
    state::{AppState, Parts},
    support::{conversation, translation},
    turns::{Pace, Turns},
};

/// How often housekeeping runs: idle memory is released, and what is due is done.
const HOUSEKEEPING: Duration = Duration::from_secs(10);
/// The most connections to the admin address.
const ADMIN_CONNECTIONS: usize = 16;
/// Expired rows are deleted once in this many rounds of housekeeping.
const SWEEP_EVERY: u32 = 60;
/// How long requests in progress may take after the signal to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(20);

/// Why the start failed: one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be opened or migrated.
    #[error("LATCHKEY_DATABASE_URL: {0}")]
    Db(#[from] DbError),
    /// The names of the accounts cannot be brought up to date.
    #[error("LATCHKEY_DATABASE_URL: {0}")]
    Keys(#[from] KeysError),
    /// The SMTP server does not answer (only `check` connects to it).
    #[error("LATCHKEY_SMTP_URL: {0}")]
    Smtp(String),
    /// The address cannot be listened on.
    #[error("LATCHKEY_LISTEN: {0}")]
    Listen(std::io::Error),
    /// The address of `/metrics` cannot be listened on.
    #[error("LATCHKEY_ADMIN_LISTEN: {0}")]
    AdminListen(std::io::Error),
    /// A command cannot do what was requested.
    #[error("{0}")]
    Command(String),
}

/// Opens the database and brings it up to date.
///
/// # Errors
/// [`StartError`].
pub async fn open_database(config: &Config) -> Result<Db, StartError> {
    let db = Db::open(&config.database_url, config.database_direct_url.as_deref()).await?;
    db.migrate(&config.database_url).await?;
    accounts::renew_keys(&db).await?;
    Ok(db)
}

/// Builds the application with the machine's clock and randomness.
///
/// # Errors
/// [`StartError`].
pub async fn build(config: Config) -> Result<AppState, StartError> {
    let geo = Geo::open(config.geoip_file.as_deref())
        .map_err(|error| ConfigError::new("geoip_file", error.to_string()))?;
    let db = open_database(&config).await?;
    let mailer = match &config.smtp_url {
        Some(url) => Mailer::smtp(url, &config.base_url)?,
        None => Mailer::Folder(config.mail_folder.clone()),
    };
    let keys = Arc::new(KeyRing::derive(&config.secret));
    let config = Arc::new(config);
    let outbox = Outbox::new(OutboxParts {
        config: Arc::clone(&config),
        db: db.clone(),
        clock: Clock::System,
        random: Random::System,
        keys: Arc::clone(&keys),
        mailer: mailer.clone(),
    });
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(AppState::new(Parts {
        hasher: Hasher::new(threads, Clock::System, Random::System),
        problems: app::problems(),
        assets: Assets::read(&config.site_root),
        clock: Clock::System,
        random: Random::System,
        realtime: Realtime::default(),
        pictures: Turns::new(1),
        estimates: Turns::new(1),
        estimated: Pace::default(),
        checked: Pace::default(),
        pressed: Pace::default(),
        acted: Pace::default(),
        queues: Arc::new(Semaphore::new(1)),
        geo,
        mailer,
        outbox,
        keys,
        db,
        config,
    }))
}

/// Serves until SIGINT or SIGTERM; then finishes what is in progress.
///
/// # Errors
/// [`StartError`].
pub async fn serve(config: Config) -> Result<(), StartError> {
    let state = build(config).await?;
    let router = router(&state).map_err(|e| ConfigError::new("base_url", e.to_string()))?;
    let listener = TcpListener::bind(state.config.listen).await.map_err(StartError::Listen)?;
    let (stop, stopped) = watch::channel(false);
    let router = match state.config.admin_listen {
        Some(address) => serve_metrics(&state, router, address, stopped.clone()).await?,
        None => router,
    };
    let emails = tokio::spawn({
        let (outbox, stopped) = (state.outbox.clone(), stopped.clone());
        async move { outbox.run(stopped).await }
    });
    let signals = tokio::spawn(state.realtime.clone().run(state.db.clone(), stopped.clone()));
    let translations = tokio::spawn(translation::run(state.clone(), stopped.clone()));
    let housekeeping = tokio::spawn(housekeeping(state.clone(), stopped.clone()));
    announce(&state, listener.local_addr().map_err(StartError::Listen)?);

    let limits = Limits::of_this_machine(&state.config.trusted_proxies);
    let mut server = tokio::spawn(connections::serve(listener, router, limits, stopped.clone()));
    tokio::select! {
        result = &mut server => {
            return result.map_err(|error| StartError::Listen(std::io::Error::other(error)));
        }
        () = signalled() => {}
    }
    tracing::info!("stopping: what has begun is finished");
    let _ = stop.send(true);
    state.realtime.stop();
    if tokio::time::timeout(SHUTDOWN_GRACE, server).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, emails).await;
    housekeeping.abort();
    translations.abort();
    signals.abort();
    state.db.close().await;
    Ok(())
}

/// Serves `/metrics` on the admin address; returns the routes with a layer that counts.
async fn serve_metrics(
    state: &AppState,
    router: Router,
    address: SocketAddr,
    stopped: watch::Receiver<bool>,
) -> Result<Router, StartError> {
    let listener = TcpListener::bind(address).await.map_err(StartError::AdminListen)?;
    let metrics = Metrics::default();
    let admin = metrics.clone().router(state.clone());
    let few = ADMIN_CONNECTIONS;
    let limits = Limits { most: few, share: few, ..Limits::of_this_machine(&[]) };
    tokio::spawn(connections::serve(listener, admin, limits, stopped));
    Ok(router.layer(from_fn_with_state(metrics, metrics::count)))
}

/// Prints the address for a user who started it by hand; logs contain the same.
fn announce(state: &AppState, address: SocketAddr) {
    use std::io::IsTerminal as _;
    let base = state.config.origin();
    tracing::info!(%address, base_url = base, "serving");
    if std::io::stdout().is_terminal() || state.config.smtp_url.is_none() {
        println!("{} is served at {base}", state.config.shop_name);
        if state.config.smtp_url.is_none() {
            println!("Mail shows up at {}", state.config.address_of("/dev/mail"));
        }
    }
}

async fn signalled() {
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        () = terminate => {}
    }
}

async fn housekeeping(state: AppState, mut stopped: watch::Receiver<bool>) {
    let mut round = 0u32;
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            _ = stopped.changed() => return,
        }
        state.hasher.release_idle();
        if let Err(error) = process::release_due(&state).await {
            tracing::warn!(%error, "assisted recoveries did not go on");
        }
        if let Err(error) = conversation::tell_waiting(&state).await {
            tracing::warn!(%error, "nobody was told that an answer waits");
        }
        round = round.wrapping_add(1);
        if round % SWEEP_EVERY == 1
            && let Err(error) = sweep(&state).await
        {
            tracing::warn!(%error, "what is over was not swept");
        }
    }
}

/// Deletes everything that has expired.
#[tracing::instrument(skip_all)]
pub async fn sweep(state: &AppState) -> Result<(), DbError> {
    if let Err(error) = purge::sweep(state).await {
        tracing::error!(%error, "accounts that are due were not deleted");
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    accounts::release_held(&mut tx, now).await?;
    email_link::sweep(&mut tx, now).await?;
    rate_limit::sweep(&mut tx, now).await?;
    session::sweep(&mut tx, now).await?;
    known_browser::sweep(&mut tx, now).await?;
    flows::sweep(&mut tx, now).await?;
    codes::sweep(&mut tx, now).await?;
    requests::sweep(&mut tx, now).await?;
    captcha::sweep(&mut tx, now).await?;
    presses::sweep(&mut tx, now).await?;
    process::sweep(&mut tx, now).await?;
    conversation::sweep(&mut tx, now).await?;
    mailer::sweep(&mut tx, now).await?;
    audit::sweep(&mut tx, now).await?;
    tx.commit().await?;
    state.db.optimize().await
}
