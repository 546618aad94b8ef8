//! Where a shopper goes afterwards: our own paths and the origins that the shop configured, nothing else (ASVS 3.7.2).

use url::{Position, Url};

use crate::config::Config;

/// Returns `next` as it was requested, if it may be followed, in the form in which it is followed. Our own URLs are
/// returned as paths.
#[must_use]
pub(crate) fn allowed(config: &Config, next: &str) -> Option<String> {
    if next.is_empty()
        || next.len() > 1500
        || next.chars().any(char::is_control)
        || next.contains('\\')
    {
        return None;
    }
    // Parsed as a browser would parse it on our own page: what looks like a path may not be one.
    let url = config.base_url.join(next).ok()?;
    let origin = url.origin();
    if origin == config.base_url.origin() {
        return Some(path(&url));
    }
    let listed = config.return_origins.iter().any(|listed| *listed == origin.ascii_serialization());
    (listed && url.username().is_empty() && url.password().is_none()).then(|| url.to_string())
}

/// Returns path, query and fragment, never beginning with `//`.
fn path(url: &Url) -> String {
    let rest = url.as_str().get(url[..Position::BeforePath].len()..).unwrap_or("/");
    format!("/{}", rest.trim_start_matches('/'))
}

/// Returns `next` or, without one, the account page.
#[must_use]
pub(crate) fn or_account(next: Option<&str>) -> String {
    or(next, "/account")
}

/// Returns `next` or, without one, another of our paths.
#[must_use]
pub(crate) fn or(next: Option<&str>, otherwise: &str) -> String {
    next.unwrap_or(otherwise).to_owned()
}

/// Returns `path` with `next` in its query, if there is one.
#[must_use]
pub(crate) fn with(path: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("next", next)
                .finish();
            format!("{path}?{query}")
        }
        None => path.to_owned(),
    }
}
