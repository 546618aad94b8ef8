//! Backup codes.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
    nobody_learns::visible,
};
use crate::{
    clock::{DAY, HOUR, SECOND, minutes},
    server,
};

const ANNA: &str = "anna@mail.example";
const NEW: &str = "blue lamp eight";
const SCREEN: &str = "/account/settings/codes";
const FILE: &str = "/account/settings/codes/file";
/// Has the format of a backup code, but belongs to no account.
const WRONG: &str = "0000-0000-0000-0000";

/// Returns the codes on a page.
fn codes_on(page: &Answer) -> Vec<String> {
    let is_code = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    page.words().split(' ').filter(is_code).map(str::to_owned).collect()
}

/// Makes codes in a browser that is signed in and has just reauthenticated.
async fn make(browser: &mut Browser) -> Vec<String> {
    let codes = codes_on(&browser.post(SCREEN, &[]).await);
    assert_eq!(codes.len(), 10);
    codes
}

/// Creates an account with backup codes.
async fn with_codes(t: &TestApp, login: &str) -> Vec<String> {
    t.account(login).await;
    let mut browser = t.browser();
    browser.sign_in_and_prove(login, PASSWORD).await;
    let codes = make(&mut browser).await;
    browser.submit("/api/sign_out", &[]).await;
    codes
}

/// Begins a recovery.
async fn recovering(t: &TestApp, typed: &str, network: u32) -> Browser {
    let mut browser = t.browser().on_network(network);
    browser.post("/api/recover", &[("login", typed)]).await;
    browser
}

async fn enter(browser: &mut Browser, code: &str) -> Answer {
    browser.submit("/api/recover_saved_code", &[("saved_code", code)]).await
}

db_test!(the_whole_way, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 9).await;
    browser.get("/recover/method").await.assert_text("Use a saved code");
    let page = browser.get("/recover/saved-code").await;
    page.assert_text("Enter a saved code");
    assert!(
        page.body.contains(r#"name="saved_code""#) && page.body.contains(r#"autocomplete="off""#)
    );
    let before = browser.cookie("flow");
    // As users type: lower case, spaces, look-alikes.
    let typed = codes[3].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "L");
    enter(&mut browser, &format!(" {typed} ")).await.assert_text("Choose a new password");
    assert_ne!(browser.cookie("flow"), before, "a new token");
    // The flow opens nothing else, and signs nobody in.
    assert!(!browser.is_signed_in().await);
    let email = t.email(ANNA, "saved-code-used").await;
    for words in
        ["9 saved codes are left", "11.0.9.0/24", "all of these codes stop working", "/recover"]
    {
        assert!(email.text.contains(words), "{words} is missing: {}", email.text);
    }
    assert!(codes.iter().all(|code| !email.text.contains(code)));
    browser.new_password(NEW).await.assert_text("Your password is new");
    let mut anna = t.browser();
    anna.sign_in_and_prove("anna", NEW).await;
    // A recovery invalidates the remaining codes.
    anna.get(SCREEN).await.assert_text("You have no saved codes");
    anna.get("/account/activity").await.assert_text("A saved code was used");
});

db_test!(a_flow_that_asked_for_a_mailed_code_first_takes_one_too, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    enter(&mut browser, &codes[0]).await.assert_text("Choose a new password");
    // Fifteen minutes, as after a mailed code.
    t.advance(minutes(15));
    browser.new_password(NEW).await.assert_text("This took longer than we can wait");
});

