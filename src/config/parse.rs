//! One function per setting: from text to a value that can be used.

use std::{
    env, fs,
    net::SocketAddr,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ipnet::IpNet;
use lettre::message::Mailbox;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::ConfigError;
use crate::{clock::Duration, random::Random};

pub(super) type Result<T> = std::result::Result<T, ConfigError>;

/// Splits a list that is written as one text.
pub(super) fn at_commas(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// As [`at_commas`], but a comma within quotes belongs to a name: `"Shop, Inc." <orders@shop.example>`.
pub(super) fn at_commas_outside_quotes(text: &str) -> Vec<String> {
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

pub(super) fn address(key: &str, text: String) -> Result<SocketAddr> {
    text.parse().map_err(|_| {
        ConfigError::new(key, format!("`{text}` is not an address such as 127.0.0.1:3000"))
    })
}

pub(super) fn base_url(text: String) -> Result<Url> {
    let error = |reason: &str| ConfigError::new("base_url", format!("`{text}` {reason}"));
    let url = Url::parse(&text)
        .map_err(|_| error("is not an address such as https://account.shop.example"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_local(&url) => {}
        "http" => return Err(error("must be https, unless it is on localhost")),
        _ => return Err(error("must begin with https://")),
    }
    if url.path() != "/"
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(error("must be an origin only, without a path"));
    }
    Ok(url)
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

pub(super) fn database_url(text: String) -> Result<String> {
    let known = text
        .strip_prefix("sqlite:")
        .is_some_and(|path| !path.is_empty() && !path.contains(":memory:"))
        || text.starts_with("postgres://")
        || text.starts_with("postgresql://");
    // The text may hold a password: it is not repeated.
    if known {
        Ok(text)
    } else {
        Err(ConfigError::new("database_url", "must be sqlite:PATH or postgres://…"))
    }
}

pub(super) fn database_direct_url(text: Option<String>, database: &str) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let error = |reason| Err(ConfigError::new("database_direct_url", reason));
    // It may hold a password: it is not repeated.
    if database.starts_with("sqlite:") {
        error("is only for PostgreSQL behind a pooler; LATCHKEY_DATABASE_URL is SQLite")
    } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(Some(text))
    } else {
        error("must be postgres://…")
    }
}

/// Returns the folder of the SQLite file, or `data`.
pub(super) fn data_folder(database_url: &str) -> PathBuf {
    let path = database_url
        .strip_prefix("sqlite:")
        .and_then(|path| Path::new(path).parent().map(Path::to_owned));
    path.unwrap_or_else(|| PathBuf::from("data"))
}

/// Returns the configured secret or, with SQLite, the one beside the database, created if there is none.
pub(super) fn secret(
    text: Option<String>,
    database_url: &str,
    data: &Path,
) -> Result<Zeroizing<Vec<u8>>> {
    let error = |reason: &str| ConfigError::new("secret", reason);
    let text = match text {
        Some(text) => text,
        None if !database_url.starts_with("sqlite:") => {
            return Err(error(
                "is required with PostgreSQL (for example: openssl rand -base64 32)",
            ));
        }
        None => {
            let path = data.join("secret");
            if !path.exists() {
                make_secret(&path)
                    .map_err(|e| error(&format!("{} cannot be made: {e}", path.display())))?;
            }
            fs::read_to_string(&path).map_err(|e| error(&format!("{}: {e}", path.display())))?
        }
    };
    let secret = STANDARD.decode(text.trim()).map_err(|_| error("is not base64"))?;
    if secret.len() < 32 { Err(error("must be 32 bytes or more")) } else { Ok(secret.into()) }
}

/// Writes the secret to a temporary file and links it into place, so that two processes that start at once agree on one
/// secret and neither ever reads half of it.
fn make_secret(path: &Path) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    writeln!(file, "{}", STANDARD.encode(Random::System.bytes::<32>()))?;
    file.sync_all()?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

pub(super) fn smtp_url(text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let error =
        || ConfigError::new("smtp_url", "must be smtp://HOST:PORT or smtps://USER:PASSWORD@HOST");
    let url = Url::parse(&text).map_err(|_| error())?;
    if !matches!(url.scheme(), "smtp" | "smtps") || url.host().is_none() {
        return Err(error());
    }
    Ok(Some(text))
}

pub(super) fn mail_from(text: String) -> Result<Mailbox> {
    text.parse().map_err(|_| {
        ConfigError::new("mail_from", "must be a sender such as Shop <no-reply@shop.example>")
    })
}

pub(super) fn shop_name(text: String) -> Result<String> {
    if text.chars().count() > 60 || text.chars().any(char::is_control) {
        return Err(ConfigError::new("shop_name", "must be a line of at most 60 characters"));
    }
    Ok(text)
}

pub(super) fn shop_url(text: Option<String>) -> Result<Option<Url>> {
    let Some(text) = text else { return Ok(None) };
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => {
            Ok(Some(url))
        }
        _ => Err(ConfigError::new(
            "shop_url",
            format!("`{text}` is not an address such as https://shop.example/"),
        )),
    }
}

pub(super) fn origins(items: Vec<String>) -> Result<Vec<String>> {
    items
        .into_iter()
        .map(|text| match Url::parse(&text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.path() == "/"
                    && url.query().is_none() =>
            {
                Ok(url.origin().ascii_serialization())
            }
            _ => Err(ConfigError::new(
                "return_origins",
                format!("`{text}` is not an origin such as https://shop.example"),
            )),
        })
        .collect()
}

pub(super) fn networks(items: Vec<String>) -> Result<Vec<IpNet>> {
    items
        .into_iter()
        .map(|text| {
            let address = text
                .parse::<IpNet>()
                .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
            address.map_err(|_| {
                ConfigError::new(
                    "trusted_proxies",
                    format!("`{text}` is not a network such as 10.0.0.0/8"),
                )
            })
        })
        .collect()
}

pub(super) fn seconds(key: &str, text: String, range: RangeInclusive<i64>) -> Result<Duration> {
    match text.parse() {
        Ok(seconds) if range.contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err(ConfigError::new(
            key,
            format!(
                "`{text}` is not a number of seconds from {} to {}",
                range.start(),
                range.end()
            ),
        )),
    }
}

pub(super) fn on_off(key: &str, text: String) -> Result<bool> {
    match text.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(ConfigError::new(key, format!("`{text}` is neither on nor off"))),
    }
}

