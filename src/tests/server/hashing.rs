//! The hashing pool.

use crate::{
    clock::{Clock, Timestamp},
    domain::values::Password,
    random::Random,
    security::password_hashing::{self, HashError, Hasher, Verification},
};

fn password(text: &str) -> Password {
    Password::entered(text).expect("a password")
}

#[tokio::test]
async fn right_and_wrong_and_nobody() {
    let hasher = Hasher::new(2, Clock::manual(Timestamp::default()), Random::System);
    let hash = hasher.hash(password("green lamp seven").as_secret(), "here").await.expect("a hash");
    let verdict = |matches| Verification { matches, outdated: false };
    let verify = async |text: &str, stored| {
        hasher.verify(password(text).as_secret(), stored, "here").await.expect("a verdict")
    };
    assert_eq!(verify("green lamp seven", Some(&hash)).await, verdict(true));
    assert_eq!(verify("green lamp eight", Some(&hash)).await, verdict(false));
    assert_eq!(verify("green lamp seven", None).await, verdict(false));
    // The same password twice: different salts, both valid.
    let second =
        hasher.hash(password("green lamp seven").as_secret(), "here").await.expect("a hash");
    assert_ne!(hash, second);
    assert_eq!(verify("green lamp seven", Some(&second)).await, verdict(true));
}

#[tokio::test]
async fn what_another_argon2id_made_is_understood() {
    use argon2::{Argon2, PasswordHasher as _};
    let stored = Argon2::default().hash_password(b"green lamp seven").expect("a hash").to_string();
    let hasher = Hasher::new(1, Clock::manual(Timestamp::default()), Random::System);
    assert!(
        hasher
            .verify(password("green lamp seven").as_secret(), Some(&stored), "here")
            .await
            .expect("a verdict")
            .matches
    );
}

#[tokio::test]
async fn stored_rows_cannot_ask_for_gigabytes() {
    let hasher = Hasher::new(1, Clock::manual(Timestamp::default()), Random::System);
    for stored in [
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=9999,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "nonsense",
        "",
    ] {
        let refused =
            hasher.verify(password("green lamp seven").as_secret(), Some(stored), "here").await;
        assert!(matches!(refused, Err(HashError::Unusable)), "{stored}");
    }
}

/// A flood: more hashes than the queue takes in its two seconds. The rest is refused at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queue_is_bounded() {
    let hasher = Hasher::new(1, Clock::manual(Timestamp::default()), Random::System);
    let tasks: Vec<_> = (0..2_000)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move {
                hasher.hash(password("green lamp seven").as_secret(), "here").await
            })
        })
        .collect();
    let (mut made, mut busy) = (0, 0);
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => made += 1,
            Err(HashError::Busy) => busy += 1,
            Err(HashError::Unusable) => panic!("unusable"),
        }
    }
    assert!(made > 0 && busy > 0, "{made} made, {busy} busy");
}

/// The queue is shared by network: a network that fills it waits only behind its own requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flood_of_one_network_delays_nobody_else() {
    let hasher = Hasher::new(2, Clock::manual(Timestamp::default()), Random::System);
    let make = |network: String| {
        let hasher = hasher.clone();
        tokio::spawn(async move {
            hasher.hash(password("green lamp seven").as_secret(), &network).await
        })
    };
    // More than two seconds suffice for: without shares the others would come too late.
    let flood: Vec<_> = (0..1_500).map(|_| make("flood".to_owned())).collect();
    while hasher.waiting() < 75 {
        tokio::task::yield_now().await;
    }
    let others: Vec<_> = (0..6).map(|n| make(n.to_string())).collect();
    for other in others {
        other.await.expect("no panic").expect("a hash");
    }
    let mut busy = 0;
    for one in flood {
        busy += usize::from(one.await.expect("no panic").is_err());
    }
    assert!(busy > 0, "it was no flood");
}

/// A single network uses all threads, and several take turns.
#[test]
fn networks_take_turns() {
    let mut queue = password_hashing::Queue::default();
    for (network, n) in [("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5), ("b", 6)] {
        queue.push(network.to_owned(), n);
    }
    // A request that was cancelled meanwhile takes no turn.
    let order: Vec<i32> = std::iter::from_fn(|| queue.pop(|n| *n != 2)).collect();
    assert_eq!(order, [1, 4, 5, 3, 6]);
    assert!(queue.is_empty());
    queue.push("a".to_owned(), 7);
    assert_eq!(queue.pop(|_| true), Some(7));
    assert_eq!(queue.pop(|_| true), None);
}

/// Several answers are returned at once, and cancelled requests delay nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_an_answer_whoever_hangs_up() {
    let hasher = Hasher::new(1, Clock::manual(Timestamp::default()), Random::System);
    let mut tasks: Vec<_> = (0..24)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move {
                hasher.hash(password("green lamp seven").as_secret(), "here").await
            })
        })
        .collect();
    for leaving in tasks.split_off(11) {
        leaving.abort();
    }
    for task in tasks {
        task.await.expect("no panic").expect("a hash");
    }
}

#[test]
fn memory_is_as_large_as_asked_for_and_empty() {
    for count in [1, 2_048, 19_456] {
        let blocks = password_hashing::blocks(count);
        assert_eq!(blocks.len(), count);
        assert!(blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }
}
