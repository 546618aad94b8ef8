//! Deadlines of an assisted recovery, and what a change of the account does to it.

use super::*;
use crate::{
    clock::{DAY, HOUR, MILLISECOND, seconds},
    domain::accounts::{self, State as AccountState},
    server,
};

db_test!(the_wait_is_longer_where_somebody_uses_the_account, |t| {
    let story = story(&t).await;
    let (id, _) = waiting(&t, &story).await;
    assert_eq!(process(&t, &id).await.release_at, Some(t.now() + 72 * HOUR));
    t.staff_browser(&story.olga).await.post("/api/assisted_refuse", &[("id", &id)]).await;
    t.advance(RESEND);
    let mut anna = t.browser();
    anna.sign_in("anna", PASSWORD).await;
    anna.post("/api/sign_out", &[]).await;
    t.advance(7 * DAY - MILLISECOND);
    let (id, _) = waiting(&t, &story).await;
    assert_eq!(process(&t, &id).await.release_at, Some(t.now() + 7 * DAY));
    t.staff_browser(&story.olga).await.post("/api/assisted_refuse", &[("id", &id)]).await;
    t.advance(RESEND);
    let (id, _) = waiting(&t, &story).await;
    assert_eq!(process(&t, &id).await.release_at, Some(t.now() + 72 * HOUR));
});

db_test!(a_session_that_is_in_use_counts_as_use, |t| {
    let story = story(&t).await;
    let mut anna = t.browser();
    let fields = [("login", "anna"), ("password", PASSWORD), ("remember", "on")];
    anna.post("/api/sign_in", &fields).await;
    t.advance(10 * DAY);
    assert!(anna.is_signed_in().await);
    t.advance(6 * DAY);
    let (id, _) = waiting(&t, &story).await;
    assert_eq!(process(&t, &id).await.release_at, Some(t.now() + 7 * DAY));
});

db_test!(ending_the_sessions_does_not_make_an_account_look_unused, |t| {
    let story = story(&t).await;
    t.account("bert").await;
    for end in ["sign_out", "end_session", "planted", "registered"] {
        let mut anna = t.browser();
        let fields = [("login", "anna"), ("password", PASSWORD), ("remember", "on")];
        anna.post("/api/sign_in", &fields).await;
        t.advance(8 * DAY);
        assert!(anna.is_signed_in().await, "used yesterday");
        t.advance(DAY);
        let mut thief = anna.clone();
        match end {
            "sign_out" => {
                thief.post("/api/sign_out", &[]).await;
            }
            "end_session" => {
                let sql = "SELECT id FROM sessions WHERE account_id = $1";
                let (id,): (String,) =
                    t.state.db.fetch_one(sql, args![&story.anna.id]).await.expect("a session");
                thief.post("/api/end_session", &[("id", &id)]).await;
            }
            "planted" => {
                // Signing in to another account in the browser with the planted session ends it, too.
                thief.sign_in("bert", PASSWORD).await;
            }
            _ => {
                let fields =
                    [("login", "clara"), ("email", "clara@mail.example"), ("password", PASSWORD)];
                thief.submit("/api/register", &fields).await;
                let code = t.code("clara@mail.example", "confirm-address").await;
                thief.submit("/api/register_code", &[("code", &code)]).await;
            }
        }
        assert!(!anna.is_signed_in().await, "{end}");
        let (id, _) = waiting(&t, &story).await;
        assert_eq!(process(&t, &id).await.release_at, Some(t.now() + 7 * DAY), "{end}");
        t.staff_browser(&story.olga).await.post("/api/assisted_refuse", &[("id", &id)]).await;
        t.advance(8 * DAY);
    }
});

