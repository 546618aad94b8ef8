//! Trying codes: one wins, failures are counted, and strangers learn nothing.

use super::{ANNA, NEW, WRONG, enter, recovering, with_codes};
use crate::{
    clock::{DAY, HOUR},
    tests::{
        harness::{PASSWORD, db_test},
        nobody_learns::visible,
    },
};

db_test!(a6_5_1_fifty_parallel_right_codes_one_wins, |t| {
    let codes = with_codes(&t, "anna").await;
    // Ten flows, each with five requests at once.
    let mut posts = Vec::new();
    for network in 0..10 {
        let browser = recovering(&t, "anna", network).await;
        posts.extend((0..5).map(|_| (browser.clone(), codes[0].clone())));
    }
    let posts = posts.into_iter().map(|(mut browser, code)| {
        tokio::spawn(async move {
            let fields = [("saved_code", code.as_str())];
            browser.post("/api/recover_saved_code", &fields).await.location().to_owned()
        })
    });
    let mut won = 0;
    for post in posts.collect::<Vec<_>>() {
        won += usize::from(post.await.expect("no panic") == "/recover/password");
    }
    assert_eq!(won, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 9);
    assert_eq!(t.count(ANNA, "saved-code-used").await, 1);
});

db_test!(one_flow_takes_one_code_however_many_are_right, |t| {
    let codes = with_codes(&t, "anna").await;
    let browser = recovering(&t, "anna", 1).await;
    let posts = codes.into_iter().take(5).map(|code| {
        let mut browser = browser.clone().json();
        tokio::spawn(async move {
            browser.post("/api/recover_saved_code", &[("saved_code", &code)]).await.status
        })
    });
    let mut won = 0;
    for post in posts.collect::<Vec<_>>() {
        won += usize::from(post.await.expect("no panic") == 200);
    }
    assert_eq!(won, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 9);
});

db_test!(a6_6_3_five_tries_a_flow, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 1).await;
    // Input that is no backup code at all costs no try.
    enter(&mut browser, " ").await.assert_text("Please fill in one of your saved codes");
    enter(&mut browser, "012345").await.assert_text("A saved code has sixteen letters and digits");
    for left in ["4 tries left", "3 tries left", "2 tries left", "1 try left"] {
        let page = enter(&mut browser, WRONG).await;
        page.assert_text(left);
        assert!(!page.body.contains(WRONG), "what was typed is not shown again");
    }
    enter(&mut browser, WRONG).await.assert_text("All tries are used up");
    enter(&mut browser, &codes[0]).await.assert_text("All tries are used up");
    // The mailed code is another method in the same flow …
    browser.submit("/api/recover_email", &[]).await.assert_text("Enter the code");
    // … and another flow has its own tries.
    let mut other = recovering(&t, "anna", 2).await;
    enter(&mut other, &codes[0]).await.assert_text("Choose a new password");
});

db_test!(a6_6_3_parallel_tries_are_all_counted, |t| {
    with_codes(&t, "anna").await;
    let browser = recovering(&t, "anna", 1).await;
    let posts = (0..20).map(|_| {
        let mut browser = browser.clone().json();
        tokio::spawn(async move {
            let answer = browser.post("/api/recover_saved_code", &[("saved_code", WRONG)]).await;
            answer.json()["left"].as_i64()
        })
    });
    let mut lefts = Vec::new();
    for post in posts.collect::<Vec<_>>() {
        lefts.extend(post.await.expect("no panic"));
    }
    lefts.sort_unstable();
    assert_eq!(lefts, [1, 2, 3, 4]);
});

