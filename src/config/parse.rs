//! One function per kind of setting: from text to a value that can be used. An empty text means not set.

use std::{
    env,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ipnet::IpNet;
use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::{Accent, Hours};
use crate::clock::Duration;

/// A value as written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Number(i64),
    List(Vec<Item>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Text(String),
    Number(i64),
}

impl Written {
    /// Returns the single text; `None` if it is empty.
    fn text(self) -> Result<Option<String>, String> {
        let text = match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::List(_) => return Err("one text is expected, not a list".to_owned()),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Returns the items of a list as they are, or of a text that `split` divides.
    fn list(self, split: fn(&str) -> Vec<String>) -> Vec<String> {
        let items = match self {
            Self::Text(text) => split(&text),
            Self::Number(number) => vec![number.to_string()],
            Self::List(items) => {
                let item = |item| match item {
                    Item::Text(text) => text,
                    Item::Number(number) => number.to_string(),
                };
                items.into_iter().map(item).collect()
            }
        };
        let items = items.into_iter().map(|item| item.trim().to_owned());
        items.filter(|item| !item.is_empty()).collect()
    }
}

fn written<'de, D: Deserializer<'de>>(source: D) -> Result<Written, D::Error> {
    Written::deserialize(source).map_err(|_| D::Error::custom("a text or a number is expected"))
}

fn optional<'de, D: Deserializer<'de>, T>(
    source: D,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, D::Error> {
    let text = written(source)?.text().map_err(D::Error::custom)?;
    text.map(|text| parse(&text)).transpose().map_err(D::Error::custom)
}

fn required<'de, D: Deserializer<'de>, T>(
    source: D,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    optional(source, parse)?.ok_or_else(|| D::Error::custom("must not be empty"))
}

fn list<'de, D: Deserializer<'de>, T>(
    source: D,
    split: fn(&str) -> Vec<String>,
    parse: impl Fn(String) -> Result<T, String>,
) -> Result<Vec<T>, D::Error> {
    let items = written(source)?.list(split).into_iter();
    items.map(parse).collect::<Result<_, _>>().map_err(D::Error::custom)
}

/// Splits a list that is written as one text.
fn at_commas(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// As [`at_commas`], but a comma within quotes belongs to a name: `"Shop, Inc." <orders@shop.example>`.
fn at_commas_outside_quotes(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            '"' if !escaped => quoted = !quoted,
            ',' if !quoted => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        if let Some(item) = items.last_mut() {
            item.push(letter);
        }
    }
    items
}

fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is not an address such as 127.0.0.1:3000"))
}

pub(super) fn address<'de, D: Deserializer<'de>>(source: D) -> Result<SocketAddr, D::Error> {
    required(source, socket_address)
}

pub(super) fn optional_address<'de, D: Deserializer<'de>>(
    source: D,
) -> Result<Option<SocketAddr>, D::Error> {
    optional(source, socket_address)
}

pub(super) fn base_url<'de, D: Deserializer<'de>>(source: D) -> Result<Url, D::Error> {
    required(source, |text| {
        let error = |reason: &str| Err(format!("`{text}` {reason}"));
        let Ok(url) = Url::parse(text) else {
            return error("is not an address such as https://account.shop.example");
        };
        let is_origin = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        match url.scheme() {
            "http" if !is_local(&url) => error("must be https, unless it is on localhost"),
            "https" | "http" if !is_origin => error("must be an origin only, without a path"),
            "https" | "http" => Ok(url),
            _ => error("must begin with https://"),
        }
    })
}

/// Returns whether an address leads to this machine.
pub(super) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

pub(super) fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

pub(super) fn database_url<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    required(source, |text| {
        let sqlite = text.strip_prefix("sqlite:");
        let is_file = sqlite.is_some_and(|path| !path.is_empty() && !path.contains(":memory:"));
        // The text may hold a password: it is not repeated.
        if is_file || is_postgres(text) {
            Ok(text.to_owned())
        } else {
            Err("must be sqlite:PATH or postgres://…".to_owned())
        }
    })
}

pub(super) fn text<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    optional(source, |text| Ok(text.to_owned()))
}

pub(super) fn secret_text(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let secret = STANDARD.decode(text).map_err(|_| "is not base64")?;
    if secret.len() < 32 { Err("must be 32 bytes or more".to_owned()) } else { Ok(secret.into()) }
}

/// Empty if none is set.
pub(super) fn secret<'de, D: Deserializer<'de>>(source: D) -> Result<Zeroizing<Vec<u8>>, D::Error> {
    optional(source, secret_text).map(Option::unwrap_or_default)
}

pub(super) fn smtp_url<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    optional(source, |text| match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "smtp" | "smtps") && url.host().is_some() => {
            Ok(text.to_owned())
        }
        _ => Err("must be smtp://HOST:PORT or smtps://USER:PASSWORD@HOST".to_owned()),
    })
}

