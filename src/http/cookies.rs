//! Cookies: `__Host-`, Secure, HttpOnly, SameSite=Lax, Path=/ (ASVS 3.3); on plain http, which is allowed on localhost
//! only, without prefix and Secure.

use cookie::{Cookie, SameSite, time};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    clock::{Duration, milliseconds},
    domain::verification::flows::FlowKind,
};

/// The cookies that the server sets. The names are part of what others rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookieName {
    /// The token of a session.
    Session,
    /// The tokens by which accounts know a browser.
    Device,
    /// Identifies a browser: set with the first page, and not replaced when anything begins or ends, so that a
    /// challenge stays valid whatever happens in another tab.
    Browser,
    /// The language. No secret: others rely on its plain name.
    Locale,
    /// What a post left for the page that its browser is sent to.
    Flash,
    /// A MAC of the account whose pages a browser was shown last.
    Owner,
    /// What was typed into a form of an account by a user who was signed out meanwhile.
    Kept,
    /// The token of a flow.
    Flow(FlowKind),
    /// The token of a link in an email.
    EmailLink,
    /// The token of a computer that requests to be signed in by a phone.
    Qr,
    /// The token that a phone scanned.
    QrAnswer,
    /// The token of a conversation.
    Chat,
    /// The token under which the next conversation begins.
    ChatNext,
    /// Whether the shortcuts of the console are turned off. No secret.
    ConsoleKeys,
}

impl CookieName {
    /// Returns the name, without the prefix `__Host-` that it has on https.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Device => "device",
            Self::Browser => "browser",
            Self::Locale => "lang",
            Self::Flash => "draft",
            Self::Owner => "owner",
            Self::Kept => "kept",
            Self::Flow(FlowKind::Register) => "flow-register",
            Self::Flow(FlowKind::Recover) => "flow",
            Self::Flow(FlowKind::ChangePassword) => "flow-password",
            Self::Flow(FlowKind::Confirm) => "flow-confirm",
            Self::Flow(FlowKind::ChangeEmail) => "flow-email",
            Self::Flow(FlowKind::FindLogin) => "flow-login",
            Self::Flow(FlowKind::StaffSignIn) => "flow-staff",
            Self::Flow(FlowKind::SupportEmail) => "chat-flow",
            Self::Flow(FlowKind::Assisted) => "assisted-flow",
            Self::EmailLink => "letter",
            Self::Qr => "qr",
            Self::QrAnswer => "qr_answer",
            Self::Chat => "chat",
            Self::ChatNext => "chat-next",
            Self::ConsoleKeys => "keys",
        }
    }
}

/// The cookies of a request.
#[derive(Clone)]
pub(crate) struct Cookies {
    https: bool,
    all: Vec<(String, String)>,
}

impl Cookies {
    /// Reads the cookies of a request.
    #[must_use]
    pub(crate) fn read(https: bool, headers: &HeaderMap) -> Self {
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
    pub(crate) fn all(&self, name: CookieName) -> impl Iterator<Item = &str> {
        let names = full_names(self.https, name);
        names.into_iter().flat_map(move |name| {
            let named = self.all.iter().filter(move |(theirs, _)| *theirs == name);
            named.map(|(_, value)| value.as_str())
        })
    }

    /// Returns the first value of a cookie.
    #[must_use]
    pub(crate) fn get(&self, name: CookieName) -> Option<&str> {
        self.all(name).next()
    }

    /// Keeps only this value of a name.
    pub(crate) fn settle(&mut self, name: CookieName, value: &str) {
        let names = full_names(self.https, name);
        self.all.retain(|(theirs, its)| !names.contains(theirs) || its == value);
    }

    /// Returns the headers that set a cookie, with their names; `age` is `None` for one that ends with the browser.
    pub(crate) fn set(
        https: bool,
        name: CookieName,
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
fn full_names(https: bool, name: CookieName) -> Vec<String> {
    let plain = name.as_str();
    match (https, name) {
        (false, _) => vec![plain.to_owned()],
        (true, CookieName::Locale) => vec![format!("__Host-{plain}"), plain.to_owned()],
        (true, _) => vec![format!("__Host-{plain}")],
    }
}

/// Returns whether the cookie with this full name is this one.
pub(super) fn is_called(full_name: &str, name: CookieName) -> bool {
    full_name.strip_prefix("__Host-").unwrap_or(full_name) == name.as_str()
}
