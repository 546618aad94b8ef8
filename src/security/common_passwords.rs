//! The most common passwords of ten characters and more, which users may not choose (ASVS 6.2.4,
//! NIST SP 800-63B-4 §3.1.1.2).

use std::{collections::HashSet, sync::LazyLock};

static LIST: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Returns whether the case-folded password is on the list.
#[must_use]
pub fn contains(folded: &str) -> bool {
    LIST.contains(folded)
}
