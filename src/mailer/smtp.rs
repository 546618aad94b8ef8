//! The SMTP client: one command after the other, so that it is known which of them was refused.
//!
//! The commands, replies and TLS are lettre's. Its transport is not used: it does not report at which stage an email
//! was refused and whether the connection was reused, has no time limit per command, and keeps a connection that was
//! abandoned in the middle of a conversation for the next email.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use lettre::{
    Address,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use percent_encoding::percent_decode_str;
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use super::refusal::{Refusal, Stage, Why};
use crate::config::ConfigError;

/// How long the server may take to answer a command; a whole conversation is bounded by the worker.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(15);
/// The final dot takes longer: the server reads the email before it answers.
const DATA_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection is kept for the next email. Servers give up after minutes, firewalls before.
const IDLE: Duration = Duration::from_secs(30);
/// How long a `QUIT` may take; nothing waits for it.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The configured server, with the idle connections.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    hello: ClientId,
    credentials: Option<Credentials>,
    idle: Mutex<VecDeque<(AsyncSmtpConnection, Instant)>>,
    beyond_ascii: AtomicU8,
}

enum Tls {
    None,
    IfOffered(TlsParameters),
    Required(TlsParameters),
    FromTheStart(TlsParameters),
}

/// What the server offers.
#[derive(Clone, Copy, Debug)]
pub struct Offers {
    /// Whether it accepts addresses beyond ASCII (SMTPUTF8, RFC 6531).
    pub beyond_ascii: bool,
    /// Whether the conversation is encrypted.
    pub encrypted: bool,
}

/// An email as it goes over the wire.
pub(super) struct Wire<'a> {
    pub from: &'a Address,
    pub to: &'a Address,
    pub content: &'a [u8],
}

