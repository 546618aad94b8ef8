//! What reauthentication is required for, by the URL that it leads to.

use super::return_to;
use crate::i18n::Texts;

/// The page that asks for it.
pub(crate) const PAGE: &str = "/account/confirm";
/// Where the user continues, or goes back to, when nothing else is known.
pub(crate) const SETTINGS: &str = "/account/settings";
/// The page of the deletion, which is open while one is pending.
pub(crate) const DELETION: &str = "/account/settings/delete";
/// The page of the roles: all staff read it, its form requires reauthentication.
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

/// The pages that are shown only after reauthentication.
const PAGES: [(&str, Action); 5] = [
    ("/account/settings/email", Action::Email),
    ("/account/settings/login", Action::Username),
    ("/account/settings/codes", Action::BackupCodes),
    ("/account/settings/export", Action::Export),
    (DELETION, Action::Deletion),
];

/// Returns the paths of the pages that are shown only after reauthentication.
pub(crate) fn pages() -> impl Iterator<Item = &'static str> {
    PAGES.into_iter().map(|(path, _)| path)
}

fn path(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn is_protected(address: &str) -> bool {
    pages().any(|page| page == path(address))
}

/// Returns what the reauthentication is for, in words: `next` is where it leads.
#[must_use]
pub(crate) fn why(t: Texts, next: Option<&str>) -> String {
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

/// Returns whether "Cancel" may lead to a page: one of the account or of the console that requires no reauthentication
/// itself.
#[must_use]
pub(crate) fn is_open_page(address: &str) -> bool {
    let of = |area: &str| {
        address
            .strip_prefix(area)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    (of("/account") || of("/operator")) && path(address) != PAGE && !is_protected(address)
}

/// Returns where "Cancel" leads: to `back`, the page that the user comes from, if it is known.
#[must_use]
pub(crate) fn cancel(next: Option<&str>, back: Option<&str>) -> String {
    let known = back.or(next).filter(|address| is_open_page(address));
    return_to::or(known, SETTINGS)
}

/// Returns the URL of the page that asks for reauthentication, with where it leads and where the user comes from.
#[must_use]
pub(crate) fn address(next: Option<&str>, back: Option<&str>) -> String {
    let parts = [("next", next), ("back", back)];
    let parts = parts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parts).finish();
    if query.is_empty() { PAGE.to_owned() } else { format!("{PAGE}?{query}") }
}
