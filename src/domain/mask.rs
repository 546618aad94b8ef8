//! Masked addresses and logins, for readers who need not know them whole.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::values::{EmailAddress, tidy};

/// What replaces the characters that are left out.
const HIDDEN: &str = "•••";

/// Masks an address for staff: `a•••@m•••.example`.
#[must_use]
pub fn address(address: &str) -> String {
    split(address).map_or_else(hidden, |(user, host)| {
        let top = host.rsplit_once('.').map_or("", |(_, top)| top);
        format!("{}{HIDDEN}@{}{HIDDEN}.{top}", first(&user), first(&host))
    })
}

/// Masks an address for an account's owner who is told where another person wants to move the account:
/// `a•••@mail.example`.
#[must_use]
pub fn email_local_part(address: &str) -> String {
    split(address).map_or_else(hidden, |(user, host)| format!("{}{HIDDEN}@{host}", first(&user)))
}

/// Masks a login that a stranger may read: `a•••`.
#[must_use]
pub fn login(login: &str) -> String {
    format!("{}{HIDDEN}", first(login))
}

/// Masks what was typed to name an account: an address is masked, a login is not. Text with an `@` that is no valid
/// address is hidden entirely.
#[must_use]
pub fn claimed(typed: &str) -> String {
    let typed = tidy(typed);
    if typed.contains('@') { address(&typed) } else { typed }
}

/// Masks the addresses in a text.
#[must_use]
pub fn addresses_in(text: &str) -> String {
    let words = text
        .split(' ')
        .map(|word| if word.contains(['@', '＠', '﹫']) { claimed(word) } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

/// Splits an address at its `@`, as people read it.
fn split(address: &str) -> Option<(String, String)> {
    let shown = EmailAddress::parse(address).ok()?.shown();
    let (user, host) = shown.rsplit_once('@')?;
    Some((user.to_owned(), host.to_owned()))
}

fn first(text: &str) -> String {
    text.graphemes(true).take(1).collect()
}

fn hidden() -> String {
    HIDDEN.to_owned()
}
