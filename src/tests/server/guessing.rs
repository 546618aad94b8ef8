//! Guessing codes: how often it is possible through all endpoints together, and what raises the alarm.

use crate::{
    args,
    clock::{DAY, HOUR, MILLISECOND, MINUTE},
    domain::{
        accounts::Role,
        ids::{AccountId, FlowId},
        values::Code,
        verification::{codes, flows::FlowKind},
    },
    tests::{
        browser::Browser,
        harness::{PASSWORD, TestApp, db_test},
    },
};

const ANNA: &str = "anna@mail.example";

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// Enters wrong codes in recoveries of a name, five from each of these networks.
async fn guess(t: &TestApp, name: &str, networks: std::ops::Range<u32>) {
    for network in networks {
        let mut thief = t.browser().on_network(network).json();
        thief.ask_for_code(name).await;
        for _ in 0..5 {
            thief.post("/api/recover_code", &[("code", "000000")]).await;
        }
        t.advance(MINUTE);
    }
}

db_test!(a6_6_3_all_doors_together_give_a_stranger_twenty_tries_a_day, |t| {
    let anna = t.staff("anna", Role::Operator).await;
    // A recovery by the other name, the second step of her sign-in, and a reauthentication in a stolen session: each
    // has a code.
    let mut address = t.browser().on_network(100).json();
    address.ask_for_code(ANNA).await;
    let recovery = t.code(ANNA, "recovery-code").await;
    let mut second = t.browser().on_network(101).json();
    second.sign_in("anna", PASSWORD).await;
    let staff = t.code(ANNA, "staff-code").await;
    let mut stolen = t.staff_browser(&anna).await.on_network(102).json();
    assert_eq!(stolen.post("/api/confirm_email", &[]).await.status, 200);
    let confirm = t.code(ANNA, "recovery-code").await;
    t.advance(MINUTE);
    guess(&t, "anna", 0..4).await;

    let doors: [(&mut Browser, &str, &str); 3] = [
        (&mut address, "/api/recover_code", &recovery),
        (&mut second, "/api/sign_in_code", &staff),
        (&mut stolen, "/api/confirm_code", &confirm),
    ];
    for (browser, door, code) in doors {
        let refused = browser.post(door, &[("code", code)]).await;
        assert_eq!(refused.status, 422, "{door}: {}", refused.body);
    }
    // A browser that knows the password may be told why; a stranger must not learn that both names belong to one
    // account.
    let refused = second.post("/api/sign_in_code", &[("code", &staff)]).await;
    assert_eq!(refused.field("code"), "code_exhausted");
    let refused = address.post("/api/recover_code", &[("code", &recovery)]).await;
    assert_eq!(refused.field("code"), "code_wrong");
    // The owner is not locked out: the next code is a long one, and it works.
    assert_eq!(second.post("/api/sign_in_email", &[]).await.status, 200);
    let long = t.code(ANNA, "staff-code").await;
    assert_eq!(long.len(), 14);
    assert_eq!(second.post("/api/sign_in_code", &[("code", &long)]).await.status, 200);

    t.advance(DAY + MILLISECOND);
    let mut later = t.browser().on_network(103);
    later.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 6, "after a quiet day codes are short again");
    later.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(a6_6_3_twenty_tries_a_day_are_twenty_in_any_day, |t| {
    t.account("anna").await;
    // One try opens the window; nineteen more follow just before it would close.
    let mut first = t.browser().on_network(50);
    first.ask_for_code("anna").await;
    first.enter_code("000000").await;
    t.advance(DAY - HOUR);
    let mut waiting = t.browser().on_network(60);
    guess(&t, "anna", 0..4).await;
    t.advance(HOUR);
    waiting.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 14, "twenty-one within the last two hours");
});

db_test!(a6_6_3_a_mailbox_has_its_share_of_tries_over_all_doors, |t| {
    t.account("anna").await;
    let new = "new@mail.example";
    for network in 0..4 {
        let mut thief = t.browser().on_network(network).json();
        let fields = [("login", "thief"), ("email", new), ("password", "brown lamp nine")];
        let begun = thief.post("/api/register", &fields).await;
        assert_eq!(begun.status, 200, "{begun:?}");
        for _ in 0..5 {
            let wrong = thief.post("/api/register_code", &[("code", "000000")]).await;
            assert_eq!(wrong.status, 422);
        }
        t.advance(MINUTE);
    }
    // The mailbox has received all emails of this hour.
    t.advance(HOUR);
    let mut anna = t.browser();
    anna.sign_in("anna", PASSWORD).await;
    anna.prove(PASSWORD).await;
    anna.submit("/api/email", &[("email", new)]).await.assert_text("Enter the code");
    assert_eq!(t.code(new, "confirm-address").await.len(), 14);
});

