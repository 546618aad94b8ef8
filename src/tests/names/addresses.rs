//! Addresses beyond ASCII and at a number, and one address in two spellings.

use super::register;
use crate::{
    clock::DAY,
    tests::harness::{PASSWORD, db_test},
};

db_test!(host_beyond_ascii_is_one_address_however_it_is_written, |t| {
    const WIRE: &str = "Anna@xn--bcher-kva.example";
    let mut browser = t.browser();
    let page = register(&mut browser, "anna", "Anna@BÜCHER.example").await;
    page.assert_text("Anna@bücher.example");
    let code = t.code(WIRE, "confirm-address").await;
    let page = browser.submit("/api/register_code", &[("code", &code)]).await;
    page.assert_text("Anna@bücher.example");
    assert_eq!(t.find("anna").await.email, WIRE, "as letters travel");
    assert!(t.email(WIRE, "welcome").await.text.contains("Anna@bücher.example"));
    t.advance(DAY);
    for typed in ["anna@bücher.example", "anna@xn--bcher-kva.example", "ANNA@bu\u{308}cher.example"]
    {
        assert_eq!(t.browser().json().sign_in(typed, PASSWORD).await.status, 200, "{typed}");
        register(&mut t.browser(), "bert", typed).await.assert_text("Confirm your e-mail");
    }
    assert_eq!(t.count(WIRE, "confirm-address").await, 1, "nobody else gets it");
    assert_eq!(t.count(WIRE, "address-in-use").await, 1, "and its owner is told, once a day");
    t.advance(DAY);
    t.browser().ask_for_code("anna@bücher.example").await;
    assert_eq!(t.count(WIRE, "recovery-code").await, 1);
    let page = t.browser().submit("/api/find_login", &[("email", "anna@bücher.example")]).await;
    page.assert_text("A letter is on its way");
    assert_eq!(t.count(WIRE, "login-reminder").await, 1);
});

db_test!(mailboxes_that_differ_in_a_letter_are_two, |t| {
    t.account_with("berta", "straße@mail.example", PASSWORD).await;
    t.account_with("carla", "strasse@mail.example", PASSWORD).await;
    assert_eq!(t.find("STRAßE@mail.example").await.login, "berta");
    assert_eq!(t.find("Strasse@mail.example").await.login, "carla");
    t.browser().ask_for_code("strasse@mail.example").await;
    assert_eq!(t.count("strasse@mail.example", "recovery-code").await, 1);
    assert_eq!(t.emails().await.len(), 1, "and to nobody else");
});

db_test!(address_at_a_number_is_refused_at_the_field, |t| {
    t.account("anna").await;
    let mut owner = t.browser().json();
    owner.sign_in_and_prove("anna", PASSWORD).await;
    for typed in [
        "a@10.0.0.5",
        "a@[127.0.0.1]",
        "a@[IPv6:2001:db8::1]",
        "a@shop.123",
        "a@１０.0.0.5",
        "a@shop.0x7f",
    ] {
        let answer = register(&mut t.browser().json(), "bert", typed).await;
        assert_eq!(answer.field("email"), "email_number", "{typed}");
        let answer = owner.post("/api/email", &[("email", typed)]).await;
        assert_eq!(answer.field("email"), "email_number", "{typed}");
        let answer = t.browser().json().post("/api/find_login", &[("email", typed)]).await;
        assert_eq!(answer.field("email"), "email_number", "{typed}");
    }
    register(&mut t.browser(), "bert", "a@10.0.0.5")
        .await
        .assert_text("What follows the @ is a number");
    let emails = t.emails().await;
    assert!(emails.iter().all(|message| message.kind == "new-device"), "of the owner's sign-in");
    register(&mut t.browser(), "bert", "a@3com.example").await.assert_text("Confirm your e-mail");
});

db_test!(own_address_in_another_spelling_is_taken_without_a_code, |t| {
    t.account_with("anna", "Anna@bücher.example", PASSWORD).await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.submit("/api/email", &[("email", "anna@XN--BCHER-KVA.example")]).await;
    page.assert_text("spelled as you typed it");
    page.assert_text("anna@bücher.example");
    assert_eq!(t.find("anna").await.email, "anna@xn--bcher-kva.example");
    assert!(browser.is_signed_in().await);
    let emails = t.emails().await;
    assert!(emails.iter().all(|message| message.kind == "new-device"));
    let same = browser.submit("/api/email", &[("email", "anna@bücher.example")]).await;
    same.assert_text("This is your e-mail already");
    // The address was not changed: it cannot be reclaimed by another, and none is held.
    assert_eq!(t.number("SELECT COUNT(*) FROM address_changes").await, 0);
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers WHERE kind = 'email'").await, 1);
    t.browser().sign_in("ANNA@bücher.example", PASSWORD).await.assert_text("Hello, anna");
});