db_test!(a_wait_that_was_set_shorter_is_meant_and_one_that_is_longer_stays, |t| {
    for wait in [seconds(2), 10 * DAY] {
        let t = spawn_app_with(t.engine(), |config| config.assisted_wait = wait).await;
        let story = story(&t).await;
        t.browser().sign_in("anna", PASSWORD).await;
        let (id, _) = waiting(&t, &story).await;
        assert_eq!(process(&t, &id).await.release_at, Some(t.now() + wait));
    }
});

db_test!(every_state_runs_out, |t| {
    let story = story(&t).await;
    for (step, days) in [("opened", 7), ("confirmed", 7), ("ready", 7)] {
        let (id, mut shopper) = match step {
            "opened" => {
                let (chat, shopper) = chat(&t, &story.anna).await;
                (open(&t, &story.olga, &chat, &story.anna).await, shopper)
            }
            "confirmed" => confirmed(&t, &story).await,
            _ => ready(&t, &story).await,
        };
        t.advance(days * DAY - MILLISECOND);
        release(&t).await;
        assert_eq!(state_of(&t, &id).await.as_str(), step);
        t.advance(MILLISECOND);
        // It is over, whether or not housekeeping has run.
        shopper.get("/recover/assisted").await.assert_text("It was not continued in time");
        let sent = t.count(NEW, "recovery-code").await;
        arranged(&mut t.browser().on_network(9), "anna", NEW).await;
        assert_eq!(t.count(NEW, "recovery-code").await, sent, "{step}");
        assert_eq!(approve(&t, &story.oleg, &id).await.error(), "assisted_moved");
        release(&t).await;
        assert_eq!(state_of(&t, &id).await, State::Expired, "{step}");
        let ended = events(&t, &story.anna).await;
        assert!(ended.contains(&("assisted_ended".to_owned(), None)), "{ended:?}");
    }
});

db_test!(one_that_ran_out_is_in_nobodys_way, |t| {
    let story = story(&t).await;
    let (first, _) = chat(&t, &story.anna).await;
    let old = open(&t, &story.olga, &first, &story.anna).await;
    t.advance(7 * DAY);
    // Housekeeping has not run yet.
    let (second, _) = chat(&t, &story.anna).await;
    open(&t, &story.olga, &second, &story.anna).await;
    assert_eq!(state_of(&t, &old).await, State::Expired);
});

/// Changes the account in a way that raises its credential version, or changes its state.
async fn change(t: &TestApp, how: usize) {
    let anna = t.find("anna").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    match how {
        0 => accounts::void_password(&mut tx, &anna.id, &anna.password_hash).await.expect("done"),
        1 => {
            let email = crate::domain::values::EmailAddress::parse("anna.other@mail.example")
                .expect("an address");
            assert!(
                accounts::change_email(&mut tx, &t.state.random, &anna, &email, t.now())
                    .await
                    .expect("done")
            );
        }
        2 => {
            let disabled = AccountState::Disabled;
            accounts::set_state(&mut tx, &anna.id, disabled, t.now()).await.expect("done");
        }
        _ => {
            let (role, now) = (Role::Operator, t.now());
            accounts::set_role(&mut tx, &anna.id, role, now, None).await.expect("done");
        }
    }
    tx.commit().await.expect("a commit");
}

