//! Somebody's picture or, without one, initials.

use leptos::prelude::*;

use crate::server::accounts::Account;

/// The picture with this id, or initials. Beside the name that it stands for: hidden from screen readers.
pub fn face(account: &Account, picture: Option<&str>, large: bool) -> impl IntoView + use<> {
    let class = if large { "face large" } else { "face" };
    match picture {
        // The id changes with the picture, and the address with it: no browser shows the old one.
        Some(id) => {
            view! { <img class=class src=format!("/account/picture?{id}") alt="" width="256" height="256"/> }
                .into_any()
        }
        None => view! { <span class=class aria-hidden="true">{initials(account.name())}</span> }.into_any(),
    }
}

/// The first letters of the first two words.
#[must_use]
pub fn initials(name: &str) -> String {
    name.split(|c: char| c.is_whitespace() || matches!(c, '_' | '-'))
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}
