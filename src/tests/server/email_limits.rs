//! However many clients ask, and for whatever: a mailbox gets a limited number of emails a day, and one that gets its
//! owner in is among them.

use crate::{
    args,
    clock::{DAY, HOUR, MINUTE, SECOND, Timestamp},
    db::Db,
    domain::email_limits::{self, Cause},
};

use super::super::harness::{PASSWORD, TestApp, code_in, db_test};

/// Returns the kinds of all emails to this mailbox, in any spelling.
async fn to(t: &TestApp, domain: &str) -> Vec<String> {
    let emails = t.emails().await.into_iter();
    emails.filter(|message| message.to.ends_with(domain)).map(|message| message.kind).collect()
}

async fn register(t: &TestApp, network: u32, login: &str, email: &str) {
    let fields = [("login", login), ("email", email), ("password", PASSWORD)];
    t.browser().on_network(network).submit("/api/register", &fields).await;
}

db_test!(strangers_on_29_networks_cause_no_more_than_15_letters_a_day, |t| {
    t.account_with("anna", "anna@anna.example", PASSWORD).await;
    // The owner was here before: this browser is known.
    let mut known = t.browser().on_network(200);
    known.sign_in("anna", PASSWORD).await;
    for network in 0..29 {
        let email = if network % 2 == 0 { "anna@anna.example" } else { "Anna+x@anna.example" };
        t.browser().on_network(network).post("/api/find_login", &[("email", email)]).await;
        register(&t, network, "bert", "anna@anna.example").await;
        t.browser().on_network(network).ask_for_code("anna").await;
        t.browser().on_network(network).ask_for_code("anna@anna.example").await;
        // So that they are sent before they expire.
        t.emails().await;
        t.advance(49 * MINUTE);
    }
    let mut kinds = to(&t, "@anna.example").await;
    kinds.retain(|kind| kind != "new-device");
    assert_eq!(kinds.len(), 15, "{kinds:?}");
    // The last of them gets the owner in: the attack itself delivers it to her mailbox …
    let last = t.email("anna@anna.example", "recovery-code").await.text;
    assert_eq!(code_in(&last).len(), 14, "a code that roams: {last}");
    // … and the browser that she always uses has emails of its own.
    known.post("/api/sign_out", &[]).await;
    known.ask_for_code("anna").await;
    assert_eq!(to(&t, "@anna.example").await.len(), 17);
});

db_test!(five_an_hour_and_the_fifth_gets_its_owner_in, |t| {
    t.account_with("anna", "anna@anna.example", PASSWORD).await;
    for network in 0..3 {
        t.browser()
            .on_network(network)
            .post("/api/find_login", &[("email", "anna@anna.example")])
            .await;
    }
    register(&t, 9, "bert", "anna@anna.example").await;
    // The fifth is reserved for the owner.
    register(&t, 10, "clara", "anna+clara@anna.example").await;
    assert_eq!(to(&t, "@anna.example").await.len(), 4);
    let mut browser = t.browser().on_network(20);
    browser.ask_for_code("anna").await;
    assert_eq!(to(&t, "@anna.example").await.len(), 5);
    let code = t.code("anna@anna.example", "recovery-code").await;
    assert_eq!(code.len(), 14, "long, and good in any browser");
    browser.enter_code(&code).await.assert_text("Choose a new password");
    t.advance(2 * MINUTE);
    t.browser().on_network(21).ask_for_code("anna").await;
    assert_eq!(to(&t, "@anna.example").await.len(), 5);
    t.advance(HOUR);
    t.browser().on_network(22).ask_for_code("anna").await;
    assert_eq!(to(&t, "@anna.example").await.len(), 6);
});

db_test!(spellings_with_a_plus_are_one_mailbox, |t| {
    for number in 0..260 {
        let (login, email) = (format!("user{number}"), format!("victim+{number}@victim.example"));
        // All forms that write to an address without an account; a new password takes long to hash, so most use another
        // form.
        match number % 10 {
            0..=2 => register(&t, number / 5, &login, &email).await,
            3 => drop(t.browser().on_network(number / 5).ask_for_code(&email).await),
            _ => {
                let fields = [("email", email.as_str())];
                t.browser().on_network(number / 5).post("/api/find_login", &fields).await;
            }
        }
    }
    let emails = to(&t, "@victim.example").await.len();
    assert!((3..=5).contains(&emails), "{emails} emails within an hour");
    for hour in 0..20 {
        t.advance(HOUR);
        for number in 0..4 {
            let email = format!("victim+{hour}x{number}@victim.example");
            register(&t, 100 + hour, &format!("u{hour}x{number}"), &email).await;
        }
        t.emails().await;
    }
    let emails = to(&t, "@victim.example").await.len();
    assert!((14..=15).contains(&emails), "{emails} emails within a day");
});

