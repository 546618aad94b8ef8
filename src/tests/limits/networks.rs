//! What one network takes of what all share: free passes, help with passwords, checked fields, streams.

use crate::{
    clock::{HOUR, MINUTE},
    realtime::{GUESTS_OF_NETWORK, Realtime},
    tests::harness::db_test,
};

db_test!(free_passes_without_proof_are_limited_for_the_whole_site, |t| {
    let mut free = 0;
    for network in 0..40 {
        for n in 0..10 {
            let mut browser = t.browser().on_network(network);
            let login = format!("nobody{network}-{n}");
            browser.post("/api/recover", &[("login", &login), ("proof", "")]).await;
            let page = browser.get("/recover/method").await.words();
            free += usize::from(page.contains("How shall we check"));
            // Nobody is refused: beyond the limit the user waits.
            assert!(
                page.contains("How shall we check") || page.contains("One moment, please"),
                "{page}"
            );
        }
    }
    assert_eq!(free, 300);
    t.advance(HOUR);
    let mut later = t.browser().on_network(41);
    later.post("/api/recover", &[("login", "anna")]).await;
    later.get("/recover/method").await.assert_text("How shall we check");
});

db_test!(free_passes_of_one_v6_allocation_leave_those_of_the_site_to_others, |t| {
    let mut free = 0;
    for network in 0..40 {
        for n in 0..3 {
            let mut browser = t.browser().on_v6_network(network);
            let login = format!("nobody{network}-{n}");
            browser.post("/api/recover", &[("login", &login), ("proof", "")]).await;
            let page = browser.get("/recover/method").await.words();
            free += usize::from(page.contains("How shall we check"));
        }
    }
    assert_eq!(free, 30, "the whole /48 is one client");
    let mut other = t.browser().on_network(1);
    other.post("/api/recover", &[("login", "anna")]).await;
    other.get("/recover/method").await.assert_text("How shall we check");
});

db_test!(help_with_passwords_is_limited_by_network_and_others_are_helped, |t| {
    let mut helped = 0;
    for n in 0..200 {
        let mut browser = t.browser().on_network(1).json();
        let password = format!("green lamp seven {n}");
        let answer = browser.post("/api/password_help", &[("password", &password)]).await;
        match answer.status.as_u16() {
            200 => helped += 1,
            429 => assert_eq!(answer.error(), "too_many_from_network"),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(helped, 120);
    let ask = [("password", "green lamp seven")];
    let other = t.browser().on_network(2).json().post("/api/password_help", &ask).await;
    assert_eq!(other.status, 200);
    t.advance(MINUTE);
    let later = t.browser().on_network(1).json().post("/api/password_help", &ask).await;
    assert_eq!(later.status, 200);
});

db_test!(fields_judged_while_they_are_typed_are_limited_by_network, |t| {
    let path = "/api/check_registration_field";
    let ask = [("field", "login"), ("value", "anna")];
    let mut judged = 0;
    for _ in 0..300 {
        let answer = t.browser().on_network(1).json().post(path, &ask).await;
        match answer.status.as_u16() {
            200 => judged += 1,
            429 => assert_eq!(answer.error(), "too_many_from_network"),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(judged, 240);
    // Neither others nor other requests of this network wait.
    assert_eq!(t.browser().on_network(2).json().post(path, &ask).await.status, 200);
    let help = [("password", "green lamp seven")];
    let help = t.browser().on_network(1).json().post("/api/password_help", &help).await;
    assert_eq!(help.status, 200);
    t.advance(MINUTE);
    assert_eq!(t.browser().on_network(1).json().post(path, &ask).await.status, 200);
});

#[test]
fn streams_of_one_network_leave_places_for_others() {
    let live = Realtime::default();
    let topic = |n: usize| format!("conversation:{n}");
    let one = Some("192.0.2.0/24");
    let all: Vec<_> =
        (0..GUESTS_OF_NETWORK + 50).map(|n| live.listen_as_guest(&topic(n), one)).collect();
    assert_eq!(all.iter().flatten().count(), GUESTS_OF_NETWORK);
    assert!(live.listen_as_guest(&topic(0), Some("198.51.100.0/24")).is_some());
    assert!(live.listen(&topic(0)).is_some(), "the staff hears");
    drop(all);
    assert!(live.listen_as_guest(&topic(0), one).is_some(), "who goes makes room");
}
