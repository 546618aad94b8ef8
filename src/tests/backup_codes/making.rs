//! Making codes: shown once, behind a fresh proof, saved as a file; new ones replace the old.

use super::{ANNA, PAGE, WRONG, codes_on, enter, make, recovering, with_codes};
use crate::{
    clock::SECOND,
    tests::harness::{PASSWORD, db_test},
};

const FILE: &str = "/account/settings/codes/file";

db_test!(n4_2_1_1_codes_are_shown_once_and_stored_as_a_mac, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.get(PAGE).await.assert_text("You have no saved codes");
    let answer = browser.post(PAGE, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let codes = codes_on(&answer);
    let mut each = codes.clone();
    each.sort();
    each.dedup();
    assert_eq!(each.len(), 10, "80 random bits each: {codes:?}");
    // There is no language switch, which would lose them.
    assert!(!answer.body.contains("/api/language"));
    let shown = browser.get(PAGE).await;
    shown.assert_text("10 codes are left");
    assert!(codes_on(&shown).is_empty());
    assert!(shown.body.contains("/api/language"));
    let macs: Vec<(Vec<u8>,)> =
        t.state.db.fetch_all("SELECT mac FROM saved_codes", crate::args![]).await.expect("rows");
    assert!(macs.len() == 10 && macs.iter().all(|(mac,)| mac.len() == 32));
    let email = t.email(ANNA, "saved-codes-made").await;
    assert!(codes.iter().all(|code| !email.text.contains(code) && !email.html.contains(code)));
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE kind = 'saved_codes_made'").await, 1);
    // Callers that read JSON receive them, too, and only once.
    let json = browser.json().post(PAGE, &[]).await.json();
    assert_eq!(json["codes"].as_array().map(Vec::len), Some(10));
});

db_test!(a7_5_1_making_codes_needs_a_fresh_proof, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let confirm = "/account/confirm?next=%2Faccount%2Fsettings%2Fcodes";
    assert_eq!(browser.get(PAGE).await.location(), confirm);
    assert_eq!(browser.post(PAGE, &[]).await.location(), confirm);
    let json = browser.clone().json().post(PAGE, &[]).await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (403, "proof_needed"));
    let nobody = t.browser().json().post(PAGE, &[]).await;
    assert_eq!((nobody.status.as_u16(), nobody.error().as_str()), (401, "signed_out"));
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
});

db_test!(new_codes_void_the_old_ones, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let old = make(&mut browser).await;
    t.advance(SECOND);
    let new = make(&mut browser).await;
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 10);
    let mut recovery = recovering(&t, "anna", 1).await;
    for code in &old[..2] {
        enter(&mut recovery, code).await.assert_text("That code is not right, or was used already");
    }
    enter(&mut recovery, &new[0]).await.assert_text("Choose a new password");
});

db_test!(loading_the_page_again_makes_nothing_void, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.get(PAGE).await;
    assert!(page.body.contains(r#"name="made_at" value="0""#), "{}", page.body);
    let codes = codes_on(&browser.post(PAGE, &[("made_at", "0")]).await);
    // The browser posts the same form again.
    let again = browser.submit(PAGE, &[("made_at", "0")]).await;
    again.assert_text("These codes were replaced or used meanwhile");
    again.assert_text("10 codes are left");
    assert_eq!(t.count(ANNA, "saved-codes-made").await, 1);
    let mut recovery = recovering(&t, "anna", 1).await;
    enter(&mut recovery, &codes[0]).await.assert_text("Choose a new password");
});

db_test!(a2_4_1_codes_are_made_five_times_an_hour_at_most, |t| {
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    for n in 0..7 {
        let answer = browser.post(PAGE, &[]).await;
        assert_eq!(answer.status, if n < 5 { 200 } else { 429 }, "{n}");
    }
    assert_eq!(t.count(ANNA, "saved-codes-made").await, 5);
});

db_test!(the_file_holds_what_is_on_the_screen, |t| {
    let foreign = with_codes(&t, "bert").await;
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.post(PAGE, &[]).await;
    let codes = codes_on(&page);
    let posted = codes.join(" ");
    // The form contains the codes that the page shows, and the button copies them.
    assert!(page.body.contains(&format!(r#"name="saved_codes" value="{posted}""#)));
    assert!(page.body.contains(&codes.join(r"\n")), "as JSON among the island's props");
    let file = browser.post(FILE, &[("saved_codes", &posted)]).await;
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"saved-codes.txt\"");
    assert_eq!(file.header("cache-control"), "no-store");
    for words in ["anna at Corner Shop", "13 November 2026", "http://localhost:3000/recover"] {
        assert!(file.body.contains(words), "{words} is missing: {}", file.body);
    }
    assert!(codes.iter().all(|code| file.body.contains(code)));
    // No other input is returned as a file.
    for evil in ["", "<script>alert(1)</script>", WRONG, &foreign.join(" "), &posted.repeat(2)] {
        let answer = browser.clone().json().post(FILE, &[("saved_codes", evil)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (409, "saved_codes_replaced")
        );
    }
    let answer = t.browser().json().post(FILE, &[("saved_codes", &posted)]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(browser.get(FILE).await.location(), PAGE, "to the form");
});