impl Smtp {
    /// Creates a client for the configured server. The client greets with the name in the path of `url` or, without
    /// one, with the host of our own address.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(url: &str, base_url: &Url) -> Result<Self, ConfigError> {
        let error = |reason: String| ConfigError::new("smtp_url", reason);
        let url = Url::parse(url).map_err(|e| error(e.to_string()))?;
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            None => return Err(error("names no host".to_owned())),
        };
        let wanted =
            url.query_pairs().find(|(name, _)| name == "tls").map(|(_, how)| how.into_owned());
        let parameters = || {
            TlsParameters::new(host.clone())
                .map_err(|_| error("the host cannot be encrypted to".to_owned()))
        };
        let (tls, usual) = match (url.scheme(), wanted.as_deref()) {
            ("smtps", _) => (Tls::FromTheStart(parameters()?), 465),
            ("smtp", None) => (Tls::None, 25),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), 587),
            ("smtp", Some("opportunistic")) => (Tls::IfOffered(parameters()?), 587),
            _ => return Err(error("`tls` is neither required nor opportunistic".to_owned())),
        };
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(std::borrow::Cow::into_owned)
                .map_err(|_| error("user or password is no text".to_owned()))
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
            None => None,
        };
        let named = url.path().trim_matches('/');
        let hello =
            if named.is_empty() { hello(base_url) } else { ClientId::Domain(named.to_owned()) };
        Ok(Self {
            port: url.port().unwrap_or(usual),
            idle: Mutex::default(),
            beyond_ascii: AtomicU8::new(UNKNOWN),
            host,
            tls,
            hello,
            credentials,
        })
    }

    /// Returns whether the server accepts addresses beyond ASCII, if it was ever reached.
    pub(super) fn carries_beyond_ascii(&self) -> Option<bool> {
        match self.beyond_ascii.load(Ordering::Relaxed) {
            YES => Some(true),
            NO => Some(false),
            _ => None,
        }
    }

    /// Asks the server what it offers.
    pub(super) async fn ask(&self) -> Result<Offers, Refusal> {
        let connection = self.connect().await?;
        let offers = Offers {
            beyond_ascii: connection.server_info().supports_feature(Extension::SmtpUtfEight),
            encrypted: connection.is_encrypted(),
        };
        self.park(connection);
        Ok(offers)
    }

    /// Sends an email. A connection that turns out to be dead, or that the server closes (421), is no reason to wait:
    /// another is tried at once.
    pub(super) async fn send(&self, wire: &Wire<'_>) -> Result<(), Refusal> {
        if let Some(connection) = self.waiting() {
            match self.hand_over(connection, wire).await {
                Err(refusal) if refusal.closes() || refusal.is_dead() => {}
                done => return done,
            }
        }
        match self.hand_over_anew(wire).await {
            Err(refusal) if refusal.closes() => self.hand_over_anew(wire).await,
            done => done,
        }
    }

    async fn hand_over_anew(&self, wire: &Wire<'_>) -> Result<(), Refusal> {
        let connection = self.connect().await?;
        self.hand_over(connection, wire).await
    }

    async fn hand_over(
        &self,
        mut connection: AsyncSmtpConnection,
        wire: &Wire<'_>,
    ) -> Result<(), Refusal> {
        let done = converse(&mut connection, wire).await;
        match &done {
            Ok(()) => self.park(connection),
            Err(refusal) if refusal.leaves_connection() => {
                let reset = command(Stage::Sender, COMMAND_TIMEOUT, connection.command(Rset)).await;
                if reset.is_ok() {
                    self.park(connection);
                }
            }
            Err(_) => {}
        }
        done
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let stage = Stage::Greeting;
        let wrapper = match &self.tls {
            Tls::FromTheStart(tls) => Some(tls.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(COMMAND_TIMEOUT),
            &self.hello,
            wrapper,
            None,
        );
        let mut connection = command(stage, 2 * COMMAND_TIMEOUT, connecting).await?;
        match &self.tls {
            Tls::IfOffered(tls) if connection.can_starttls() => {
                let securing = connection.starttls(tls.clone(), &self.hello);
                command(stage, 2 * COMMAND_TIMEOUT, securing).await?;
            }
            Tls::Required(tls) => {
                let securing = connection.starttls(tls.clone(), &self.hello);
                command(stage, 2 * COMMAND_TIMEOUT, securing).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            let login = connection.auth(DEFAULT_MECHANISMS, credentials);
            command(Stage::Login, 2 * COMMAND_TIMEOUT, login).await?;
        }
        let beyond_ascii = connection.server_info().supports_feature(Extension::SmtpUtfEight);
        self.beyond_ascii.store(if beyond_ascii { YES } else { NO }, Ordering::Relaxed);
        Ok(connection)
    }

    /// Takes an idle connection, if one has not waited too long.
    fn waiting(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((_, since)) = idle.front()
            && since.elapsed() > IDLE
        {
            if let Some((mut old, _)) = idle.pop_front() {
                tokio::spawn(async move { timeout(QUIT_TIMEOUT, old.quit()).await });
            }
        }
        idle.pop_back().map(|(connection, _)| connection)
    }

    fn park(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push_back((connection, Instant::now()));
    }
}

const UNKNOWN: u8 = 0;
const YES: u8 = 1;
const NO: u8 = 2;

/// Returns the name with which we greet: the host of our own address or, where that is not a name on the Internet, an
/// address literal (RFC 5321 §4.1.4). The bare host name of the machine would be neither.
fn hello(base_url: &Url) -> ClientId {
    match base_url.host() {
        Some(Host::Domain(name)) if name.contains('.') => ClientId::Domain(name.to_owned()),
        Some(Host::Ipv4(ip)) => ClientId::Ipv4(ip),
        Some(Host::Ipv6(ip)) => ClientId::Ipv6(ip),
        _ => ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST),
    }
}

async fn converse(connection: &mut AsyncSmtpConnection, wire: &Wire<'_>) -> Result<(), Refusal> {
    let Wire { from, to, content } = wire;
    let offers = |what| connection.server_info().supports_feature(what);
    let mut parameters = Vec::new();
    let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !ascii(from) || !ascii(to) {
        if !offers(Extension::SmtpUtfEight) {
            return Err(Refusal { stage: Stage::Sender, why: Why::Lacks("SMTPUTF8") });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() {
        if !offers(Extension::EightBitMime) {
            return Err(Refusal { stage: Stage::Sender, why: Why::Lacks("8BITMIME") });
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let mail = Mail::new(Some((*from).clone()), parameters);
    command(Stage::Sender, COMMAND_TIMEOUT, connection.command(mail)).await?;
    let rcpt = Rcpt::new((*to).clone(), Vec::new());
    command(Stage::Recipient, COMMAND_TIMEOUT, connection.command(rcpt)).await?;
    command(Stage::Data, COMMAND_TIMEOUT, connection.command(Data)).await?;
    command(Stage::Letter, DATA_TIMEOUT, connection.message(content)).await?;
    Ok(())
}

async fn command<T>(
    stage: Stage,
    patience: Duration,
    doing: impl Future<Output = Result<T, SmtpError>>,
) -> Result<T, Refusal> {
    match timeout(patience, doing).await {
        Ok(done) => done.map_err(|error| Refusal::of(stage, &error)),
        Err(_) => Err(Refusal { stage, why: Why::Silence("no answer in time") }),
    }
}