pub(super) fn sender<'de, D: Deserializer<'de>>(source: D) -> Result<Mailbox, D::Error> {
    let error = "must be a sender such as Shop <no-reply@shop.example>";
    required(source, |text| text.parse().map_err(|_| error.to_owned()))
}

pub(super) fn senders<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Mailbox>, D::Error> {
    list(source, at_commas_outside_quotes, |text| {
        text.parse().map_err(|_| format!("`{text}` is not a sender"))
    })
}

/// Returns the text if it is one line of at most `most` characters.
fn line(text: &str, most: usize) -> Result<String, String> {
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(format!("must be a line of at most {most} characters"));
    }
    Ok(text.to_owned())
}

pub(super) fn shop_name<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    required(source, |text| line(text, 60))
}

pub(super) fn contact<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    optional(source, |text| line(text, 200))
}

fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host().is_some()).then_some(url)
}

pub(super) fn web_address<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Url>, D::Error> {
    optional(source, |text| {
        web(text).ok_or_else(|| format!("`{text}` is not an address such as https://shop.example/"))
    })
}

/// As [`web_address`], for one that may hold a key: it is not repeated.
pub(super) fn secret_web_address<'de, D: Deserializer<'de>>(
    source: D,
) -> Result<Option<Url>, D::Error> {
    let error = "must be an address such as http://localhost:5000/translate";
    optional(source, |text| web(text).ok_or_else(|| error.to_owned()))
}

pub(super) fn origins<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    list(source, at_commas, |text| match web(&text) {
        Some(url) if url.path() == "/" && url.query().is_none() => {
            Ok(url.origin().ascii_serialization())
        }
        _ => Err(format!("`{text}` is not an origin such as https://shop.example")),
    })
}

pub(super) fn networks<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<IpNet>, D::Error> {
    list(source, at_commas, |text| {
        let address = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        address.map_err(|_| format!("`{text}` is not a network such as 10.0.0.0/8"))
    })
}

pub(super) fn texts<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    list(source, at_commas, Ok)
}

pub(super) fn seconds<'de, D: Deserializer<'de>, const MIN: i64, const MAX: i64>(
    source: D,
) -> Result<Duration, D::Error> {
    required(source, |text| match text.parse() {
        Ok(seconds) if (MIN..=MAX).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("`{text}` is not a number of seconds from {MIN} to {MAX}")),
    })
}

pub(super) fn on_off<'de, D: Deserializer<'de>>(source: D) -> Result<bool, D::Error> {
    required(source, |text| match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("`{text}` is neither on nor off")),
    })
}

pub(super) fn password_preset<'de, D: Deserializer<'de>>(source: D) -> Result<usize, D::Error> {
    required(source, |text| match text {
        "standard" => Ok(10),
        "nist" => Ok(15),
        _ => Err(format!("`{text}` is neither standard nor nist")),
    })
}

pub(super) fn accent<'de, D: Deserializer<'de>>(source: D) -> Result<Accent, D::Error> {
    required(source, |text| Accent::parse(text.to_owned()).map_err(|error| error.reason))
}

pub(super) fn hours<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Hours>, D::Error> {
    optional(source, |text| Hours::parse(text).map_err(|error| error.reason))
}

pub(super) fn path<'de, D: Deserializer<'de>>(source: D) -> Result<Option<PathBuf>, D::Error> {
    optional(source, |text| Ok(text.into()))
}

pub(super) fn log_filter<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    required(source, |text| match text.parse::<tracing_subscriber::EnvFilter>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("`{text}` is not a log filter such as info or latchkey=debug")),
    })
}

/// Returns the configured folder, or `site` beside the binary or one folder above it, or `target/site`.
pub(super) fn site_root<'de, D: Deserializer<'de>>(source: D) -> Result<PathBuf, D::Error> {
    let folder = optional(source, |text| Ok(PathBuf::from(text)))?;
    let folder = folder.or_else(built_site).ok_or_else(|| {
        D::Error::custom("no built site folder was found; set it, or run make run")
    })?;
    let shown = folder.display().to_string();
    let folder = folder.canonicalize().map_err(|e| D::Error::custom(format!("{shown}: {e}")))?;
    if folder.join("pkg").is_dir() {
        Ok(folder)
    } else {
        let shown = folder.display();
        Err(D::Error::custom(format!("{shown} holds no built site (no pkg folder in it)")))
    }
}

fn built_site() -> Option<PathBuf> {
    let program = env::current_exe().ok();
    let above = program.iter().flat_map(|program| program.ancestors().skip(1).take(2));
    let mut folders = above.map(|folder| folder.join("site")).chain([PathBuf::from("target/site")]);
    folders.find(|folder| folder.join("pkg").is_dir())
}
