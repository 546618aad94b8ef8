//! Logins that look alike: taken, also when the other is former, deleted or created at once.

use super::{refusal, register};
use crate::{
    args,
    clock::DAY,
    domain::{
        accounts::{self, CreateError, NewAccount, Role},
        values::{EmailAddress, Username},
    },
    i18n::Locale,
    tests::harness::{PASSWORD, db_test},
};

db_test!(dotted_capital_is_the_same_person, |t| {
    t.account_with("İpek", "ipek@mail.example", PASSWORD).await;
    for (n, name) in (0..).zip(["ipek", "IPEK", "İPEK", "i\u{307}pek", "ıpek"]) {
        assert_eq!(refusal(&t, n, name).await, "login_taken", "{name}");
    }
    for name in ["ipek", "İpek", "IPEK", "i\u{307}pek"] {
        assert_eq!(t.browser().json().sign_in(name, PASSWORD).await.status, 200, "{name}");
    }
});

db_test!(look_alike_of_a_login_is_taken_and_signs_nobody_in, |t| {
    t.account("limes11").await;
    t.account("coco").await;
    t.account("MARNIE").await;
    let alike = [
        "Iimes11", "lirnes11", "limesl1", "LIMES1l", "сосо", "СОСО", "Coсo", "rnarnie", "c0c0",
        "marn1e",
    ];
    for (n, name) in (0..).zip(alike) {
        let expected = match name {
            "Coсo" => "login_mixed_scripts",
            // `0` looks like a capital O, and `1` like a small l: both are easily told from `o` and `i`.
            "c0c0" | "marn1e" => "",
            _ => "login_taken",
        };
        assert_eq!(refusal(&t, n, name).await, expected, "{name}");
        let mut browser = t.browser().json().on_network(1000 + n);
        assert_eq!(browser.sign_in(name, PASSWORD).await.status, 401, "{name}");
    }
    // The answer is the same as for a taken login, letter by letter.
    let taken = register(&mut t.browser(), "limes11", "new@mail.example").await;
    let alike = register(&mut t.browser(), "Iimes11", "new@mail.example").await;
    assert_eq!(taken.words(), alike.words());
    // Nor by a change of the login.
    t.account("bert").await;
    let mut bert = t.browser().json();
    bert.sign_in_and_prove("bert", PASSWORD).await;
    assert_eq!(
        bert.post("/api/login", &[("login", "Iimes11")]).await.field("login"),
        "login_taken"
    );
    assert_eq!(t.find("bert").await.login, "bert", "nothing half done");
});

db_test!(look_alike_of_a_former_and_of_a_deleted_login_is_taken, |t| {
    t.account("limes11").await;
    let mut owner = t.browser().json();
    owner.sign_in_and_prove("limes11", PASSWORD).await;
    assert_eq!(owner.post("/api/login", &[("login", "other")]).await.status, 200);
    assert_eq!(refusal(&t, 1, "Iimes11").await, "login_taken");
    // The owner may: it can be mistaken for no other account.
    t.advance(30 * DAY);
    owner.sign_in_and_prove("other", PASSWORD).await;
    assert_eq!(owner.post("/api/login", &[("login", "Iimes11")]).await.status, 200);
    t.advance(30 * DAY);
    owner.sign_in_and_prove("other", PASSWORD).await;
    assert_eq!(owner.post("/api/login", &[("login", "limes11")]).await.status, 200);
    let account = t.find("limes11").await;
    crate::account::deletion::purge::purge(&t.state, &account.id, false).await.expect("deleted");
    for (n, name) in (2..).zip(["limes11", "Iimes11", "lirnes11", "0ther", "othеr"]) {
        let expected = match name {
            "0ther" => "",
            "othеr" => "login_mixed_scripts",
            _ => "login_taken",
        };
        assert_eq!(refusal(&t, n, name).await, expected, "{name}");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers").await, 0, "nothing can be read");
});

db_test!(look_alikes_from_before_stay_and_go_back_to_their_names, |t| {
    t.account("limes11").await;
    let twin = t.account("twin").await;
    // As it was stored before look-alikes were refused.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(
        "UPDATE identifiers SET key = 'iimes11', skeleton = 'iirnesll', spelled_skeleton = 'lirnesll' WHERE key = 'twin'",
        args![],
    )
    .await
    .expect("done");
    tx.execute("UPDATE accounts SET login = 'Iimes11' WHERE id = $1", args![&twin.id])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("iimes11", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "second")]).await.status, 200);
    t.advance(30 * DAY);
    browser.sign_in_and_prove("second", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "Iimes11")]).await.status, 200);
    assert_eq!(t.find("second").await.login, "Iimes11");
    assert_eq!(t.find("limes11").await.login, "limes11");
});

db_test!(of_look_alikes_at_the_same_moment_one_wins, |t| {
    async fn create(
        state: &crate::state::AppState,
        login: &str,
    ) -> Result<crate::db::Tx, CreateError> {
        let mut tx = state.db.begin().await?;
        let now = state.clock.now();
        let email = format!("{}@mail.example", state.random.id::<String>(now));
        let new = NewAccount {
            id: &state.random.id(now),
            login: &Username::parse(login).expect("a login"),
            email: &EmailAddress::parse(&email).expect("an address"),
            password_hash: "x",
            locale: Locale::En,
            role: Role::Shopper,
        };
        accounts::create(&mut tx, &state.keys, &new, now).await.map(|()| tx)
    }
    let first = create(&t.state, "limes11").await.expect("it is free");
    let state = t.state.clone();
    let second = tokio::spawn(async move { create(&state, "Iimes11").await.map(drop) });
    t.until_it_waits(&second).await;
    first.commit().await.expect("a commit");
    let second = second.await.expect("no panic");
    assert!(matches!(second, Err(CreateError::LoginTaken)), "{second:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 1);
});
