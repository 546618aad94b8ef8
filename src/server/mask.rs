//! Addresses for those who need not know them whole.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::forms::{EmailAddress, tidy};

/// What stands for the letters that are left out.
const HIDDEN: &str = "•••";

/// For staff: `a•••@m•••.example`.
#[must_use]
pub fn address(address: &str) -> String {
    split(address).map_or_else(hidden, |(user, host)| {
        let top = host.rsplit_once('.').map_or("", |(_, top)| top);
        format!("{}{HIDDEN}@{}{HIDDEN}.{top}", first(&user), first(&host))
    })
}

/// For the owner of an account, who is told where somebody else wants it to go: `a•••@mail.example`.
#[must_use]
pub fn email_local_part(address: &str) -> String {
    split(address).map_or_else(hidden, |(user, host)| format!("{}{HIDDEN}@{host}", first(&user)))
}

/// A login, where a stranger may read it: `a•••`.
#[must_use]
pub fn login(login: &str) -> String {
    format!("{}{HIDDEN}", first(login))
}

/// What was typed to name an account: an address is masked, a login is not. Of what is meant to be an address, and is
/// none, nothing is told.
#[must_use]
pub fn claimed(typed: &str) -> String {
    let typed = tidy(typed);
    if typed.contains('@') { address(&typed) } else { typed }
}

/// A text in which addresses are masked.
#[must_use]
pub fn addresses_in(text: &str) -> String {
    let words = text
        .split(' ')
        .map(|word| if word.contains(['@', '＠', '﹫']) { claimed(word) } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

/// As people read it.
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
