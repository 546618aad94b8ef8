//! Usernames that are reserved for the shop and for system administrators.

use std::{collections::BTreeSet, sync::LazyLock};

use icu_casemap::CaseMapper;
use unicode_security::confusable_detection::skeleton;

use super::username::Username;

/// Standard mailboxes of a host (RFC 2142, CA/Browser Forum 3.2.2.4.4), names that systems use, and names that users
/// would take for the shop, in the languages of `locales/`.
const RESERVED: [&str; 76] = [
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "anonymous",
    "api",
    "billing",
    "bot",
    "contact",
    "customercare",
    "customerservice",
    "customersupport",
    "daemon",
    "donotreply",
    "everyone",
    "feedback",
    "ftp",
    "guest",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "legal",
    "login",
    "mail",
    "mailerdaemon",
    "mailer",
    "marketing",
    "moderator",
    "news",
    "newsletter",
    "nobody",
    "noc",
    "noreply",
    "notifications",
    "null",
    "official",
    "operator",
    "operators",
    "owner",
    "payment",
    "payments",
    "postmaster",
    "press",
    "privacy",
    "root",
    "sales",
    "security",
    "service",
    "shop",
    "staff",
    "store",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "team",
    "techsupport",
    "undefined",
    "usenet",
    "uucp",
    "webmaster",
    "www",
    "админ",
    "администратор",
    "администрация",
    "безопасность",
    "магазин",
    "модератор",
    "оператор",
    "официальный",
    "поддержка",
    "помощь",
    "служба",
    "техподдержка",
];

/// The skeletons of the reserved names: in lower case, capitalised, and in upper case.
static LOOKS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| RESERVED.into_iter().flat_map(looks).collect());

/// Returns whether a login is not available to shoppers: it is, or looks like, a reserved name, the shop's own name, or
/// both combined.
#[must_use]
pub fn is_reserved(login: &Username, shop: &str) -> bool {
    let shop: BTreeSet<String> = looks(shop).into_iter().filter(|look| !look.is_empty()).collect();
    let kept = |look: &str| LOOKS.contains(look) || shop.contains(look);
    looks(login.as_str()).iter().any(|look| {
        let beside_shop = shop.iter().any(|shop| {
            let rest = look.strip_prefix(shop.as_str()).or_else(|| look.strip_suffix(shop));
            rest.is_some_and(kept)
        });
        kept(look) || beside_shop
    })
}

/// Returns the skeletons (UTS #39 §4) of a name without separators: as typed, in lower case, capitalised, in upper
/// case.
fn looks(name: &str) -> [String; 4] {
    let bare: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let mapper = CaseMapper::new();
    let small = mapper.fold_string(&bare).into_owned();
    let large: String = small.chars().map(|c| mapper.simple_uppercase(c)).collect();
    let mut chars = small.chars();
    let first = chars.next().map(|c| mapper.simple_titlecase(c));
    let capital: String = first.into_iter().chain(chars).collect();
    [&bare, &small, &capital, &large].map(|text| skeleton(text).collect())
}
