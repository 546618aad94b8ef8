//! Cookies: `__Host-`, Secure, HttpOnly, SameSite=Lax, Path=/ (ASVS 3.3); on plain http, which is allowed on localhost
//! only, without prefix and Secure.

use cookie::{Cookie, SameSite, time};
use http::{HeaderMap, HeaderValue, header};

use crate::server::clock::{Duration, milliseconds};

/// The cookies of a request.
#[derive(Clone)]
pub struct Cookies {
    https: bool,
    all: Vec<(String, String)>,
}

impl Cookies {
    /// Reads the cookies of a request.
    #[must_use]
    pub fn read(https: bool, headers: &HeaderMap) -> Self {
        let pairs = headers
            .get_all(header::COOKIE)
            .into_iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        // Pair by pair: a malformed cookie of another application on this host must not cost us ours.
        let all = pairs
            .filter_map(|pair| Cookie::parse(std::str::from_utf8(pair).ok()?).ok())
            .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
            .collect();
        Self { https, all }
    }

    /// Returns the values that were sent under a name, in their order: another application on this host may have set
    /// one, too, so each reader takes the first that is valid for it.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let names = full_names(self.https, name);
        names.into_iter().flat_map(move |name| {
            let named = self.all.iter().filter(move |(theirs, _)| *theirs == name);
            named.map(|(_, value)| value.as_str())
        })
    }

    /// Returns the first value of a cookie.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Keeps only this value of a name.
    pub fn settle(&mut self, name: &str, value: &str) {
        let names = full_names(self.https, name);
        self.all.retain(|(theirs, its)| !names.contains(theirs) || its == value);
    }

    /// Returns the headers that set a cookie, with their names; `age` is `None` for one that ends with the browser.
    pub fn set(
        https: bool,
        name: &str,
        value: &str,
        age: Option<Duration>,
    ) -> impl Iterator<Item = (String, HeaderValue)> {
        let names = full_names(https, name).into_iter();
        names.filter_map(move |name| Some((name.clone(), set_cookie(https, name, value, age)?)))
    }
}

fn set_cookie(
    https: bool,
    name: String,
    value: &str,
    age: Option<Duration>,
) -> Option<HeaderValue> {
    let mut cookie = Cookie::build((name, value.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(https);
    if let Some(age) = age {
        cookie = cookie.max_age(time::Duration::milliseconds(milliseconds(age)));
    }
    HeaderValue::from_str(&cookie.build().to_string()).ok()
}

/// Returns the full names of a cookie, beginning with the one that others cannot set. `lang` is not a secret: others
/// rely on its plain name, which on https is set in addition.
fn full_names(https: bool, name: &str) -> Vec<String> {
    match (https, name) {
        (false, _) => vec![name.to_owned()],
        (true, "lang") => vec![format!("__Host-{name}"), name.to_owned()],
        (true, _) => vec![format!("__Host-{name}")],
    }
}

/// Returns whether the cookie with this full name is the one that we call `name`.
pub(super) fn is_called(full_name: &str, name: &str) -> bool {
    full_name.strip_prefix("__Host-").unwrap_or(full_name) == name
}
