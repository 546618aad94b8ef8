//! Activity.

use super::{
    browser::Browser,
    harness::{PASSWORD, db_test},
};
use crate::{
    clock::{DAY, HOUR, MILLISECOND, MINUTE, Timestamp},
    domain::{
        audit::{self, Event, EventKind},
        client::Client,
    },
    islands::ActivityPart,
};

db_test!(a16_2_everything_that_happens_is_told_in_words, |t| {
    t.account("anna").await;
    t.browser().on_network(9).sign_in("anna", "wrong password").await;
    let mut browser = t.browser().on_network(1);
    browser.headers.push(("user-agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/150.0".to_owned()));
    browser.sign_in("anna", PASSWORD).await;
    t.browser().on_network(2).ask_for_code("anna").await;
    t.emails().await;
    let page = browser.get("/account/activity").await;
    for words in [
        "Signed in · email sent Firefox, Windows · 11.0.1.0/24 14:03 UTC",
        "Sign-in refused unknown browser · 11.0.9.0/24",
        "Recovery begun",
        "A code was asked for · email sent",
    ] {
        page.assert_text(words);
    }
    let emails = browser.get("/account/activity?kind=letters").await;
    emails.assert_text("Letter sent: new device");
    emails.assert_text("Letter sent: code");
    // Users do not see each other's activity.
    t.account("bert").await;
    let mut bert = t.browser();
    bert.sign_in("bert", PASSWORD).await;
    assert!(!bert.get("/account/activity").await.words().contains("Recovery begun"));
});

db_test!(kinds_are_filtered_and_pages_follow_each_other_without_gap, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    for _ in 0..45 {
        t.advance(MILLISECOND);
        browser.post("/api/sign_out", &[]).await;
        // As often as one network may sign in.
        t.advance(4 * MINUTE);
        browser.sign_in("anna", PASSWORD).await;
    }
    let emails = browser.get("/account/activity?kind=letters").await;
    assert!(!emails.words().contains("Signed out"));
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

db_test!(nonsense_in_the_address_shows_the_first_page, |t| {
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let mut bert = t.browser();
    t.account("bert").await;
    bert.sign_in("bert", PASSWORD).await;
    let sql = "SELECT id, kind, network, user_agent, at, detail FROM events WHERE account_id <> $1 LIMIT 1";
    let foreign: Event =
        t.state.db.fetch_one(sql, crate::args![&anna.id]).await.expect("an event of bert's");
    for query in [
        "kind=%27%20OR%201",
        "before=nobody",
        &format!("before={}", foreign.id),
        "kind=all&before=",
    ] {
        browser.get(&format!("/account/activity?{query}")).await.assert_text("Signed in");
    }
});

/// Requests the page's data as its island does.
async fn part(browser: &mut Browser, path: &str) -> ActivityPart {
    let mut browser = browser.clone();
    browser.headers.push(("accept", ActivityPart::MEDIA_TYPE.to_owned()));
    let answer = browser.get(path).await;
    assert_eq!(answer.header("content-type"), ActivityPart::MEDIA_TYPE, "{answer:?}");
    assert!(answer.header("vary").contains("accept"));
    serde_json::from_str(&answer.body).expect("a part")
}

fn told(part: &ActivityPart) -> Vec<&str> {
    part.entries.iter().map(|entry| entry.words.as_str()).collect()
}

db_test!(letters_are_folded_into_what_they_tell_of, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    t.advance(MINUTE);
    // One email to the old address and one to the new one, besides the one with the code.
    browser.post("/api/email", &[("email", "anna.b@mail.example")]).await;
    let code = t.code("anna.b@mail.example", "confirm-address").await;
    t.advance(MINUTE);
    browser.post("/api/email_code", &[("code", &code)]).await;
    // They are sent later than the events that they report; this makes no difference.
    t.advance(MINUTE);
    t.emails().await;
    let all = part(&mut browser, "/account/activity").await;
    let told_all = told(&all);
    for words in [
        "E-mail changed · emails sent",
        "Change of e-mail asked for · email sent",
        "A code was asked for · email sent",
        "Signed in · email sent",
    ] {
        assert_eq!(told_all.iter().filter(|told| **told == words).count(), 1, "{words}: {all:?}");
    }
    assert!(!told_all.iter().any(|told| told.starts_with("Letter sent")), "{told_all:?}");
    // Requested as a kind of their own, they are listed one by one.
    let emails = part(&mut browser, "/account/activity?kind=letters").await;
    assert_eq!(emails.entries.len(), 5, "{:?}", told(&emails));
    assert!(told(&emails).iter().all(|told| told.starts_with("Letter sent")));
    // A group shows the events of its kinds, each with its emails.
    let changes = part(&mut browser, "/account/activity?kind=changes").await;
    assert_eq!(changes.entries[0].words, "E-mail changed · emails sent");
    // So does the account page.
    browser.get("/account").await.assert_text("E-mail changed · emails sent");
});

