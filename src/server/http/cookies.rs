//! Cookies: `__Host-`, Secure, HttpOnly, SameSite=Lax, Path=/ (ASVS 3.3); on
//! plain http, which only localhost may use, without prefix and Secure.

use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};

use crate::server::clock::Millis;

/// The cookies of a request.
#[derive(Clone)]
pub struct Cookies {
    https: bool,
    all: Vec<(String, String)>,
}

impl Cookies {
    /// Reads them.
    #[must_use]
    pub fn read(https: bool, headers: &HeaderMap) -> Self {
        let texts =
            headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let all = texts
            .flat_map(|text| Cookie::split_parse(text.to_owned()))
            .filter_map(|cookie| cookie.ok().map(|c| (c.name().to_owned(), c.value().to_owned())))
            .collect();
        Self { https, all }
    }

    /// The value of one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = full_name(self.https, name);
        self.all.iter().find(|(theirs, _)| *theirs == name).map(|(_, value)| value.as_str())
    }

    /// The header that sets one; `age` is `None` for one that ends with the browser.
    #[must_use]
    pub fn set(https: bool, name: &str, value: &str, age: Option<Millis>) -> Option<HeaderValue> {
        let mut cookie = Cookie::build((full_name(https, name), value.to_owned()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(https);
        if let Some(age) = age {
            cookie = cookie.max_age(Duration::milliseconds(age));
        }
        HeaderValue::from_str(&cookie.build().to_string()).ok()
    }
}

/// `lang` is not a secret and keeps its plain name.
fn full_name(https: bool, name: &str) -> String {
    if https && name != "lang" { format!("__Host-{name}") } else { name.to_owned() }
}
