//! Passwords: how each form judges them, and the change with the old password.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::seconds;

const NEW: &str = "blue lamp eight";

async fn signed_in(t: &TestApp, login: &str) -> Browser {
    t.account(login).await;
    let mut browser = t.browser().json();
    browser.sign_in(login, PASSWORD).await;
    browser
}

async fn change(
    browser: &mut Browser,
    old: &str,
    new: &str,
    again: &str,
) -> super::browser::Answer {
    let fields = [("old_password", old), ("new_password", new), ("new_password_again", again)];
    browser.submit("/api/change_password", &fields).await
}

/// Checks that each form for a new password answers the same for the same password.
async fn on_every_way(t: &TestApp, password: &str) -> [String; 3] {
    let n = t.number("SELECT COUNT(*) FROM accounts").await;
    let (login, mail) = (format!("shopper{n}"), format!("shopper{n}@mail.example"));
    // A different network each time: limits are not the subject here.
    let network = u32::try_from(n).expect("few") * 10;
    let fresh = format!("fresh{n}");
    let mut register = t.browser().json().on_network(network);
    let fields = [
        ("login", fresh.as_str()),
        ("email", &format!("{fresh}@mail.example")),
        ("password", password),
    ];
    let registered = register.post("/api/register", &fields).await;

    t.account(&login).await;
    let mut recover = t.browser().json().on_network(network + 1);
    recover.ask_for_code(&login).await;
    let code = t.code(&mail, "recovery-code").await;
    recover.enter_code(&code).await;
    let recovered = recover.new_password(password).await;

    let second = format!("changer{n}");
    let mut changer = signed_in(t, &second).await;
    let changed = change(&mut changer, PASSWORD, password, password).await;
    [registered.field("password"), recovered.field("new_password"), changed.field("new_password")]
}

db_test!(n3_1_1_2_a6_2_1_minimum_in_code_points, |t| {
    assert_eq!(on_every_way(&t, "жжжжжжжж9").await, ["password_too_short"; 3]);
    assert_eq!(on_every_way(&t, "жыжывжыв9+").await, [""; 3]);
});

db_test!(n_a6_2_9_hundred_and_twenty_eight_and_not_one_more, |t| {
    let longest: String = "aé9 ".repeat(32);
    assert_eq!(on_every_way(&t, &format!("{longest}x")).await, ["password_too_long"; 3]);
    assert_eq!(on_every_way(&t, &longest).await, [""; 3]);
    let login = "long-one";
    let mut browser = signed_in(&t, login).await;
    change(&mut browser, PASSWORD, &longest, &longest).await;
    assert_eq!(t.browser().json().sign_in(login, &longest).await.status, 200);
    // Never truncated: characters beyond the maximum count.
    assert_eq!(t.browser().json().sign_in(login, &longest[..longest.len() - 1]).await.status, 401);
    assert_eq!(t.browser().json().sign_in(login, &format!("{longest}x")).await.status, 401);
});

db_test!(a6_2_8_exact_case_kept_nfc_only, |t| {
    t.account_with("anna", "anna@mail.example", "Caf\u{e9} au Lait").await;
    let mut browser = t.browser().json();
    assert_eq!(
        browser.sign_in("anna", "Cafe\u{301} au Lait").await.status,
        200,
        "the NFD spelling is the same"
    );
    for wrong in ["caf\u{e9} au Lait", "Caf\u{e9} au Laiu", "Caf\u{e9} au Lait ", "Cafe au Lait"] {
        assert_eq!(t.browser().json().sign_in("anna", wrong).await.status, 401, "{wrong}");
        t.advance(crate::clock::HOUR);
    }
});

db_test!(a6_2_5_no_composition_rules, |t| {
    for fine in ["🦀🐙🦑🦐🦞🐚🐌🦋🐛🐜🐝🐞🦗🕷🦂", "three little words", "zzzqqqxxxvvv"]
    {
        assert_eq!(on_every_way(&t, fine).await, [""; 3], "{fine}");
    }
});

db_test!(a6_2_4_common_passwords_are_refused_with_the_reason, |t| {
    for common in ["1234567890", "PASSWORD123", "qwertyuiop", "йцукенгшщз"] {
        assert_eq!(on_every_way(&t, common).await, ["password_common"; 3], "{common}");
    }
});

db_test!(a6_2_11_context_words_are_refused, |t| {
    let mut browser = signed_in(&t, "kirsten").await;
    for personal in ["kirsten2026", "Corner Shop 1", "1KIRSTENkirsten"] {
        let answer = change(&mut browser, PASSWORD, personal, personal).await;
        assert_eq!(answer.field("new_password"), "password_personal", "{personal}");
    }
    // Six other characters are enough.
    assert_eq!(
        change(&mut browser, PASSWORD, "kirsten-x1y2z3", "kirsten-x1y2z3").await.status,
        200
    );
    let fields =
        [("login", "boris"), ("email", "kowalski@mail.example"), ("password", "kowalski99")];
    assert_eq!(
        t.browser().json().post("/api/register", &fields).await.field("password"),
        "password_personal"
    );
});