db_test!(n4_2_1_1_codes_are_shown_once_and_stored_as_a_mac, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.get(SCREEN).await.assert_text("You have no saved codes");
    let answer = browser.post(SCREEN, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let codes = codes_on(&answer);
    let mut each = codes.clone();
    each.sort();
    each.dedup();
    assert_eq!(each.len(), 10, "80 random bits each: {codes:?}");
    // There is no language switch, which would lose them.
    assert!(!answer.body.contains("/api/language"));
    let shown = browser.get(SCREEN).await;
    shown.assert_text("10 codes are left");
    assert!(codes_on(&shown).is_empty());
    assert!(shown.body.contains("/api/language"));
    let macs: Vec<(Vec<u8>,)> =
        t.state.db.fetch_all("SELECT mac FROM saved_codes", crate::args![]).await.expect("rows");
    assert!(macs.len() == 10 && macs.iter().all(|(mac,)| mac.len() == 32));
    let email = t.email(ANNA, "saved-codes-made").await;
    assert!(codes.iter().all(|code| !email.text.contains(code) && !email.html.contains(code)));
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE kind = 'saved_codes_made'").await, 1);
    // Callers that read JSON receive them, too, and only once.
    let json = browser.json().post(SCREEN, &[]).await.json();
    assert_eq!(json["codes"].as_array().map(Vec::len), Some(10));
});

db_test!(a7_5_1_making_codes_needs_a_fresh_proof, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let confirm = "/account/confirm?next=%2Faccount%2Fsettings%2Fcodes";
    assert_eq!(browser.get(SCREEN).await.location(), confirm);
    assert_eq!(browser.post(SCREEN, &[]).await.location(), confirm);
    let json = browser.clone().json().post(SCREEN, &[]).await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (403, "proof_needed"));
    let nobody = t.browser().json().post(SCREEN, &[]).await;
    assert_eq!((nobody.status.as_u16(), nobody.error().as_str()), (401, "signed_out"));
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
});

db_test!(new_codes_void_the_old_ones, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let old = make(&mut browser).await;
    t.advance(SECOND);
    let new = make(&mut browser).await;
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 10);
    let mut recovery = recovering(&t, "anna", 1).await;
    for code in &old[..2] {
        enter(&mut recovery, code).await.assert_text("That code is not right, or was used already");
    }
    enter(&mut recovery, &new[0]).await.assert_text("Choose a new password");
});

db_test!(loading_the_page_again_makes_nothing_void, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.get(SCREEN).await;
    assert!(page.body.contains(r#"name="made_at" value="0""#), "{}", page.body);
    let codes = codes_on(&browser.post(SCREEN, &[("made_at", "0")]).await);
    // The browser posts the same form again.
    let again = browser.submit(SCREEN, &[("made_at", "0")]).await;
    again.assert_text("These codes were replaced or used meanwhile");
    again.assert_text("10 codes are left");
    assert_eq!(t.count(ANNA, "saved-codes-made").await, 1);
    let mut recovery = recovering(&t, "anna", 1).await;
    enter(&mut recovery, &codes[0]).await.assert_text("Choose a new password");
});

db_test!(a2_4_1_codes_are_made_five_times_an_hour_at_most, |t| {
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    for n in 0..7 {
        let answer = browser.post(SCREEN, &[]).await;
        assert_eq!(answer.status, if n < 5 { 200 } else { 429 }, "{n}");
    }
    assert_eq!(t.count(ANNA, "saved-codes-made").await, 5);
});

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
            let mut screens = Vec::new();
            for path in ["/recover/method", "/recover/saved-code"] {
                screens.push(visible(&browser.get(path).await, name));
            }
            for typed in [code, "nonsense", "", code, code, code, code, code] {
                screens.push(visible(&enter(&mut browser, typed).await, name));
            }
            screens.push(visible(&browser.new_password(NEW).await, name));
            seen.push((name, screens));
        }
        for (name, screens) in &seen {
            assert_eq!(screens, &seen[0].1, "{name}");
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

db_test!(owner_of_a_disabled_account_learns_it_by_mail, |t| {
    let codes = with_codes(&t, "anna").await;
    t.disable(&t.find("anna").await).await;
    let mut browser = recovering(&t, "anna", 1).await;
    enter(&mut browser, WRONG).await.assert_text("4 tries left");
    assert_eq!(t.count(ANNA, "account-disabled").await, 0);
    for _ in 0..2 {
        enter(&mut browser, &codes[0]).await.assert_text("left");
    }
    assert_eq!(t.count(ANNA, "account-disabled").await, 1, "once a day");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 10);
});