db_test!(strangers_take_nothing_from_the_owner_who_is_signed_in, |t| {
    t.account_with("anna", "anna@anna.example", PASSWORD).await;
    let mut anna = t.browser().on_network(200);
    anna.sign_in("anna", PASSWORD).await;
    for network in 0..6 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.advance(2 * MINUTE);
    }
    let before = to(&t, "@anna.example").await.len();
    anna.submit("/api/confirm_email", &[]).await;
    assert_eq!(to(&t, "@anna.example").await.len(), before + 1);
});

db_test!(owner_who_used_up_her_own_share_is_told, |t| {
    t.account_with("anna", "anna@anna.example", PASSWORD).await;
    let mut anna = t.browser().on_network(200);
    anna.sign_in("anna", PASSWORD).await;
    anna.submit("/api/confirm_email", &[]).await;
    let sent = to(&t, "@anna.example").await.len();
    fill(&t.state.db, t.now(), "mailbox-own-hour:", 10).await;
    t.advance(2 * MINUTE);
    anna.html = false;
    let answer = anna.post("/api/confirm_email", &[]).await;
    assert_eq!(answer.error(), "too_many_letters");
    assert_eq!(to(&t, "@anna.example").await.len(), sent);
});

db_test!(whole_site_writes_so_many_letters_to_typed_addresses_an_hour, |t| {
    register(&t, 1, "first", "first@one.example").await;
    assert_eq!(to(&t, "@one.example").await.len(), 1);
    // 299 were written before, by many networks.
    fill(&t.state.db, t.now(), "typed-site:", 299).await;
    // From now on each network gets few …
    for number in 0..12 {
        let (login, email) = (format!("user{number}"), format!("user{number}@two.example"));
        register(&t, 2, &login, &email).await;
        t.advance(20 * SECOND);
    }
    assert_eq!(to(&t, "@two.example").await.len(), 10);
    // … others have their own …
    register(&t, 3, "third", "third@three.example").await;
    assert_eq!(to(&t, "@three.example").await.len(), 1);
    // … and in the end nobody gets one, whether or not the address has an account. Recovery still works.
    fill(&t.state.db, t.now(), "typed-site:", 2_000).await;
    t.account_with("anna", "anna@four.example", PASSWORD).await;
    for email in ["anna@four.example", "nobody@four.example"] {
        let fields = [("login", "fourth"), ("email", email), ("password", PASSWORD)];
        let answer = t.browser().on_network(4).json().post("/api/register", &fields).await;
        assert_eq!(answer.error(), "too_many_letters");
    }
    assert_eq!(to(&t, "@four.example").await.len(), 0);
    t.browser().on_network(5).ask_for_code("anna").await;
    assert_eq!(to(&t, "@four.example").await.len(), 1);
    t.advance(DAY);
    register(&t, 6, "sixth", "sixth@six.example").await;
    assert_eq!(to(&t, "@six.example").await.len(), 1);
});

db_test!(one_v6_allocation_gets_a_tenth_of_the_sites_letters, |t| {
    let register = async |network: u8, name: &str| {
        let email = format!("{name}@{name}.example");
        let fields = [("login", name), ("email", &email), ("password", PASSWORD)];
        t.browser().on_v6_network(network).json().post("/api/register", &fields).await;
        to(&t, &format!("@{name}.example")).await.len()
    };
    assert_eq!(register(1, "first").await, 1);
    fill(&t.state.db, t.now(), "typed-allocation:", 199).await;
    assert_eq!(register(2, "second").await, 1);
    assert_eq!(register(3, "third").await, 0, "another /56 of the same /48");
    let fields = [("login", "other"), ("email", "other@other.example"), ("password", PASSWORD)];
    t.browser().on_network(3).json().post("/api/register", &fields).await;
    assert_eq!(to(&t, "@other.example").await.len(), 1);
});

/// Sets a counter, as if this many had been counted.
async fn fill(db: &Db, now: Timestamp, what: &str, count: i64) {
    let mut tx = db.begin().await.expect("a transaction");
    let done = tx
        .execute(
            "UPDATE throttles SET count = $1, since = $2 WHERE key LIKE $3",
            args![count, now, format!("{what}%")],
        )
        .await
        .expect("done");
    if done == 0 {
        panic!("{what} is counted nowhere");
    }
    tx.commit().await.expect("a commit");
}

db_test!(what_somebody_used_up_is_forgiven_when_the_owner_is_back_and_keeps_no_staff_out, |t| {
    let room = async |cause| {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let counted =
            email_limits::count(&t.state, &mut tx, cause, "anna@mail.example", false).await;
        tx.commit().await.expect("a commit");
        counted.expect("an answer").is_room()
    };
    for _ in 0..30 {
        room(Cause::Anybody).await;
        room(Cause::Owner).await;
    }
    assert!(!room(Cause::Anybody).await && !room(Cause::Owner).await);
    assert!(room(Cause::Staff).await, "that takes the password");
    let mut tx = t.state.db.begin().await.expect("a transaction");
    email_limits::forgive(&t.state, &mut tx, "anna@mail.example").await.expect("done");
    tx.commit().await.expect("a commit");
    assert!(room(Cause::Anybody).await && room(Cause::Owner).await);
});
