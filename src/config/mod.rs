//! Settings: a TOML file, overridden by `LATCHKEY_…` environment variables. Any wrong, unknown or contradictory setting
//! stops the start with one line.

mod accent;
mod hours;
mod kubernetes;
mod parse;
mod source;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use lettre::message::Mailbox;
use url::Url;
use zeroize::Zeroizing;

pub use accent::Accent;
pub use hours::Hours;

use crate::clock::Duration;
use source::Source;

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

/// All settings, validated. `LATCHKEY_ADMIN_LISTEN` is checked here and used by the feature that it belongs to.
#[derive(Clone)]
pub struct Config {
    /// Address to serve on.
    pub listen: SocketAddr,
    /// Public address; its origin is the only one that posts may come from.
    pub base_url: Url,
    /// The built `site` folder.
    pub site_root: PathBuf,
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// The address of the PostgreSQL server itself, where `database_url` leads through a pooler.
    pub database_direct_url: Option<String>,
    /// The key of everything that is MACed or sealed; 32 bytes at least.
    pub secret: Zeroizing<Vec<u8>>,
    /// SMTP server; none means the development mailbox.
    pub smtp_url: Option<String>,
    /// Where the development mailbox keeps its emails.
    pub mail_folder: PathBuf,
    /// Sender of all emails.
    pub mail_from: Mailbox,
    /// The shop's name, on every page and in every email.
    pub shop_name: String,
    /// Where "back to the shop" leads.
    pub shop_url: Option<Url>,
    /// The shop's colour.
    pub accent: Accent,
    /// Origins besides our own that `next` may lead to.
    pub return_origins: Vec<String>,
    /// Networks whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// How long an emailed code is valid.
    pub code_ttl: Duration,
    /// How long a user waits for the next code.
    pub code_resend: Duration,
    /// Minimum number of code points of a password.
    pub password_min: usize,
    /// Whether waits, caps, quotas and the difficulty of the captcha are in force.
    pub limits: bool,
    /// A file in MaxMind's format with the approximate locations of networks.
    pub geoip_file: Option<PathBuf>,
    /// The shop's own senders of emails, as they are shown on the page for a forgotten login.
    pub letter_senders: Vec<Mailbox>,
    /// How else to reach the shop: shown where there is no support chat.
    pub support_contact: Option<String>,
    /// When the support chat is staffed; `None` means at all times.
    pub support_hours: Option<Hours>,
    /// What an operator checks before an assisted recovery.
    pub support_checks: Vec<String>,
    /// A service that translates messages (LibreTranslate's protocol).
    pub translate_url: Option<Url>,
    /// How long an assisted recovery waits for the owner to stop it.
    pub assisted_wait: Duration,
    /// Whether the member of staff who opened an assisted recovery may approve it alone, if there is no other.
    pub assisted_alone: bool,
    /// Log filter.
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
        let source = Source::read(file, env)?;
        Self::from_source(&source)
    }

    fn from_source(source: &Source) -> Result<Self, ConfigError> {
        let base_url = parse::base_url(source.required("base_url")?)?;
        let is_https = base_url.scheme() == "https";
        let database_url = parse::database_url(source.required("database_url")?)?;
        let database_direct_url =
            parse::database_direct_url(source.get("database_direct_url")?, &database_url)?;
        let smtp_url = parse::smtp_url(source.get("smtp_url")?)?;
        if smtp_url.is_none() && is_https {
            return Err(ConfigError::new("smtp_url", "is needed when LATCHKEY_BASE_URL is https"));
        }
        let limits = parse::on_off("limits", source.required("limits")?)?;
        if !limits && !parse::is_local(&base_url) {
            return Err(ConfigError::new(
                "limits",
                "can be off only when LATCHKEY_BASE_URL is on localhost",
            ));
        }
        let shop_url = parse::shop_url(source.get("shop_url")?)?;
        let mut return_origins = parse::origins(source.list("return_origins", parse::at_commas)?)?;
        if return_origins.is_empty() {
            return_origins.extend(shop_url.as_ref().map(|url| url.origin().ascii_serialization()));
        }
        let listen = parse::address("listen", source.required("listen")?)?;
        if let Some(admin) = source.get("admin_listen")? {
            let admin = parse::address("admin_listen", admin)?;
            if admin == listen {
                return Err(ConfigError::new(
                    "admin_listen",
                    "is the same address as LATCHKEY_LISTEN",
                ));
            }
        }
        let data = parse::data_folder(&database_url);
        Ok(Self {
            secret: parse::secret(source.get("secret")?, &database_url, &data)?,
            site_root: parse::site_root(source.get("site_root")?)?,
            mail_folder: data.join("mail"),
            mail_from: parse::mail_from(source.required("mail_from")?)?,
            shop_name: parse::shop_name(source.required("shop_name")?)?,
            accent: Accent::parse(source.required("accent")?)?,
            trusted_proxies: parse::networks(source.list("trusted_proxies", parse::at_commas)?)?,
            code_ttl: parse::seconds(
                "code_ttl_seconds",
                source.required("code_ttl_seconds")?,
                30..=3600,
            )?,
            code_resend: parse::seconds(
                "code_resend_seconds",
                source.required("code_resend_seconds")?,
                0..=3600,
            )?,
            password_min: parse::password_preset(source.required("password_preset")?)?,
            geoip_file: source.get("geoip_file")?.map(PathBuf::from),
            letter_senders: parse::senders(
                source.list("letter_senders", parse::at_commas_outside_quotes)?,
            )?,
            support_contact: parse::contact(source.get("support_contact")?)?,
            support_hours: source
                .get("support_hours")?
                .map(|text| Hours::parse(&text))
                .transpose()?,
            support_checks: source.list("support_checks", parse::at_commas)?,
            translate_url: parse::translate_url(source.get("translate_url")?)?,
            assisted_wait: parse::seconds(
                "assisted_wait_seconds",
                source.required("assisted_wait_seconds")?,
                1..=31_536_000,
            )?,
            assisted_alone: parse::on_off("assisted_alone", source.required("assisted_alone")?)?,
            log: parse::log_filter(source.required("log")?)?,
            listen,
            base_url,
            database_url,
            database_direct_url,
            smtp_url,
            shop_url,
            return_origins,
            limits,
        })
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