db_test!(codes_are_good_for_their_own_account_only, |t| {
    let codes = with_codes(&t, "anna").await;
    with_codes(&t, "bert").await;
    let mut browser = recovering(&t, "bert", 1).await;
    enter(&mut browser, &codes[0]).await.assert_text("4 tries left");
});

db_test!(a7_4_3_flow_of_an_older_version_is_dead_and_codes_outlive_a_new_password, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut early = recovering(&t, "anna", 1).await;
    let mut confirmed = recovering(&t, "anna", 2).await;
    enter(&mut confirmed, &codes[0]).await.assert_text("Choose a new password");
    let mut raised = recovering(&t, "anna", 3).await;
    let id = t.find("anna").await.id;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "UPDATE accounts SET credential_version = credential_version + 1 WHERE id = $1";
    tx.execute(sql, crate::args![id]).await.expect("done");
    tx.commit().await.expect("a commit");
    enter(&mut raised, &codes[1]).await.assert_text("4 tries left");
    assert!(!confirmed.new_password(NEW).await.words().contains("Your password is new"));

    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    owner.submit("/api/change_password", &fields).await.assert_text("Your password was changed");
    enter(&mut early, &codes[1]).await.assert_text("or it was finished already");
    // The codes stay valid: they are for when the password is forgotten.
    let mut later = recovering(&t, "anna", 4).await;
    enter(&mut later, &codes[1]).await.assert_text("Choose a new password");
});

db_test!(a2_3_1_no_step_can_be_skipped, |t| {
    let codes = with_codes(&t, "anna").await;
    enter(&mut t.browser(), &codes[0]).await.assert_text("Forgot your password?");
    assert_eq!(t.browser().get("/recover/saved-code").await.location(), "/recover");
    let mut browser = recovering(&t, "anna", 1).await;
    browser.get("/recover/saved-code").await;
    browser.new_password(NEW).await.assert_text("How shall we check that it is you?");
    // A used code is used in every flow.
    enter(&mut browser, &codes[0]).await.assert_text("Choose a new password");
    let mut other = recovering(&t, "anna", 2).await;
    enter(&mut other, &codes[0]).await.assert_text("4 tries left");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 9);
});