db_test!(letter_without_an_event_of_the_account_stands_alone, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let fields =
        [("login", "bert"), ("email", "anna@mail.example"), ("password", "blue lamp eight")];
    t.browser().on_network(3).post("/api/register", &fields).await;
    t.emails().await;
    // An event that an instance of the previous version wrote has no cause, either.
    let old = "UPDATE events SET cause_id = NULL WHERE detail = 'new-device'";
    let mut tx = t.state.db.begin().await.expect("a transaction");
    assert_eq!(tx.execute(old, crate::args![]).await.expect("it is written"), 1);
    tx.commit().await.expect("it lasts");
    let all = part(&mut browser, "/account/activity").await;
    assert!(told(&all).contains(&"Letter sent: somebody tried your address"), "{all:?}");
    assert!(told(&all).contains(&"Letter sent: new device"), "{all:?}");
    assert!(told(&all).contains(&"Signed in"), "{all:?}");
});

db_test!(days_are_those_of_the_reader, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    t.emails().await;
    // 13 November, 23:33 UTC: already the next day in Berlin.
    t.advance(9 * HOUR + 30 * MINUTE);
    browser.post("/api/letters", &[("signed_in", "on")]).await;
    let headings = |part: &ActivityPart| {
        let days =
            part.entries.iter().map(|entry| (entry.day.heading.clone(), entry.moment.is_utc));
        let mut days: Vec<(String, bool)> = days.collect();
        days.dedup();
        days
    };
    let utc = part(&mut browser, "/account/activity").await;
    assert_eq!(headings(&utc), [("Today".to_owned(), true)]);
    let fields = [("display_name", ""), ("locale", "en"), ("time_zone", "Europe/Berlin")];
    browser.upload("/api/profile", &fields, ("picture", "application/octet-stream", b"")).await;
    let berlin = part(&mut browser, "/account/activity").await;
    assert_eq!(headings(&berlin), [("Today".to_owned(), false), ("Yesterday".to_owned(), false)]);
    t.advance(DAY);
    browser.sign_in("anna", PASSWORD).await;
    let later = part(&mut browser, "/account/activity").await;
    let later = headings(&later).into_iter().map(|(heading, _)| heading).collect::<Vec<_>>();
    assert_eq!(later, ["Today", "Yesterday", "13 November 2026"]);
    let page = browser.get("/account/activity").await;
    assert!(page.body.contains("<h2>Today"), "{}", page.body);
    let russian = browser.get("/account/activity?lang=ru").await;
    for words in ["Сегодня", "Вчера", "13 ноября 2026", "Вход · отправлено письмо"]
    {
        russian.assert_text(words);
    }
});

db_test!(parts_follow_each_other_and_are_shown_together, |t| {
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let client = Client { network: "11.0.1.0/24".to_owned(), user_agent: String::new() };
    for _ in 0..48 {
        t.advance(MILLISECOND);
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let (random, now) = (&t.state.random, t.state.clock.now());
        audit::record(&mut tx, random, now, EventKind::SignedOut, Some(&anna.id), &client)
            .await
            .expect("it is recorded");
        tx.commit().await.expect("it lasts");
    }
    let first = part(&mut browser, "/account/activity?kind=sign-ins").await;
    assert_eq!((first.entries.len(), first.parts, first.group.as_str()), (20, 1, "sign-ins"));
    assert_eq!(first.newest, None);
    assert_eq!(first.said, ("20 events shown.".into(), "20 more events shown.".into()));
    assert_eq!(first.address, "/account/activity?kind=sign-ins&parts=");
    let mut ids: Vec<String> = first.entries.iter().map(|entry| entry.id.clone()).collect();
    let mut older = first.older;
    while let Some(path) = older {
        let next = part(&mut browser, &path).await;
        assert_eq!(next.newest.as_deref(), Some("/account/activity?kind=sign-ins"));
        ids.extend(next.entries.into_iter().map(|entry| entry.id));
        older = next.older;
    }
    assert_eq!(ids.len(), 49);
    // The address with all parts returns the same entries, each once.
    let together = part(&mut browser, "/account/activity?kind=sign-ins&parts=3").await;
    let again: Vec<String> = together.entries.into_iter().map(|entry| entry.id).collect();
    assert_eq!((again, together.older), (ids, None));
    for nonsense in ["parts=0", "parts=-1", "parts=x", "parts="] {
        let path = format!("/account/activity?{nonsense}");
        assert_eq!(part(&mut browser, &path).await.entries.len(), 20, "{nonsense}");
    }
    assert_eq!(part(&mut browser, "/account/activity?parts=4000000000").await.parts, 10);
    // A signed-out browser gets nothing.
    let mut stranger = t.browser();
    stranger.headers.push(("accept", ActivityPart::MEDIA_TYPE.to_owned()));
    let answer = stranger.get("/account/activity").await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, "signed_out"));
});

#[test]
fn every_kind_has_a_name_of_its_own() {
    for locale in crate::i18n::Locale::ALL {
        let words: std::collections::BTreeSet<String> = EventKind::ALL
            .into_iter()
            .map(|kind| {
                assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
                let event = Event {
                    id: uuid::Uuid::nil().into(),
                    kind: kind.as_str().to_owned(),
                    network: String::new(),
                    user_agent: String::new(),
                    at: Timestamp::default(),
                    detail: None,
                    emails: 0,
                };
                crate::account::activity::words::words(&event, locale)
            })
            .collect();
        assert_eq!(words.len(), EventKind::ALL.len());
    }
}