db_test!(a6_6_3_a_code_that_was_not_sent_can_never_be_right, |t| {
    const NEWEST: &str =
        "SELECT flow_id, account_id, mac FROM codes ORDER BY sent_at DESC, id DESC LIMIT 1";
    let anna = t.account("anna").await;
    let newest = async || -> (FlowId, Option<AccountId>, Vec<u8>) {
        t.state.db.fetch_one(NEWEST, args![]).await.expect("a code")
    };
    let mac = |flow: &FlowId, code: &str| {
        let code = Code::parse(code).expect("a code");
        codes::mac(&t.state.keys, FlowKind::Recover, Some(flow), Some(&anna.id), ANNA, &code)
    };
    for network in 0..5 {
        t.browser().on_network(network).ask_for_code("anna").await;
        if network == 0 {
            let (flow, _, stored) = newest().await;
            assert_eq!(stored, mac(&flow, &t.code(ANNA, "recovery-code").await));
        }
        t.advance(MINUTE);
    }
    // By the other name of the account it looks as if a sixth were sent.
    let mut beyond = t.browser().on_network(6);
    beyond.ask_for_code(ANNA).await.assert_text("a letter with a code is on its way");
    assert_eq!(t.count(ANNA, "recovery-code").await, 5);
    let (flow, account, stored) = newest().await;
    assert_eq!(account.as_deref(), Some(&*anna.id));
    let right = (0..1_000_000).find(|number| mac(&flow, &format!("{number:06}")) == stored);
    assert_eq!(right, None, "one of all codes would have been right");
});

/// Returns whether codes are long because the whole site is under attack.
async fn is_alarm_on(t: &TestApp, name: &str) -> bool {
    let account = t.account(name).await;
    t.browser().on_network(7000).ask_for_code(name).await;
    t.code(&account.email, "recovery-code").await.len() == 14
}

/// Enters ten wrong codes from each of these networks, each time for other names.
async fn spray(t: &TestApp, networks: std::ops::Range<u32>) {
    for network in networks {
        for flow in 0..2 {
            let mut thief = t.browser().on_network(network).json();
            thief.ask_for_code(&format!("nobody{network}x{flow}")).await;
            for _ in 0..5 {
                let wrong = thief.post("/api/recover_code", &[("code", "000000")]).await;
                assert_eq!(wrong.status, 422);
            }
        }
    }
}

db_test!(one_client_does_not_raise_the_alarm, |t| {
    for number in 0..5 {
        let mut thief = t.browser().on_network(1).json();
        thief.ask_for_code(&format!("nobody{number}")).await;
        for _ in 0..30 {
            thief.post("/api/recover_code", &[("code", "000000")]).await;
        }
    }
    assert!(!is_alarm_on(&t, "anna").await, "150 posts of one client");
});

db_test!(one_v6_allocation_does_not_raise_the_alarm, |t| {
    for network in 0..20 {
        let mut thief = t.browser().on_v6_network(network).json();
        thief.ask_for_code(&format!("nobody{network}")).await;
        for _ in 0..5 {
            let wrong = thief.post("/api/recover_code", &[("code", "000000")]).await;
            assert_eq!(wrong.status, 422);
        }
    }
    assert!(!is_alarm_on(&t, "anna").await, "a hundred failures of one /48");
});

db_test!(many_networks_raise_the_alarm_and_it_ends, |t| {
    spray(&t, 0..9).await;
    assert!(!is_alarm_on(&t, "anna").await);
    // A short code that was mailed before the alarm is no longer checked or accepted; the next one is long.
    let mut before = t.browser().on_network(8000);
    t.account("dora").await;
    before.ask_for_code("dora").await;
    let short = t.code("dora@mail.example", "recovery-code").await;
    // This does not apply to a known browser.
    t.account("emma").await;
    let mut known = t.browser().on_network(8001);
    known.sign_in("emma", PASSWORD).await;
    known.ask_for_code("emma").await;
    let own = t.code("emma@mail.example", "recovery-code").await;
    spray(&t, 9..10).await;
    before.enter_code(&short).await.assert_text("Please get a new one");
    known.enter_code(&own).await.assert_text("Choose a new password");
    t.advance(MINUTE);
    before.submit("/api/recover_email", &[]).await;
    let long = t.code("dora@mail.example", "recovery-code").await;
    assert_eq!(long.len(), 14);
    before.enter_code(&long).await.assert_text("Choose a new password");
    assert!(is_alarm_on(&t, "boris").await);
    t.advance(2 * HOUR);
    assert!(!is_alarm_on(&t, "clara").await);
});

