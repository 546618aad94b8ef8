//! What a change of the account does to its codes: a new password, a reclaim, the deletion.

use super::{ANNA, NEW, WRONG, enter, make, recovering, with_codes};
use crate::{
    clock::DAY,
    server,
    tests::harness::{PASSWORD, db_test},
};

db_test!(a7_4_3_flow_of_an_older_version_is_dead_and_codes_outlive_a_new_password, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut early = recovering(&t, "anna", 1).await;
    let mut confirmed = recovering(&t, "anna", 2).await;
    enter(&mut confirmed, &codes[0]).await.assert_text("Choose a new password");
    let mut raised = recovering(&t, "anna", 3).await;
    let id = t.find("anna").await.id;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "UPDATE accounts SET credential_version = credential_version + 1 WHERE id = $1";
    tx.execute(sql, crate::args![id]).await.expect("done");
    tx.commit().await.expect("a commit");
    enter(&mut raised, &codes[1]).await.assert_text("4 tries left");
    assert!(!confirmed.new_password(NEW).await.words().contains("Your password is new"));

    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    owner.submit("/api/change_password", &fields).await.assert_text("Your password was changed");
    enter(&mut early, &codes[1]).await.assert_text("or it was finished already");
    // The codes stay valid: they are for when the password is forgotten.
    let mut later = recovering(&t, "anna", 4).await;
    enter(&mut later, &codes[1]).await.assert_text("Choose a new password");
});

db_test!(taking_the_account_back_voids_them, |t| {
    t.account("anna").await;
    let mut thief = t.browser();
    thief.sign_in_and_prove("anna", PASSWORD).await;
    let codes = make(&mut thief).await;
    let new = "thief@mail.example";
    thief.submit("/api/email", &[("email", new)]).await;
    let code = t.code(new, "confirm-address").await;
    thief
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
    for (name, network) in [("anna", 1), (ANNA, 2), (new, 3)] {
        let mut browser = recovering(&t, name, network).await;
        enter(&mut browser, WRONG).await;
    }
    // Returns the link of the newest email to an address that has one.
    let link = async |to: &str| {
        let emails = t.emails().await;
        let mut texts = emails.iter().rev().filter(|email| email.to == to).map(|l| &l.text);
        let link = texts.find_map(|text| text.split_once("http://localhost:3000/letter/"));
        let token = link.and_then(|(_, rest)| rest.split_whitespace().next()).expect("a token");
        format!("/letter/{token}")
    };
    let mut owner = t.browser();
    owner.get(&link(ANNA).await).await;
    owner.submit("/api/object", &[]).await.assert_text("The account is yours again");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
    // The thief's failed attempts do not count against the owner.
    let sql = "SELECT COUNT(*) FROM throttles
         WHERE key LIKE 'saved-code-failures%' AND key NOT LIKE 'saved-code-failures-network:%'";
    assert_eq!(t.number(sql).await, 1, "of the address that is nobody's by now");
    let mut again = recovering(&t, "anna", 4).await;
    enter(&mut again, &codes[0]).await.assert_text("4 tries left");
    // Codes that the owner makes now become invalid when the account is frozen.
    owner.submit("/api/recover_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password(NEW).await;
    owner.sign_in_and_prove("anna", NEW).await;
    make(&mut owner).await;
    let mut thief = t.browser();
    thief.get(&link(new).await).await;
    thief.submit("/api/object", &[]).await.assert_text("The account is frozen");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
});

db_test!(deletion_takes_them_along, |t| {
    with_codes(&t, "anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.post("/api/delete", &[("confirmation", "anna")]).await;
    t.advance(14 * DAY);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
});