db_test!(taking_the_account_back_voids_them, |t| {
    t.account("anna").await;
    let mut thief = t.browser();
    thief.sign_in_and_prove("anna", PASSWORD).await;
    let codes = make(&mut thief).await;
    let new = "thief@mail.example";
    thief.submit("/api/email", &[("email", new)]).await;
    let code = t.code(new, "confirm-address").await;
    thief
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
    for (name, network) in [("anna", 1), (ANNA, 2), (new, 3)] {
        let mut browser = recovering(&t, name, network).await;
        enter(&mut browser, WRONG).await;
    }
    // Returns the link of the newest email to an address that has one.
    let link = async |to: &str| {
        let emails = t.emails().await;
        let mut texts = emails.iter().rev().filter(|email| email.to == to).map(|l| &l.text);
        let link = texts.find_map(|text| text.split_once("http://localhost:3000/letter/"));
        let token = link.and_then(|(_, rest)| rest.split_whitespace().next()).expect("a token");
        format!("/letter/{token}")
    };
    let mut owner = t.browser();
    owner.get(&link(ANNA).await).await;
    owner.submit("/api/object", &[]).await.assert_text("The account is yours again");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
    // The thief's failed attempts do not count against the owner.
    let sql = "SELECT COUNT(*) FROM throttles
         WHERE key LIKE 'saved-code-failures%' AND key NOT LIKE 'saved-code-failures-network:%'";
    assert_eq!(t.number(sql).await, 1, "of the address that is nobody's by now");
    let mut again = recovering(&t, "anna", 4).await;
    enter(&mut again, &codes[0]).await.assert_text("4 tries left");
    // Codes that the owner makes now become invalid when the account is frozen.
    owner.submit("/api/recover_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password(NEW).await;
    owner.sign_in_and_prove("anna", NEW).await;
    make(&mut owner).await;
    let mut thief = t.browser();
    thief.get(&link(new).await).await;
    thief.submit("/api/object", &[]).await.assert_text("The account is frozen");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
});

db_test!(deletion_takes_them_along, |t| {
    with_codes(&t, "anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.post("/api/delete", &[("confirmation", "anna")]).await;
    t.advance(14 * DAY);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 0);
});

db_test!(the_file_holds_what_is_on_the_screen, |t| {
    let foreign = with_codes(&t, "bert").await;
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.post(SCREEN, &[]).await;
    let codes = codes_on(&page);
    let posted = codes.join(" ");
    // The form contains the codes that the page shows, and the button copies them.
    assert!(page.body.contains(&format!(r#"name="saved_codes" value="{posted}""#)));
    assert!(page.body.contains(&codes.join(r"\n")), "as JSON among the island's props");
    let file = browser.post(FILE, &[("saved_codes", &posted)]).await;
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"saved-codes.txt\"");
    assert_eq!(file.header("cache-control"), "no-store");
    for words in ["anna at Corner Shop", "13 November 2026", "http://localhost:3000/recover"] {
        assert!(file.body.contains(words), "{words} is missing: {}", file.body);
    }
    assert!(codes.iter().all(|code| file.body.contains(code)));
    // No other input is returned as a file.
    for evil in ["", "<script>alert(1)</script>", WRONG, &foreign.join(" "), &posted.repeat(2)] {
        let answer = browser.clone().json().post(FILE, &[("saved_codes", evil)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (409, "saved_codes_replaced")
        );
    }
    let answer = t.browser().json().post(FILE, &[("saved_codes", &posted)]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(browser.get(FILE).await.location(), SCREEN, "to the form");
});

db_test!(codes_travel_in_no_draft, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 1).await;
    let typed =
        [("lang", "ru"), ("screen", "/recover/saved-code"), ("saved_code", codes[0].as_str())];
    let page = browser.submit("/api/language", &typed).await;
    page.assert_text("Введите резервный код");
    assert!(!page.body.contains(&codes[0]));
    enter(&mut browser, &codes[0]).await.assert_text("Придумайте новый пароль");
});

db_test!(few_codes_are_a_reason_to_replace_them, |t| {
    let codes = with_codes(&t, "anna").await;
    for (network, code) in codes.iter().take(7).enumerate() {
        let mut browser = recovering(&t, "anna", u32::try_from(network).expect("small")).await;
        enter(&mut browser, code).await.assert_text("Choose a new password");
    }
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.get(SCREEN).await;
    page.assert_text("3 codes are left");
    page.assert_text("These are only a few");
    page.assert_text("Replace all codes");
    for code in &codes[7..] {
        t.advance(SECOND);
        let mut browser = recovering(&t, "anna", 80).await;
        enter(&mut browser, code).await;
    }
    assert!(t.email(ANNA, "saved-code-used").await.text.contains("It was the last one"));
    browser.get(SCREEN).await.assert_text("You have no saved codes");
});

db_test!(a16_5_a_code_whose_letter_cannot_be_written_is_not_used_up, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 1).await;
    let rename = async |sql: &'static str| {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.execute(sql, crate::args![]).await.expect("done");
        tx.commit().await.expect("a commit");
    };
    rename("ALTER TABLE outbox RENAME TO outbox_away").await;
    let fields = [("saved_code", codes[0].as_str())];
    let answer = browser.clone().json().post("/api/recover_saved_code", &fields).await;
    assert_eq!(answer.status, 503);
    rename("ALTER TABLE outbox_away RENAME TO outbox").await;
    enter(&mut browser, &codes[0]).await.assert_text("Choose a new password");
});