db_test!(a6_2_3_change_needs_the_old_one, |t| {
    let mut browser = signed_in(&t, "anna").await;
    assert_eq!(change(&mut browser, "", NEW, NEW).await.field("old_password"), "password_missing");
    assert_eq!(
        change(&mut browser, "wrong password", NEW, NEW).await.field("old_password"),
        "old_password_wrong"
    );
    assert_eq!(
        change(&mut browser, PASSWORD, NEW, "other words").await.field("new_password_again"),
        "passwords_differ"
    );
    assert_eq!(change(&mut t.browser().json(), PASSWORD, NEW, NEW).await.status, 401);
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 200);
    assert_eq!(t.count("anna@mail.example", "password-changed").await, 0);
});

db_test!(old_and_new_ones_are_judged_in_the_same_round, |t| {
    let mut browser = signed_in(&t, "anna").await;
    for (old, new, again, wrong) in [
        ("wrong password", "short", "short", ["old_password_wrong", "password_too_short", ""]),
        ("wrong password", NEW, "other words", ["old_password_wrong", "", "passwords_differ"]),
        ("", "short", "other", ["password_missing", "password_too_short", "passwords_differ"]),
        (PASSWORD, "short", "other", ["", "password_too_short", "passwords_differ"]),
        (PASSWORD, "", "", ["", "password_missing", ""]),
    ] {
        let answer = change(&mut browser, old, new, again).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (422, "check_fields"));
        let fields = ["old_password", "new_password", "new_password_again"];
        assert_eq!(fields.map(|field| answer.field(field)), wrong, "{old}, {new}, {again}");
    }
    // Without script each message is at its field, and no secret is sent back.
    browser.html = true;
    let page = change(&mut browser, "wrong password", "short", "other").await;
    for name in ["old_password-why", "new_password-why", "new_password_again-why"] {
        assert!(page.body.contains(&format!(r#"id="{name}""#)), "{name}: {}", page.body);
    }
    assert!(!page.body.contains("wrong password"));
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 200);
});

db_test!(wrong_old_passwords_count_whatever_the_new_ones_are, |t| {
    let mut browser = signed_in(&t, "anna").await;
    for _ in 0..4 {
        change(&mut browser, "wrong password", "short", "short").await;
    }
    // The correct old password with a weak new one is no failure, and does not reset the count.
    for _ in 0..3 {
        let answer = change(&mut browser, PASSWORD, "short", "short").await;
        assert_eq!(answer.field("new_password"), "password_too_short");
    }
    change(&mut browser, "wrong password", NEW, NEW).await;
    for new in [NEW, "short"] {
        let refused = change(&mut browser, PASSWORD, new, new).await;
        assert_eq!((refused.status.as_u16(), refused.error().as_str()), (429, "too_many_tries"));
        assert_eq!(refused.field("new_password"), "");
    }
    let refused = "SELECT COUNT(*) FROM events WHERE kind = 'password_change_refused'";
    assert_eq!(t.number(refused).await, 5);
    t.advance(seconds(30));
    assert_eq!(change(&mut browser, PASSWORD, NEW, NEW).await.status, 200);
});

db_test!(old_password_is_tried_twenty_times_an_hour_at_most_beside_weak_ones, |t| {
    let mut browser = signed_in(&t, "anna").await;
    for _ in 0..20 {
        assert_eq!(change(&mut browser, PASSWORD, "short", "short").await.status, 422);
    }
    let refused = change(&mut browser, PASSWORD, NEW, NEW).await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (429, "too_many_tries"));
});

db_test!(change_ends_all_other_sessions_and_renews_this_one, |t| {
    let mut browser = signed_in(&t, "anna").await;
    let (mut other, mut replay) = (t.browser(), browser.clone());
    other.sign_in("anna", PASSWORD).await;
    browser.html = true;
    change(&mut browser, PASSWORD, NEW, NEW).await.assert_text("Your password was changed");
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(replay.get("/account").await.status, 401, "the token of before is dead, too");
    let email = t.email("anna@mail.example", "password-changed").await;
    assert!(email.text.contains("choose a new password at once"));
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(guessing_the_old_one_waits, |t| {
    let mut browser = signed_in(&t, "anna").await;
    for _ in 0..5 {
        change(&mut browser, "wrong password", NEW, NEW).await;
    }
    let refused = change(&mut browser, PASSWORD, NEW, NEW).await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (429, "too_many_tries"));
    t.advance(seconds(30));
    assert_eq!(change(&mut browser, PASSWORD, NEW, NEW).await.status, 200);
});

db_test!(nist_preset_asks_for_fifteen, |t| {
    let _ = t.account("anna").await;
    let strict =
        crate::tests::harness::spawn_app_with(crate::tests::harness::Engine::Sqlite, |config| {
            config.password_min = 15
        })
        .await;
    let fields =
        |password| [("login", "anna"), ("email", "anna@mail.example"), ("password", password)];
    let short = strict.browser().json().post("/api/register", &fields("fourteen chars")).await;
    assert_eq!(short.field("password"), "password_too_short");
    assert_eq!(
        strict.browser().json().post("/api/register", &fields("fifteen chars!!")).await.status,
        200
    );
});
