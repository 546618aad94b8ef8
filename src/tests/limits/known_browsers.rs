//! The `device` cookie: what a copied token is worth, and what keeps a browser known.

use crate::{
    args,
    domain::known_browser::{self, DeviceTokens},
    tests::{
        browser::Browser,
        harness::{PASSWORD, db_test},
    },
};

/// Returns the `device` cookie: a list, one token for each account that was used in a browser.
fn device(browser: &Browser) -> String {
    browser.cookie("device").expect("a device cookie")
}

db_test!(copied_device_token_is_worth_nothing_after_the_next_sign_in, |t| {
    t.account("anna").await;
    t.account("bert").await;
    // Copied at a shared computer before the victim signs in there.
    let mut shared = t.browser();
    shared.sign_in("bert", PASSWORD).await;
    let mut before = t.browser().on_network(1);
    before.set_cookie("device", &device(&shared));
    shared.sign_in("anna", PASSWORD).await;
    let mut after = t.browser().on_network(2);
    after.set_cookie("device", &device(&shared));
    before.sign_in("anna", "wrong password").await;
    let known = "SELECT COUNT(*) FROM throttles WHERE key LIKE 'refused-device:%'";
    assert_eq!(t.number(known).await, 0, "before: a stranger");
    after.sign_in("anna", "wrong password").await;
    assert_eq!(t.number(known).await, 1, "after: known, until …");
    shared.sign_in("anna", PASSWORD).await;
    after.sign_in("anna", "wrong password").await;
    let refused = "SELECT COALESCE(MAX(count), 0) FROM throttles WHERE key LIKE 'refused-device:%'";
    assert_eq!(t.number(refused).await, 0, "… the next sign-in in that browser");
    // The browser still knows the other account.
    shared.sign_in("bert", "wrong password").await;
    assert_eq!(t.number(refused).await, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM devices").await, 2);
});

db_test!(known_browser_keeps_its_count_when_its_token_changes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let ids = "SELECT id FROM devices";
    let first: Vec<(String,)> = t.state.db.fetch_all(ids, args![]).await.expect("rows");
    let token = device(&browser);
    browser.sign_in("anna", PASSWORD).await;
    assert_ne!(device(&browser), token);
    let second: Vec<(String,)> = t.state.db.fetch_all(ids, args![]).await.expect("rows");
    assert_eq!(first, second);
    assert_eq!(t.count("anna@mail.example", "new-device").await, 1);
});

db_test!(two_tabs_that_sign_in_at_once_keep_the_browser_known, |t| {
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let devices = DeviceTokens::parse(&device(&browser));
    // Both were looked up before either was finished.
    let known = known_browser::find(&t.state.db, &anna.id, &devices).await.expect("an answer");
    assert!(known.is_some());
    let mut left = Vec::new();
    for _ in 0..2 {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let given = known_browser::remember(
            &mut tx,
            &t.state.random,
            t.now(),
            &anna.id,
            &devices,
            known.as_ref(),
        );
        left.push(given.await.expect("done").expose_secret());
        tx.commit().await.expect("a commit");
    }
    // Whichever answer came last, the browser is known.
    for tokens in left {
        let mut browser = t.browser();
        browser.set_cookie("device", &tokens);
        browser.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    }
    assert_eq!(t.count("anna@mail.example", "new-device").await, 1);
});

db_test!(old_device_cookies_stay_good_for_every_account_that_they_know, |t| {
    t.account("anna").await;
    t.account("bert").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let token = device(&browser);
    assert!(!token.contains('.'));
    // As previous versions wrote it: one token for all accounts.
    browser.sign_in("bert", PASSWORD).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "UPDATE devices SET token_hash = $1";
    let hash = crate::security::Token::parse(&token).expect("a token").hash();
    tx.execute(sql, args![hash]).await.expect("done");
    tx.commit().await.expect("a commit");
    browser.set_cookie("device", &token);
    for name in ["anna", "bert", "anna"] {
        browser.sign_in(name, PASSWORD).await;
    }
    for name in ["anna", "bert"] {
        assert_eq!(t.count(&format!("{name}@mail.example"), "new-device").await, 1, "{name}");
    }
});
