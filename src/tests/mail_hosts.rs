//! "Did you mean …?" for mistyped hosts.

use proptest::prelude::*;

use crate::domain::values::{EmailAddress, meant_address};

#[test]
fn slips_in_usual_hosts_are_known() {
    for (typed, meant) in [
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gmail.co", "anna@gmail.com"),
        ("anna@gmail.ru", "anna@gmail.com"),
        ("anna@gmail,com", "anna@gmail.com"),
        ("anna@gmail..com", "anna@gmail.com"),
        ("anna@gmailcom", "anna@gmail.com"),
        ("anna@gmail", "anna@gmail.com"),
        ("Anna+Shop@GMIAL.com", "Anna+Shop@gmail.com"),
        ("anna@hotmial.com", "anna@hotmail.com"),
        ("anna@outlok.com", "anna@outlook.com"),
        ("anna@iclod.com", "anna@icloud.com"),
        ("anna@yaho.com", "anna@yahoo.com"),
        ("anna@yandx.ru", "anna@yandex.ru"),
        ("anna@yandex.r", "anna@yandex.ru"),
        ("anna@maill.ru", "anna@mail.ru"),
        ("anna@mial.ru", "anna@mail.ru"),
        ("anna@rmabler.ru", "anna@rambler.ru"),
        ("анна@gmial.com", "анна@gmail.com"),
    ] {
        assert_eq!(meant_address(typed).as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn what_may_well_be_meant_is_left_alone() {
    for typed in [
        "",
        "anna",
        "anna@",
        "anna@mail",
        "anna@gmail.com",
        "anna@GMAIL.com",
        "anna@mail.ru",
        "anna@mail.example",
        "anna@corner-shop.example",
        "anna@email.com",
        "anna@mai.ru",
        "anna@mail.ro",
        "anna@yahoo.ca",
        "anna@yahoo.se",
        "anna@yahoo.co.id",
        "anna@gmx.ch",
        "anna@ab.ru",
        "anna@почта.рф",
        "anna@[127.0.0.1]",
        "@gmial.com",
    ] {
        assert_eq!(meant_address(typed), None, "{typed}");
    }
    assert_eq!(meant_address(&format!("anna@{}.com", "gmial".repeat(20_000))), None);
}

proptest! {
    #[test]
    fn what_is_offered_is_an_address_and_offers_nothing_more(
        typed in "[a-zа-я0-9.+ ]{0,12}@?[a-z.,]{0,6}(gm[a-z]{1,4}|[a-z]{0,2}mail|yand[a-z]{1,3})[.,]{0,2}[a-z]{0,3}",
    ) {
        if let Some(meant) = meant_address(&typed) {
            prop_assert!(EmailAddress::parse(&meant).is_ok(), "{meant}");
            prop_assert!(meant != typed);
            prop_assert_eq!(meant_address(&meant), None);
        }
    }
}
