//! Activity.

use super::harness::{PASSWORD, both};
use crate::server::{
    clock::MINUTE,
    events::{Event, EventKind},
};

both!(a16_2_everything_that_happens_is_told_in_words, |t| {
    t.account("anna").await;
    t.browser().on_network(9).sign_in("anna", "wrong password").await;
    let mut browser = t.browser().on_network(1);
    browser.headers.push(("user-agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/150.0".to_owned()));
    browser.sign_in("anna", PASSWORD).await;
    t.browser().on_network(2).ask_for_code("anna").await;
    t.letters().await;
    let page = browser.get("/account/activity").await;
    for words in [
        "Signed in Firefox, Windows · 11.0.1.0/24 13 November 2026, 14:03 UTC",
        "Sign-in refused unknown browser · 11.0.9.0/24",
        "Recovery begun",
        "A code was asked for",
        "Letter sent: new device",
        "Letter sent: code",
    ] {
        page.says(words);
    }
    // Nobody sees anybody else's.
    t.account("bert").await;
    let mut bert = t.browser();
    bert.sign_in("bert", PASSWORD).await;
    assert!(!bert.get("/account/activity").await.words().contains("Recovery begun"));
});

both!(kinds_are_filtered_and_pages_follow_each_other_without_gap, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    for _ in 0..45 {
        t.wait(1);
        browser.post("/api/sign_out", &[]).await;
        // As often as one may from one network.
        t.wait(4 * MINUTE);
        browser.sign_in("anna", PASSWORD).await;
    }
    let letters = browser.get("/account/activity?kind=letters").await;
    assert!(!letters.words().contains("Signed out"));
    let mut seen = Vec::new();
    let mut path = "/account/activity?kind=sign-ins".to_owned();
    loop {
        let page = browser.get(&path).await;
        let times = page.body.split("<li").filter_map(|item| {
            item.split_once("datetime=\"")
                .map(|(_, rest)| rest.split('"').next().unwrap_or_default().to_owned())
        });
        let before = seen.len();
        seen.extend(times);
        assert!(seen.len() - before <= 20);
        let next =
            page.body.split(r#"rel="next""#).next().filter(|_| page.body.contains(r#"rel="next""#));
        let Some(next) = next.and_then(|head| head.rsplit_once("href=\"")) else { break };
        path = next.1.split('"').next().unwrap_or_default().replace("&amp;", "&");
    }
    assert_eq!(seen.len(), 91, "46 times in, 45 times out");
    assert!(seen.is_sorted_by(|newer, older| newer >= older), "newest first");
});

both!(nonsense_in_the_address_shows_the_first_page, |t| {
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let mut bert = t.browser();
    t.account("bert").await;
    bert.sign_in("bert", PASSWORD).await;
    let sql = "SELECT id, kind, network, user_agent, at, detail FROM events WHERE account_id <> $1 LIMIT 1";
    let foreign: Event =
        t.app.db.one(sql, crate::args![&anna.id]).await.expect("an event of bert's");
    for query in [
        "kind=%27%20OR%201",
        "before=nobody",
        &format!("before={}", foreign.id),
        "kind=all&before=",
    ] {
        browser.get(&format!("/account/activity?{query}")).await.says("Signed in");
    }
});

#[test]
fn every_kind_has_a_name_of_its_own() {
    for locale in crate::i18n::Locale::ALL {
        let words: std::collections::BTreeSet<String> = EventKind::ALL
            .into_iter()
            .map(|kind| {
                assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
                let event = Event {
                    id: String::new(),
                    kind: kind.as_str().to_owned(),
                    network: String::new(),
                    user_agent: String::new(),
                    at: 0,
                    detail: None,
                };
                crate::activity::words::words(&event, locale)
            })
            .collect();
        assert_eq!(words.len(), EventKind::ALL.len());
    }
}
