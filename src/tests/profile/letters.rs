//! The switches for emails.

use super::signed_in;
use crate::{
    islands::EmailsStored,
    tests::{
        browser::Answer,
        harness::{PASSWORD, db_test},
    },
};

db_test!(letters_of_choice_can_be_declined_and_those_of_safety_cannot, |t| {
    let mut browser = signed_in(&t).await;
    let page = browser.get("/account/settings/letters").await;
    page.assert_text("cannot be switched off");
    let register = async |n: u32| {
        let fields =
            [("login", "bert"), ("email", "anna@mail.example"), ("password", "blue lamp eight")];
        t.browser().on_network(n).post("/api/register", &fields).await;
    };
    // Turned off: a registration with this address no longer sends an email; each sign-in does.
    browser.submit("/api/letters", &[("signed_in", "on")]).await.assert_text("Saved.");
    register(1).await;
    assert_eq!(t.count("anna@mail.example", "address-in-use").await, 0);
    browser.sign_in("anna", PASSWORD).await;
    browser.post("/api/sign_out", &[]).await;
    browser.sign_in("anna", PASSWORD).await;
    assert_eq!(t.count("anna@mail.example", "signed-in").await, 2);
    // A post cannot turn off the emails that keep the account safe.
    let all = [("new_device", "off"), ("password_changed", "off"), ("version", "1")];
    browser.post("/api/letters", &all).await;
    t.browser().sign_in("anna", PASSWORD).await;
    assert_eq!(t.count("anna@mail.example", "new-device").await, 2);
    let stale = browser.json().post("/api/letters", &[("version", "0")]).await;
    assert_eq!((stale.status.as_u16(), stale.error().as_str()), (409, "changed_elsewhere"));
});

/// Parses the answer to the switches.
fn stored(answer: &Answer) -> EmailsStored {
    assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    serde_json::from_str(&answer.body).expect("what is stored")
}

fn is_on(stored: &EmailsStored) -> Vec<bool> {
    stored.chosen.iter().map(|(_, is_on)| *is_on).collect()
}

db_test!(switches_are_saved_one_by_one_and_none_undoes_another_tabs, |t| {
    let mut browser = signed_in(&t).await.json();
    let both_on = [("address_in_use", "on"), ("signed_in", "on"), ("version", "0")];
    let first = stored(&browser.post("/api/letter_switch", &both_on).await);
    assert_eq!((is_on(&first), first.version, first.is_stale), (vec![true, true], 1, false));
    // Another tab that was opened before: nothing is saved, and the answer reports what is stored.
    let none = [("version", "0")];
    let late = stored(&browser.post("/api/letter_switch", &none).await);
    assert_eq!((is_on(&late), late.version, late.is_stale), (vec![true, true], 1, true));
    // The same post again, as after a lost answer, is no conflict.
    let again = stored(&browser.post("/api/letter_switch", &both_on).await);
    assert_eq!((is_on(&again), again.version, again.is_stale), (vec![true, true], 1, false));
    let undone = [("address_in_use", "on"), ("version", "1")];
    let undone = stored(&browser.post("/api/letter_switch", &undone).await);
    assert_eq!((is_on(&undone), undone.version, undone.is_stale), (vec![true, false], 2, false));
    let none = stored(&browser.post("/api/letter_switch", &[("version", "2")]).await);
    assert_eq!(is_on(&none), [false, false]);
    browser.post("/api/sign_out", &[]).await;
    let out = browser.post("/api/letter_switch", &[("version", "3")]).await;
    assert_eq!((out.status.as_u16(), out.error().as_str()), (401, "signed_out"));
});
