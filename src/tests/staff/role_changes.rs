//! Roles: who assigns them, who is told, and what cannot be given.

use super::{ANNA, set_role};
use crate::{
    clock::MINUTE,
    domain::{
        accounts::{self, Account, Role},
        roles::GiveError,
    },
    tests::{
        browser::{Answer, Browser},
        harness::{PASSWORD, TestApp, db_test},
    },
};

const BORIS: &str = "boris@mail.example";
const CLARA: &str = "clara@mail.example";

/// Returns the browser of an admin who has just signed in and reauthenticated.
async fn proved(t: &TestApp, admin: &Account) -> Browser {
    let mut browser = t.staff_browser(admin).await;
    browser.prove(PASSWORD).await;
    browser
}

async fn give(browser: &mut Browser, login: &str, role: &str) -> Answer {
    browser.submit("/api/staff_role", &[("login", login), ("role", role)]).await
}

db_test!(a6_4_roles_that_are_given_are_mailed_to_all_admins, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    t.staff("boris", Role::Admin).await;
    t.staff("clara", Role::Operator).await;
    t.account("dora").await;
    let mut browser = proved(&t, &anna).await;
    give(&mut browser, "Dora", "operator").await.assert_text("dora has a new role: Operator.");
    for admin in [ANNA, BORIS] {
        let email = t.email(admin, "role-changed").await;
        assert!(email.subject.contains("dora"), "{}", email.subject);
        for words in ["Operator", "Changed by: anna", "Network", "Undo it at once"] {
            assert!(email.text.contains(words), "{words}: {}", email.text);
        }
        assert!(email.text.contains("/operator/staff"));
    }
    let own = t.email("dora@mail.example", "role-changed").await;
    assert!(own.text.contains("Changed by: anna") && !own.text.contains("Network"), "{}", own.text);
    assert_eq!(t.count(CLARA, "role-changed").await, 0);
    let dora = t.find("dora").await;
    assert_eq!((dora.role(), dora.role_given_by.as_deref()), (Role::Operator, Some(&*anna.id)));
    browser.get("/operator/staff").await.assert_text("given by: anna");

    // On the command line, too.
    t.advance(MINUTE);
    set_role(&t, &dora.id, Role::Shopper).await.expect("taken");
    let email = t.email(BORIS, "role-changed").await;
    assert!(email.text.contains("a command on the shop's server"), "{}", email.text);
    assert!(t.email("dora@mail.example", "role-changed").await.text.contains("no longer"));
    let mut dora = t.browser();
    dora.sign_in("dora", PASSWORD).await;
    dora.get("/account/activity").await.assert_text("Role changed: Operator");
});

db_test!(roles_are_given_behind_a_fresh_proof, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    t.account("boris").await;
    let mut browser = t.staff_browser(&anna).await;
    let fields = [("login", "boris"), ("role", "admin")];
    let answer = browser.clone().json().post("/api/staff_role", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "proof_needed"));
    let answer = browser.post("/api/staff_role", &fields).await;
    assert_eq!(answer.location(), "/account/confirm?next=%2Foperator%2Fstaff");
    let proof = [("password", PASSWORD), ("next", "/operator/staff")];
    let page = browser.submit("/api/confirm", &proof).await;
    // What was typed is restored; and the session that continues is a staff session.
    assert!(page.body.contains(r#"value="boris""#), "{}", page.body);
    assert_eq!(t.find("boris").await.role(), Role::Shopper);
    give(&mut browser, "boris", "admin").await.assert_text("boris has a new role: Admin.");
    assert_eq!(t.find("boris").await.role(), Role::Admin);
});

db_test!(nobody_changes_his_own_role, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let mut browser = proved(&t, &anna).await;
    for role in ["shopper", "operator", "admin"] {
        give(&mut browser, "anna", role).await.assert_text("Nobody changes their own role");
    }
    assert_eq!(
        (t.find("anna").await.role(), t.count(ANNA, "role-changed").await),
        (Role::Admin, 0)
    );
});

