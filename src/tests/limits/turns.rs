//! The queues for hashing, pictures and estimates: a flood of one client delays nobody else.

use super::{known, post, with_accounts};
use crate::{
    domain::password_help,
    tests::harness::{PASSWORD, db_test},
};

// Many connections with correct passwords: one network, accounts of its own.
db_test!(one_client_with_accounts_of_his_own_delays_nobodys_sign_in, |t| {
    with_accounts(&t).await;
    let flood: Vec<_> = (0..75)
        .map(|n| {
            let mut browser = t.browser().on_network(1).json();
            tokio::spawn(async move {
                post(
                    &mut browser,
                    "/api/sign_in",
                    &[("login", known(n % 20)), ("password", PASSWORD.into())],
                )
                .await;
            })
        })
        .collect();
    let others: Vec<_> = (20..26)
        .map(|n| {
            let mut browser = t.browser().on_network(100 + u32::try_from(n).expect("few")).json();
            tokio::spawn(async move {
                let fields = [("login", known(n)), ("password", PASSWORD.to_owned())];
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
                browser.post("/api/sign_in", &fields).await
            })
        })
        .collect();
    for other in others {
        let answer = other.await.expect("no panic");
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    for one in flood {
        one.await.expect("no panic");
    }
});

db_test!(pictures_of_one_client_wait_for_each_other_and_nobody_else_for_them, |t| {
    let state = &t.state;
    let long = std::time::Duration::from_secs(10);
    let drawing = state.pictures.take("flood", "a", long).await.expect("the first turn");
    let mut order = Vec::new();
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for (network, who) in
        [("flood", "a"), ("flood", "a"), ("flood", "b"), ("other", "c"), ("third", "d")]
    {
        let (turns, told) = (state.pictures.clone(), told.clone());
        let waits = state.pictures.waiting();
        let task = async move {
            let turn = turns.take(network, who, long).await;
            told.send((network, who, turn.is_some())).expect("somebody listens");
            drop(turn);
        };
        tokio::spawn(task);
        while state.pictures.waiting() == waits {
            tokio::task::yield_now().await;
        }
    }
    drop(drawing);
    for _ in 0..5 {
        order.push(heard.recv().await.expect("a turn"));
    }
    let order: Vec<_> = order.into_iter().map(|(network, who, _)| (network, who)).collect();
    assert_eq!(
        order,
        [("other", "c"), ("third", "d"), ("flood", "b"), ("flood", "a"), ("flood", "a")]
    );
    // A flood is refused at once, and leaves room for others.
    let drawing = state.pictures.take("flood", "a", long).await.expect("a turn");
    let mut waiting = Vec::new();
    for n in 0..100 {
        let turns = state.pictures.clone();
        waiting.push(tokio::spawn(async move {
            turns.take("flood", &n.to_string(), long).await.is_some()
        }));
        tokio::task::yield_now().await;
    }
    while waiting.iter().filter(|task| task.is_finished()).count() < 50 {
        tokio::task::yield_now().await;
    }
    let turns = state.pictures.clone();
    let other = tokio::spawn(async move { turns.take("other", "c", long).await.is_some() });
    drop(drawing);
    assert!(other.await.expect("no panic"));
});

/// Passwords that are the most expensive to estimate, and the scores of good and bad ones of any length.
#[test]
fn hostile_passwords_are_estimated_in_bounded_work_and_judged_right() {
    let words = |text: &str| password_help::estimate(text, &["anna", "Corner Shop"]);
    for (text, least, most) in [
        ("a".repeat(128), 0, 1),
        ("password".repeat(16), 0, 2),
        ("Tr0ub4dor&3 lamp green seventeen".to_owned(), 4, 4),
        (format!("{}x7#kQ!vW2@pLz9&mB4", "a".repeat(40)), 4, 4),
        ("long words are what a person remembers well when they are not from a book and nobody else ever said them".to_owned(), 4, 4),
    ] {
        let (score, _) = words(&text);
        assert!((least..=most).contains(&score), "{text}: {score}");
    }
    // The cost of an estimate grows with the cube of the characters that are estimated at once: 128 hostile ones took a
    // second and a half, 24 take some milliseconds.
    for hostile in ["4@8({[<369!1|0$57%2", "p4$$w0rd!1|", "1/1/11", "aaab", "ж"] {
        let text: String = hostile.chars().cycle().take(128).collect();
        let pieces = password_help::pieces(&text);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= 24), "{pieces:?}");
        assert_eq!(pieces.concat(), text);
    }
}
