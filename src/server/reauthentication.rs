//! What a fresh proof is asked for, by the address that it leads to.

use super::return_to;
use crate::i18n::Texts;

/// Where it is asked for.
pub const SCREEN: &str = "/account/confirm";
/// Where the user goes on, or back to, when nothing else is known.
pub const SETTINGS: &str = "/account/settings";
/// The page of the deletion, which is open while one is pending.
pub const DELETION: &str = "/account/settings/delete";
/// The page of the roles: everybody of the staff reads it, its form needs a proof.
const ROLES: &str = "/operator/staff";

/// What is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Email,
    Username,
    BackupCodes,
    Export,
    Deletion,
}

/// The pages that are not shown without a proof.
const PAGES: [(&str, Action); 5] = [
    ("/account/settings/email", Action::Email),
    ("/account/settings/login", Action::Username),
    ("/account/settings/codes", Action::BackupCodes),
    ("/account/settings/export", Action::Export),
    (DELETION, Action::Deletion),
];

/// The addresses of the pages that are not shown without a proof.
pub fn pages() -> impl Iterator<Item = &'static str> {
    PAGES.into_iter().map(|(path, _)| path)
}

fn path(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn is_protected(address: &str) -> bool {
    pages().any(|page| page == path(address))
}

/// What the proof is for, in words: `return_to` is where it leads.
#[must_use]
pub fn why(t: Texts, next: Option<&str>) -> String {
    let t = t.confirm();
    let path = next.map(path).unwrap_or_default();
    let action = PAGES.into_iter().find(|(page, _)| *page == path).map(|(_, action)| action);
    t.why(match action {
        Some(Action::Email) => t.email(),
        Some(Action::Username) => t.username(),
        Some(Action::BackupCodes) => t.backup_codes(),
        Some(Action::Export) => t.export(),
        Some(Action::Deletion) => t.deletion(),
        None if path == ROLES => t.roles(),
        None => t.other(),
    })
}

/// A page that "Cancel" may lead to: one of the account or of the console that asks for no proof itself.
#[must_use]
pub fn is_open_page(address: &str) -> bool {
    let of = |area: &str| {
        address
            .strip_prefix(area)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    (of("/account") || of("/operator")) && path(address) != SCREEN && !is_protected(address)
}

/// Where "Cancel" leads: to `back`, the page that the user comes from, if it is known.
#[must_use]
pub fn cancel(next: Option<&str>, back: Option<&str>) -> String {
    let known = back.or(next).filter(|address| is_open_page(address));
    return_to::or(known, SETTINGS)
}

/// The page that asks for the proof, with where it leads and where the user comes from.
#[must_use]
pub fn address(next: Option<&str>, back: Option<&str>) -> String {
    let parts = [("next", next), ("back", back)];
    let parts = parts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parts).finish();
    if query.is_empty() { SCREEN.to_owned() } else { format!("{SCREEN}?{query}") }
}
