//! Settings: a TOML file, overridden by `LATCHKEY_…` environment variables. Any wrong, unknown or contradictory setting
//! stops the start with one line.

mod accent;
mod hours;
mod kubernetes;
mod parse;
mod secret;
mod source;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use lettre::message::Mailbox;
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

pub use accent::Accent;
pub use hours::Hours;

use crate::clock::Duration;

/// Every setting: its key in the file (in the environment: `LATCHKEY_` and the key in upper
/// case) and its default, as `latchkey.example.toml` shows it.
pub const SETTINGS: [(&str, &str); 27] = [
    ("listen", "127.0.0.1:3000"),
    ("admin_listen", ""),
    ("base_url", "http://localhost:3000"),
    ("site_root", ""),
    ("database_url", "sqlite:data/latchkey.db"),
    ("database_direct_url", ""),
    ("secret", ""),
    ("smtp_url", ""),
    ("mail_from", "Latchkey <no-reply@localhost>"),
    ("shop_name", "Latchkey"),
    ("shop_url", ""),
    ("accent", "#3d5bd9"),
    ("return_origins", ""),
    ("trusted_proxies", ""),
    ("code_ttl_seconds", "600"),
    ("code_resend_seconds", "60"),
    ("password_preset", "standard"),
    ("limits", "on"),
    ("geoip_file", ""),
    ("letter_senders", ""),
    ("support_contact", ""),
    ("support_hours", ""),
    (
        "support_checks",
        "the numbers of recent orders,the date of registration,a former e-mail address",
    ),
    ("translate_url", ""),
    ("assisted_wait_seconds", "259200"),
    ("assisted_alone", "off"),
    ("log", "info"),
];

/// A setting that cannot be used: which, and why, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{setting}: {reason}")]
pub struct ConfigError {
    setting: String,
    reason: String,
}

impl ConfigError {
    /// Creates an error about one setting, named as in the environment.
    pub fn new(key: &str, reason: impl Into<String>) -> Self {
        Self { setting: env_name(key), reason: reason.into() }
    }
}

fn env_name(key: &str) -> String {
    format!("LATCHKEY_{}", key.to_uppercase())
}

/// All settings. [`Config::load`] checks them against each other.
#[derive(Clone, Deserialize)]
pub struct Config {
    /// Address to serve on.
    #[serde(deserialize_with = "parse::address")]
    pub listen: SocketAddr,
    /// Address on which `/metrics` is served, off the public one.
    #[serde(deserialize_with = "parse::optional_address")]
    pub admin_listen: Option<SocketAddr>,
    /// Public address; its origin is the only one that posts may come from.
    #[serde(deserialize_with = "parse::base_url")]
    pub base_url: Url,
    /// The built `site` folder.
    #[serde(deserialize_with = "parse::site_root")]
    pub site_root: PathBuf,
    /// `sqlite:PATH` or `postgres://…`.
    #[serde(deserialize_with = "parse::database_url")]
    pub database_url: String,
    /// The address of the PostgreSQL server itself, where `database_url` leads through a pooler.
    #[serde(deserialize_with = "parse::text")]
    pub database_direct_url: Option<String>,
    /// The key of everything that is MACed or sealed; 32 bytes at least.
    #[serde(deserialize_with = "parse::secret")]
    pub secret: Zeroizing<Vec<u8>>,
    /// SMTP server; none means the development mailbox.
    #[serde(deserialize_with = "parse::smtp_url")]
    pub smtp_url: Option<String>,
    /// Where the development mailbox keeps its emails.
    #[serde(skip)]
    pub mail_folder: PathBuf,
    /// Sender of all emails.
    #[serde(deserialize_with = "parse::sender")]
    pub mail_from: Mailbox,
    /// The shop's name, on every page and in every email.
    #[serde(deserialize_with = "parse::shop_name")]
    pub shop_name: String,
    /// Where "back to the shop" leads.
    #[serde(deserialize_with = "parse::web_address")]
    pub shop_url: Option<Url>,
    /// The shop's colour.
    #[serde(deserialize_with = "parse::accent")]
    pub accent: Accent,
    /// Origins besides our own that `next` may lead to.
    #[serde(deserialize_with = "parse::origins")]
    pub return_origins: Vec<String>,
    /// Networks whose `X-Forwarded-For` is trusted.
    #[serde(deserialize_with = "parse::networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// How long an emailed code is valid.
    #[serde(rename = "code_ttl_seconds", deserialize_with = "parse::seconds::<_, 30, 3600>")]
    pub code_ttl: Duration,
    /// How long a user waits for the next code.
    #[serde(rename = "code_resend_seconds", deserialize_with = "parse::seconds::<_, 0, 3600>")]
    pub code_resend: Duration,
    /// Minimum number of code points of a password.
    #[serde(rename = "password_preset", deserialize_with = "parse::password_preset")]
    pub password_min: usize,
    /// Whether waits, caps, quotas and the difficulty of the captcha are in force.
    #[serde(deserialize_with = "parse::on_off")]
    pub limits: bool,
    /// A file in MaxMind's format with the approximate locations of networks.
    #[serde(deserialize_with = "parse::path")]
    pub geoip_file: Option<PathBuf>,
    /// The shop's own senders of emails, as they are shown on the page for a forgotten login.
    #[serde(deserialize_with = "parse::senders")]
    pub letter_senders: Vec<Mailbox>,
    /// How else to reach the shop: shown where there is no support chat.
    #[serde(deserialize_with = "parse::contact")]
    pub support_contact: Option<String>,
    /// When the support chat is staffed; `None` means at all times.
    #[serde(deserialize_with = "parse::hours")]
    pub support_hours: Option<Hours>,
    /// What an operator checks before an assisted recovery.
    #[serde(deserialize_with = "parse::texts")]
    pub support_checks: Vec<String>,
    /// A service that translates messages (LibreTranslate's protocol).
    #[serde(deserialize_with = "parse::secret_web_address")]
    pub translate_url: Option<Url>,
    /// How long an assisted recovery waits for the owner to stop it.
    #[serde(
        rename = "assisted_wait_seconds",
        deserialize_with = "parse::seconds::<_, 1, 31_536_000>"
    )]
    pub assisted_wait: Duration,
    /// Whether the member of staff who opened an assisted recovery may approve it alone, if there is no other.
    #[serde(deserialize_with = "parse::on_off")]
    pub assisted_alone: bool,
    /// Log filter.
    #[serde(deserialize_with = "parse::log_filter")]
    pub log: String,
}