db_test!(a7_4_3_a_change_of_the_account_ends_it_in_every_state, |t| {
    for how in 0..4 {
        for step in 0..4 {
            let t = spawn_app_with(t.engine(), |_| {}).await;
            let story = story(&t).await;
            let (id, mut shopper) = match step {
                0 => {
                    let (chat, shopper) = chat(&t, &story.anna).await;
                    (open(&t, &story.olga, &chat, &story.anna).await, shopper)
                }
                1 => confirmed(&t, &story).await,
                2 => waiting(&t, &story).await,
                _ => ready(&t, &story).await,
            };
            // Flows that were begun before the change.
            let mut naming = shopper.clone();
            let mut recovering = t.browser().on_network(1);
            match step {
                0 => drop(naming.submit("/api/assisted_email", &[("email", NEW)]).await),
                3 => drop(arranged(&mut recovering, "anna", NEW).await),
                _ => {}
            }
            change(&t, how).await;
            let at = (how, step);
            match step {
                0 => {
                    let code = t.code(NEW, "confirm-address").await;
                    naming.submit("/api/assisted_code", &[("code", &code)]).await;
                }
                1 => assert_eq!(approve(&t, &story.oleg, &id).await.error(), "assisted_moved"),
                2 => t.advance(WAIT),
                _ => {
                    let code = t.code(NEW, "recovery-code").await;
                    recovering.enter_code(&code).await;
                    recovering.new_password(NEW_PASSWORD).await;
                }
            }
            shopper.get("/recover/assisted").await.assert_text("The account was changed meanwhile");
            release(&t).await;
            assert_eq!(state_of(&t, &id).await, State::Overtaken, "{at:?}");
            assert_eq!(t.count(NEW, "assisted-ready").await, usize::from(step == 3), "{at:?}");
            let anna = t.find("anna").await;
            assert_ne!(anna.email, NEW, "{at:?}");
            let ended = events(&t, &anna).await;
            assert!(ended.contains(&("assisted_ended".to_owned(), None)), "{at:?}");
        }
    }
});

db_test!(an_ordinary_recovery_overtakes_it, |t| {
    let story = story(&t).await;
    let (id, _) = waiting(&t, &story).await;
    let mut anna = t.browser();
    anna.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    anna.enter_code(&code).await;
    anna.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    release(&t).await;
    assert_eq!(state_of(&t, &id).await, State::Overtaken);
    let path = link(&t, ANNA, "assisted-recovery").await;
    let mut late = t.browser();
    late.get(&path).await;
    assert_eq!(late.get("/letter").await.status, 410);
});

db_test!(an_address_that_got_an_account_meanwhile_is_not_written_to, |t| {
    let story = story(&t).await;
    let (id, _) = waiting(&t, &story).await;
    t.account_with("nora", NEW, PASSWORD).await;
    t.advance(WAIT);
    release(&t).await;
    assert_eq!(state_of(&t, &id).await, State::Overtaken);
    assert_eq!(t.count(NEW, "assisted-ready").await, 0);
});

db_test!(two_instances_release_it_once, |t| {
    let story = story(&t).await;
    waiting(&t, &story).await;
    t.advance(WAIT);
    let rounds = (0..6).map(|_| {
        let state = t.state.clone();
        tokio::spawn(async move { process::release_due(&state).await })
    });
    for round in rounds.collect::<Vec<_>>() {
        round.await.expect("an answer").expect("done");
    }
    assert_eq!(t.count(NEW, "assisted-ready").await, 1);
});

db_test!(a16_5_a_release_that_cannot_write_its_letter_does_not_happen, |t| {
    let story = story(&t).await;
    let (id, _) = waiting(&t, &story).await;
    t.advance(WAIT);
    let rename = async |sql: &'static str| {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.execute(sql, args![]).await.expect("done");
        tx.commit().await.expect("a commit");
    };
    rename("ALTER TABLE outbox RENAME TO outbox_away").await;
    release(&t).await;
    assert_eq!(state_of(&t, &id).await, State::Waiting);
    rename("ALTER TABLE outbox_away RENAME TO outbox").await;
    release(&t).await;
    assert_eq!((state_of(&t, &id).await, t.count(NEW, "assisted-ready").await), (State::Ready, 1));
});

db_test!(what_became_of_it_is_forgotten_after_half_a_year, |t| {
    let story = story(&t).await;
    let (id, _) = confirmed(&t, &story).await;
    t.staff_browser(&story.olga).await.post("/api/assisted_refuse", &[("id", &id)]).await;
    t.advance(180 * DAY);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM assisted_recoveries").await, 1);
    t.advance(MILLISECOND);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM assisted_recoveries").await, 0);
});