db_test!(twenty_four_thousand_posts_do_not_blind_the_alarm, |t| {
    const POSTS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24000)
        INSERT INTO events (id, kind, network, user_agent, at)
        SELECT 'post' || i, 'code_wrong', '11.0.1.0/24', '', $1 FROM n";
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(POSTS, args![t.now()]).await.expect("done");
    tx.commit().await.expect("a commit");
    t.advance(3 * HOUR);
    spray(&t, 0..12).await;
    assert!(is_alarm_on(&t, "anna").await);
});

db_test!(a_busy_hour_of_many_networks_adds_little_to_the_usual, |t| {
    spray(&t, 0..1).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE failed_codes SET count = 24000", args![]).await.expect("done");
    tx.commit().await.expect("a commit");
    t.advance(3 * HOUR);
    spray(&t, 1..13).await;
    assert!(is_alarm_on(&t, "anna").await);
});

db_test!(a_shop_that_always_has_many_failures_is_not_always_under_attack, |t| {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for hour in 2..180 {
        let sql = "INSERT INTO failed_codes (hour, count) VALUES ($1, 20)";
        tx.execute(sql, args![t.now().number_of(HOUR) - hour]).await.expect("done");
    }
    tx.commit().await.expect("a commit");
    spray(&t, 0..12).await;
    assert!(!is_alarm_on(&t, "anna").await, "a hundred and twenty are six times the usual");
    spray(&t, 12..22).await;
    assert!(is_alarm_on(&t, "boris").await);
});

const EVENTS: &str = "SELECT COUNT(*) FROM events WHERE kind IN ('code_wrong', 'saved_code_wrong')";
const LETTERS: &str = "SELECT COUNT(*) FROM outbox";
const COUNTERS: &str = "SELECT COUNT(*) FROM throttles";

db_test!(what_is_refused_unseen_writes_one_row_an_hour, |t| {
    t.account("anna").await;
    // Twenty of these are checked.
    for number in 0..5 {
        let mut thief = t.browser().json();
        thief.ask_for_code(&format!("nobody{number}")).await;
        for _ in 0..5 {
            thief.post("/api/recover_code", &[("code", "000000")]).await;
        }
    }
    assert_eq!(t.number(EVENTS).await, 21);
    let mut thief = t.browser().json();
    thief.ask_for_code("anna").await;
    let before = (t.number(LETTERS).await, t.number(COUNTERS).await);
    for _ in 0..50 {
        let refused = thief.post("/api/recover_code", &[("code", "000000")]).await;
        assert_eq!(refused.status, 429);
    }
    assert_eq!(t.number(EVENTS).await, 21);
    assert_eq!((t.number(LETTERS).await, t.number(COUNTERS).await), before);
    // The next hour has its own count.
    t.advance(HOUR);
    let mut thief = t.browser().json();
    thief.ask_for_code("anna").await;
    for _ in 0..50 {
        thief.post("/api/recover_code", &[("code", "000000")]).await;
    }
    assert_eq!(t.number(EVENTS).await, 27, "five tries of one code were judged, one refused");
});

db_test!(long_codes_have_no_cap_but_what_is_recorded_of_them_has, |t| {
    t.account("anna").await;
    guess(&t, "anna", 100..104).await;
    t.advance(HOUR);
    let mut thief = t.browser().json();
    thief.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let before = t.number(EVENTS).await;
    for _ in 0..50 {
        let wrong = thief.post("/api/recover_code", &[("code", "0000-0000-0000")]).await;
        assert_eq!(wrong.field("code"), "code_wrong");
    }
    assert_eq!(t.number(EVENTS).await - before, 20);
    let mut owner = thief.clone();
    owner.html = true;
    assert_ne!(other_than(&code), code);
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(saved_codes_refused_unseen_write_one_row_an_hour_and_no_letter, |t| {
    for number in 0..5 {
        let mut thief = t.browser().json();
        thief.post("/api/recover", &[("login", &format!("nobody{number}"))]).await;
        for _ in 0..5 {
            let fields = [("saved_code", "ABCD-EFGH-JKMN-PQRS")];
            thief.post("/api/recover_saved_code", &fields).await;
        }
    }
    assert_eq!(t.number(EVENTS).await, 21);
    let mut thief = t.browser().json();
    thief.post("/api/recover", &[("login", "nobody")]).await;
    let fields = [("saved_code", "ABCD-EFGH-JKMN-PQRS")];
    thief.post("/api/recover_saved_code", &fields).await;
    let before = (t.number(LETTERS).await, t.number(COUNTERS).await);
    for _ in 0..50 {
        thief.post("/api/recover_saved_code", &fields).await;
    }
    assert_eq!(t.number(EVENTS).await, 21);
    assert_eq!((t.number(LETTERS).await, t.number(COUNTERS).await), before);
});