impl Config {
    /// Reads the file (`latchkey.toml` if there is one, or the one named) and the environment.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let settings = source::read(file, env)?;
        let config: Self = serde_path_to_error::deserialize(settings).map_err(|error| {
            ConfigError::new(&error.path().to_string(), error.inner().message())
        })?;
        config.completed()
    }

    /// Checks the settings against each other, and fills in what follows from others.
    fn completed(mut self) -> Result<Self, ConfigError> {
        let error = |key, reason| Err(ConfigError::new(key, reason));
        if self.smtp_url.is_none() && self.is_https() {
            return error("smtp_url", "is needed when LATCHKEY_BASE_URL is https");
        }
        if !self.limits && !parse::is_local(&self.base_url) {
            return error("limits", "can be off only when LATCHKEY_BASE_URL is on localhost");
        }
        if self.admin_listen == Some(self.listen) {
            return error("admin_listen", "is the same address as LATCHKEY_LISTEN");
        }
        let sqlite = self.database_url.strip_prefix("sqlite:");
        let direct = self.database_direct_url.as_deref();
        if direct.is_some() && sqlite.is_some() {
            let reason = "is only for PostgreSQL behind a pooler; LATCHKEY_DATABASE_URL is SQLite";
            return error("database_direct_url", reason);
        }
        // It may hold a password: it is not repeated.
        if direct.is_some_and(|direct| !parse::is_postgres(direct)) {
            return error("database_direct_url", "must be postgres://…");
        }
        let beside = sqlite.and_then(|path| Path::new(path).parent());
        let data = beside.map_or_else(|| PathBuf::from("data"), Path::to_owned);
        if self.secret.is_empty() && sqlite.is_none() {
            let reason = "is required with PostgreSQL (for example: openssl rand -base64 32)";
            return error("secret", reason);
        }
        if self.secret.is_empty() {
            self.secret = secret::beside(&data)?;
        }
        if self.return_origins.is_empty() {
            let shop = self.shop_url.as_ref().map(|url| url.origin().ascii_serialization());
            self.return_origins.extend(shop);
        }
        self.mail_folder = data.join("mail");
        Ok(self)
    }

    /// Returns our own origin, for example `https://account.shop.example`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.base_url.origin().ascii_serialization()
    }

    /// Returns whether users reach us by https: cookies are `__Host-` and `Secure` then.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.scheme() == "https"
    }

    /// Returns the full address of one of our paths; emails use this and never the `Host` header.
    #[must_use]
    pub fn address_of(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}
