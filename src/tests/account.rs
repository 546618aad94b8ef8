//! My account.

use super::harness::{PASSWORD, db_test};
use crate::args;

/// The pages that belong to one signed-in user.
pub(super) const PERSONAL: [&str; 18] = [
    "/account",
    "/account/profile",
    "/account/profile/password",
    "/account/devices",
    "/account/activity",
    "/account/saved-passwords",
    "/account/confirm",
    "/account/settings",
    "/account/settings/password",
    "/account/settings/password/code",
    "/account/settings/password/new",
    "/account/settings/email",
    "/account/settings/email/code",
    "/account/settings/login",
    "/account/settings/letters",
    "/account/settings/codes",
    "/account/settings/export",
    "/account/settings/delete",
];

db_test!(hub_shows_who_one_is, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let page = browser.sign_in("anna", PASSWORD).await;
    for words in [
        "Hello, anna",
        "anna@mail.example",
        "Your password was last changed on 13 November 2026, 14:03 UTC .",
        "You have no saved codes.",
        "Your e-mail anna@mail.example is confirmed.",
        "You are signed in on 1 device",
        "Signed in",
        "Sign out",
        "Change password",
    ] {
        page.assert_text(words);
    }
    let profile = browser.get("/account/profile").await;
    profile.assert_text("Member since 13 November 2026");
    assert!(profile.body.contains(r#"href="/account/profile/password""#));
});

db_test!(hub_says_what_to_do_about_backup_codes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.post("/account/settings/codes", &[]).await;
    let page = browser.get("/account").await;
    page.assert_text("10 saved codes are left. Replace all codes");
    assert!(!page.words().contains("These are only a few."));
    for (kept, left) in [(3_i64, "3 saved codes are left."), (1, "1 saved code is left.")] {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let sql = "DELETE FROM saved_codes WHERE mac NOT IN (SELECT mac FROM saved_codes LIMIT $1)";
        tx.execute(sql, args![kept]).await.expect("used up");
        tx.commit().await.expect("a commit");
        let page = browser.get("/account").await;
        page.assert_text(left);
        page.assert_text("These are only a few. Replace all codes before the last one is used.");
    }
});

db_test!(signed_out_every_personal_screen_leads_to_sign_in, |t| {
    for path in PERSONAL {
        let answer = t.browser().get(path).await;
        assert_eq!(answer.status, 302);
        assert!(answer.location().starts_with("/sign-in?next=%2Faccount"), "{}", answer.location());
        let json = t.browser().json().get(path).await;
        assert_eq!((json.status.as_u16(), json.error().as_str()), (401, "signed_out"));
    }
});
