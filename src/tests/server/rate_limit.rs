//! Counters and waits.

use crate::{
    clock::{DAY, HOUR, MILLISECOND, MINUTE, SECOND},
    db::{DbError, Row, Value, Writer},
    domain::rate_limit::{self, Attempt, Key, wait_after},
    state::AppState,
};

use super::super::harness::db_test;

#[test]
fn waits_double_from_thirty_seconds_to_fifteen_minutes() {
    let waits: Vec<i64> = (1..=12).map(|n| wait_after(n).as_secs()).collect();
    assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
}

db_test!(window_counts_and_begins_anew, |t| {
    let key = Key::new(&t.state.keys, "test", &["a"]);
    let other = Key::new(&t.state.keys, "test", &["b"]);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for n in 1..=3 {
        assert_eq!(
            rate_limit::count(&mut tx, &key, HOUR, t.now()).await.expect("a count").count,
            n
        );
    }
    rate_limit::refund(&mut tx, &key).await.expect("done");
    assert_eq!(
        rate_limit::current_in(&mut tx, &key, HOUR, t.now()).await.expect("a count").count,
        2
    );
    assert_eq!(
        rate_limit::current_in(&mut tx, &other, HOUR, t.now()).await.expect("a count").count,
        0
    );
    t.advance(HOUR);
    assert_eq!(
        rate_limit::current_in(&mut tx, &key, HOUR, t.now()).await.expect("a count").count,
        0
    );
    assert_eq!(rate_limit::count(&mut tx, &key, HOUR, t.now()).await.expect("a count").count, 1);
});

db_test!(streak_waits_and_is_forgotten_after_a_day, |t| {
    let key = Key::new(&t.state.keys, "test", &["a"]);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for n in 1..=5 {
        assert_eq!(
            rate_limit::record_attempt(&mut tx, &key, t.now()).await.expect("a turn"),
            Attempt::Go(n)
        );
    }
    assert_eq!(
        rate_limit::record_attempt(&mut tx, &key, t.now()).await.expect("a turn"),
        Attempt::Wait(30 * SECOND)
    );
    t.advance(DAY + MILLISECOND);
    assert_eq!(
        rate_limit::record_attempt(&mut tx, &key, t.now()).await.expect("a turn"),
        Attempt::Go(1)
    );
    rate_limit::clear(&mut tx, &key).await.expect("done");
    assert_eq!(
        rate_limit::record_attempt(&mut tx, &key, t.now()).await.expect("a turn"),
        Attempt::Go(1)
    );
});

db_test!(each_failure_from_the_fifth_on_waits_longer, |t| {
    let key = Key::new(&t.state.keys, "test", &["a"]);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let mut take =
        async || rate_limit::record_attempt(&mut tx, &key, t.now()).await.expect("a turn");
    for failures in 1..=12 {
        assert_eq!(take().await, Attempt::Go(failures));
        if wait_after(failures).is_positive() {
            assert_eq!(take().await, Attempt::Wait(wait_after(failures)), "after {failures}");
            t.advance(wait_after(failures));
        }
    }
});

/// Clears the streak before its wait is read, as the correct password in another tab does.
struct EndsInBetween<'a>(&'a AppState, Key);

impl Writer for EndsInBetween<'_> {
    async fn fetch_optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        if sql.starts_with("SELECT") {
            let mut tx = self.0.db.begin().await?;
            rate_limit::clear(&mut tx, &self.1).await?;
            tx.commit().await?;
        }
        self.0.db.relaxed().fetch_optional(sql, args).await
    }
}

db_test!(streak_that_ends_while_one_asks_for_its_wait_is_waited_for_shortly, |t| {
    let key = Key::new(&t.state.keys, "test", &["a"]);
    for n in 1..=5 {
        let turn = rate_limit::record_attempt(&mut t.state.db.relaxed(), &key, t.now()).await;
        assert_eq!(turn.expect("a turn"), Attempt::Go(n));
    }
    let mut racing = EndsInBetween(&t.state, key.clone());
    let turn = rate_limit::record_attempt(&mut racing, &key, t.now()).await;
    assert_eq!(turn.expect("a turn"), Attempt::Wait(SECOND));
    assert_eq!(
        rate_limit::cooldown(&mut t.state.db.relaxed(), &key, MINUTE, t.now())
            .await
            .expect("an answer"),
        Ok(())
    );
    let again = rate_limit::cooldown(&mut racing, &key, MINUTE, t.now()).await;
    assert_eq!(again.expect("an answer"), Err(SECOND));
});

db_test!(parallel_counts_are_all_different, |t| {
    let key = Key::new(&t.state.keys, "test", &["a"]);
    let tasks = (0..40).map(|_| {
        let (state, key) = (t.state.clone(), key.clone());
        tokio::spawn(async move {
            let mut tx = state.db.begin().await.expect("a transaction");
            let count = rate_limit::count(&mut tx, &key, HOUR, state.clock.now())
                .await
                .expect("a count")
                .count;
            tx.commit().await.expect("a commit");
            count
        })
    });
    let mut counts = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        counts.push(task.await.expect("no panic"));
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=40).collect::<Vec<i64>>());
});

db_test!(once_per_span_and_slots_apart, |t| {
    let key = Key::new(&t.state.keys, "test", &["a"]);
    let slots = Key::new(&t.state.keys, "slots", &["a"]);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    assert_eq!(
        rate_limit::cooldown(&mut tx, &key, MINUTE, t.now()).await.expect("an answer"),
        Ok(())
    );
    t.advance(59 * SECOND);
    assert_eq!(
        rate_limit::cooldown(&mut tx, &key, MINUTE, t.now()).await.expect("an answer"),
        Err(SECOND)
    );
    t.advance(SECOND);
    assert_eq!(
        rate_limit::cooldown(&mut tx, &key, MINUTE, t.now()).await.expect("an answer"),
        Ok(())
    );
    for n in 1..=4 {
        let slot = rate_limit::take_slot(&mut tx, &slots, 20 * SECOND, MINUTE, t.now())
            .await
            .expect("a slot");
        assert_eq!(slot - t.now(), (n * 20 * SECOND).min(MINUTE));
    }
});

db_test!(rows_hold_nothing_that_was_typed, |t| {
    t.browser().sign_in("very-secret-name", "wrong password").await;
    t.browser().ask_for_code("very-secret-name").await;
    let rows: Vec<(String,)> =
        t.state.db.fetch_all("SELECT key FROM throttles", crate::args![]).await.expect("rows");
    assert!(!rows.is_empty() && rows.iter().all(|(key,)| !key.contains("secret-name")), "{rows:?}");
});

db_test!(sweep_forgets_what_is_over, |t| {
    t.account("anna").await;
    t.browser().sign_in("anna", crate::tests::harness::PASSWORD).await;
    t.browser().ask_for_code("anna").await;
    t.emails().await;
    t.advance(40 * DAY);
    crate::server::sweep(&t.state).await.expect("swept");
    for sql in [
        "SELECT COUNT(*) FROM throttles",
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM flows",
        "SELECT COUNT(*) FROM codes",
        "SELECT COUNT(*) FROM outbox",
    ] {
        assert_eq!(t.number(sql).await, 0, "{sql}");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 1);
});