pub(super) fn password_preset(text: String) -> Result<usize> {
    match text.as_str() {
        "standard" => Ok(10),
        "nist" => Ok(15),
        _ => Err(ConfigError::new(
            "password_preset",
            format!("`{text}` is neither standard nor nist"),
        )),
    }
}

pub(super) fn senders(items: Vec<String>) -> Result<Vec<Mailbox>> {
    items
        .into_iter()
        .map(|text| {
            text.parse().map_err(|_| {
                ConfigError::new("letter_senders", format!("`{text}` is not a sender"))
            })
        })
        .collect()
}

pub(super) fn contact(text: Option<String>) -> Result<Option<String>> {
    match text {
        Some(text) if text.chars().count() > 200 || text.chars().any(char::is_control) => {
            Err(ConfigError::new("support_contact", "must be a line of at most 200 characters"))
        }
        text => Ok(text),
    }
}

pub(super) fn translate_url(text: Option<String>) -> Result<Option<Url>> {
    let Some(text) = text else { return Ok(None) };
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => {
            Ok(Some(url))
        }
        // It may hold a key: it is not repeated.
        _ => Err(ConfigError::new(
            "translate_url",
            "must be an address such as http://localhost:5000/translate",
        )),
    }
}

pub(super) fn log_filter(text: String) -> Result<String> {
    match text.parse::<tracing_subscriber::EnvFilter>() {
        Ok(_) => Ok(text),
        Err(_) => Err(ConfigError::new(
            "log",
            format!("`{text}` is not a log filter such as info or latchkey=debug"),
        )),
    }
}

/// Returns the configured folder, or `site` beside the binary or one folder above it, or `target/site`.
pub(super) fn site_root(text: Option<String>) -> Result<PathBuf> {
    let error = |reason: String| ConfigError::new("site_root", reason);
    let beside =
        env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("site")));
    let built = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("site")));
    let folder = match text {
        Some(text) => PathBuf::from(text),
        None => [beside, built, Some(PathBuf::from("target/site"))]
            .into_iter()
            .flatten()
            .find(|folder| folder.join("pkg").is_dir())
            .ok_or_else(|| {
                error("no built site folder was found; set it, or run make run".to_owned())
            })?,
    };
    let folder = folder.canonicalize().map_err(|e| error(format!("{}: {e}", folder.display())))?;
    if folder.join("pkg").is_dir() {
        Ok(folder)
    } else {
        Err(error(format!("{} holds no built site (no pkg folder in it)", folder.display())))
    }
}