db_test!(two_admins_cannot_take_the_role_from_each_other, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let boris = t.staff("boris", Role::Admin).await;
    let mut first = proved(&t, &anna).await;
    let mut second = proved(&t, &boris).await;
    let tasks = [
        tokio::spawn(async move { give(&mut first, "boris", "shopper").await.status }),
        tokio::spawn(async move { give(&mut second, "anna", "shopper").await.status }),
    ];
    for task in tasks {
        assert_eq!(task.await.expect("no panic"), 200);
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts WHERE role = 'admin'").await, 1);
});

db_test!(what_cannot_be_given_is_said_beside_the_field, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    t.staff("boris", Role::Operator).await;
    let clara = t.account("clara").await;
    t.disable(&clara).await;
    t.account("dora").await;
    let mut dora = t.browser();
    dora.sign_in_and_prove("dora", PASSWORD).await;
    dora.submit("/api/delete", &[("confirmation", "dora")]).await;
    let mut browser = proved(&t, &anna).await.json();
    for (login, role, field, kind) in [
        ("", "operator", "login", "login_missing"),
        ("nobody", "operator", "login", "login_unknown"),
        // This form must not reveal which addresses have an account.
        (BORIS, "admin", "login", "login_unknown"),
        ("boris", "operator", "role", "role_same"),
        ("boris", "owner", "role", "role_unknown"),
        ("clara", "operator", "login", "role_unfit"),
        ("dora", "operator", "login", "role_unfit"),
    ] {
        let fields = [("login", login), ("role", role)];
        let answer = browser.post("/api/staff_role", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.field(field).as_str()), (422, kind), "{login}");
    }
    assert_eq!(t.count(ANNA, "role-changed").await, 0);
    let same = set_role(&t, &t.find("boris").await.id, Role::Operator).await;
    assert!(matches!(same, Err(GiveError::Same)));
});

db_test!(the_list_of_staff_says_who_since_when_and_by_whom, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let boris = t.account("boris").await;
    let clara = t.account("clara").await;
    let mut browser = proved(&t, &anna).await;
    give(&mut browser, "boris", "admin").await.assert_text("boris has a new role");
    let mut second = proved(&t, &t.find("boris").await).await;
    give(&mut second, "clara", "operator").await.assert_text("clara has a new role");
    let page = browser.get("/operator/staff").await;
    for words in [
        "anna · Admin you",
        "boris · Admin",
        "Since 13 November 2026, given by: anna",
        "clara · Operator",
        "given by: boris",
        "Last seen on 13 November 2026",
        "Not seen yet",
    ] {
        page.assert_text(words);
    }
    let mut tx = t.state.db.begin().await.expect("a transaction");
    accounts::delete(&mut tx, &boris.id).await.expect("deleted");
    tx.commit().await.expect("a commit");
    t.disable(&clara).await;
    let page = browser.get("/operator/staff").await;
    page.assert_text("given by: a deleted account");
    page.assert_text("clara · Operator disabled");
});

db_test!(staff_does_not_delete_its_account_while_it_has_the_role, |t| {
    let anna = t.staff("anna", Role::Operator).await;
    let mut browser = proved(&t, &anna).await;
    browser
        .get("/account/settings/delete")
        .await
        .assert_text("Ask an admin to take the role away first");
    let answer = browser.clone().json().post("/api/delete", &[("confirmation", "anna")]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (422, "staff_stays"));
    assert_eq!(t.find("anna").await.delete_at, None);
    // Login and address can still be changed.
    browser.submit("/api/login", &[("login", "anna-new")]).await.assert_text("anna-new");
    set_role(&t, &anna.id, Role::Shopper).await.expect("taken");
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.submit("/api/delete", &[("confirmation", "anna-new")]).await;
    assert!(t.find("anna").await.delete_at.is_some());
});