db_test!(a6_1_1_a_flood_locks_nobody_out_of_mailed_codes_nor_out_of_a_known_browser, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut known = t.browser();
    known.sign_in("anna", PASSWORD).await;
    for network in 0..22 {
        let mut thief = recovering(&t, "anna", network).await;
        for _ in 0..5 {
            enter(&mut thief, WRONG).await;
        }
    }
    // After a hundred failures a day (N3.2.2) even a correct code is refused for this name …
    let mut late = recovering(&t, "anna", 50).await;
    enter(&mut late, &codes[0]).await.assert_text("Too many tries in a row");
    // … and for the account's other name as well, where the response does not say why.
    let mut other = recovering(&t, ANNA, 51).await;
    enter(&mut other, &codes[0]).await.assert_text("4 tries left");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 10);
    // A browser that the account knows, and recovery by mail, work as before.
    known.post("/api/recover", &[("login", "anna")]).await;
    enter(&mut known, &codes[0]).await.assert_text("Choose a new password");
    let mut owner = t.browser().on_network(60);
    owner.ask_for_code("anna").await.assert_text("a letter with a code is on its way");
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 6);
    owner.enter_code(&code).await.assert_text("Choose a new password");
    // The next day the count starts again.
    t.advance(DAY);
    let mut tomorrow = recovering(&t, "anna", 70).await;
    enter(&mut tomorrow, &codes[1]).await.assert_text("Choose a new password");
});

db_test!(twenty_failures_an_hour_and_network, |t| {
    let mut answers = Vec::new();
    for number in 0..5 {
        let mut thief = recovering(&t, &format!("user{number}"), 1).await.json();
        for _ in 0..5 {
            let answer = thief.post("/api/recover_saved_code", &[("saved_code", WRONG)]).await;
            answers.push(answer.status.as_u16());
        }
    }
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 20);
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 5);
    // Mailed codes of the same network are counted separately.
    t.account("anna").await;
    let mut owner = t.browser().on_network(1);
    owner.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    owner.enter_code(&code).await.assert_text("Choose a new password");
    t.advance(HOUR);
    let mut later = recovering(&t, "user1", 1).await.json();
    let answer = later.post("/api/recover_saved_code", &[("saved_code", WRONG)]).await;
    assert_eq!(answer.status, 422);
});

db_test!(a6_3_8_known_unknown_and_disabled_look_the_same, |t| {
    let codes = with_codes(&t, "known1").await;
    let theirs = with_codes(&t, "known2").await;
    t.account("known3").await;
    t.disable(&t.find("known2").await).await;
    // With codes, disabled (with a correct one), without codes, no such account; and the same by address.
    let cases = [
        [
            ("known1", WRONG),
            ("known2", theirs[0].as_str()),
            ("known3", codes[0].as_str()),
            ("nobody", codes[1].as_str()),
        ],
        [
            ("known1@mail.example", theirs[1].as_str()),
            ("known2@mail.example", theirs[2].as_str()),
            ("known3@mail.example", WRONG),
            ("nobody@mail.example", WRONG),
        ],
    ];
    for (html, names) in [true, false].into_iter().flat_map(|html| cases.map(|c| (html, c))) {
        let mut seen = Vec::new();
        for (name, code) in names {
            t.advance(HOUR);
            let mut browser = t.browser();
            browser.html = html;
            browser.submit("/api/recover", &[("login", name)]).await;
            let mut pages = Vec::new();
            for path in ["/recover/method", "/recover/saved-code"] {
                pages.push(visible(&browser.get(path).await, name));
            }
            for typed in [code, "nonsense", "", code, code, code, code, code] {
                pages.push(visible(&enter(&mut browser, typed).await, name));
            }
            pages.push(visible(&browser.new_password(NEW).await, name));
            seen.push((name, pages));
        }
        for (name, pages) in &seen {
            assert_eq!(pages, &seen[0].1, "{name}");
        }
    }
});

db_test!(a6_3_8_failures_of_known_and_unknown_write_the_same_rows, |t| {
    with_codes(&t, "anna").await;
    let rows = async || {
        let mut all = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM flows",
            "SELECT COUNT(*) FROM outbox",
            "SELECT COUNT(*) FROM events",
            "SELECT COUNT(*) FROM throttles",
        ] {
            all.push(t.number(sql).await);
        }
        all
    };
    // The first request of the site writes its counters.
    recovering(&t, "somebody", 9).await;
    let before = rows().await;
    for (name, network) in [("anna", 1), ("nobody", 2)] {
        let mut browser = recovering(&t, name, network).await;
        enter(&mut browser, WRONG).await;
    }
    let half = rows().await;
    let mut browser = recovering(&t, "known", 3).await;
    enter(&mut browser, WRONG).await;
    let after = rows().await;
    for (column, ((before, half), after)) in before.iter().zip(&half).zip(&after).enumerate() {
        assert_eq!(half - before, 2 * (after - half), "{column}");
    }
});
