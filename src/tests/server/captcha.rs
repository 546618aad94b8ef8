//! The captcha, with real proof of work.

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::clock::{HOUR, MILLISECOND, MINUTE, SECOND};

use super::super::{browser::Browser, harness::db_test};

/// Opens a page and returns the solution of its slider's challenge, computed by the reference solver.
async fn proof(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).await;
    let data = |name| page.slider(name).unwrap_or_else(|| panic!("no slider on {path}"));
    let challenge: Challenge = serde_json::from_str(&data("challenge")).expect("JSON");
    assert_eq!(data("nonce"), challenge.parameters.nonce);
    let solution = solve_challenge(SolveChallengeOptions::new(&challenge))
        .expect("solvable")
        .expect("in time");
    STANDARD.encode(serde_json::to_vec(&Payload { challenge, solution }).expect("JSON"))
}

async fn recover(browser: &mut Browser, proof: &str) -> String {
    let answer = browser.post("/api/recover", &[("login", "anna"), ("proof", proof)]).await;
    // A browser without cookies gets this in addition.
    answer.location().trim_end_matches("?no-cookies").to_owned()
}

db_test!(proof_opens_the_way_once, |t| {
    let mut browser = t.browser();
    let work = proof(&mut browser, "/recover").await;
    let before = browser.clone();
    assert_eq!(recover(&mut browser, &work).await, "/recover/method");
    for mut again in [before, browser] {
        assert_eq!(recover(&mut again, &work).await, "/recover");
        again.get("/recover").await.assert_text("Please move the slider once more");
    }
});

db_test!(proof_is_bound_to_browser_screen_and_time, |t| {
    let mut browser = t.browser();
    let work = proof(&mut browser, "/recover").await;
    assert_eq!(recover(&mut t.browser(), &work).await, "/recover", "another browser");
    let other = proof(&mut browser.clone(), "/register").await;
    assert_eq!(recover(&mut browser.clone(), &other).await, "/recover", "another screen");
    t.advance(30 * MINUTE + MILLISECOND);
    assert_eq!(recover(&mut browser, &work).await, "/recover", "too old");
});

db_test!(forged_proofs_are_refused, |t| {
    let mut browser = t.browser();
    let work = proof(&mut browser, "/recover").await;
    let mut payload: Payload =
        serde_json::from_slice(&STANDARD.decode(&work).expect("base64")).expect("JSON");
    payload.solution.counter += 1;
    payload.solution.derived_key = "00".repeat(32);
    let wrong = STANDARD.encode(serde_json::to_vec(&payload).expect("JSON"));
    let mut cheap: Payload =
        serde_json::from_slice(&STANDARD.decode(&work).expect("base64")).expect("JSON");
    cheap.challenge.parameters.key_prefix = "00".to_owned();
    let cheap = STANDARD.encode(serde_json::to_vec(&cheap).expect("JSON"));
    for forged in [wrong.as_str(), cheap.as_str(), "nonsense", "e30="] {
        assert_eq!(recover(&mut browser.clone(), forged).await, "/recover", "{forged}");
    }
    assert_eq!(recover(&mut browser, &work).await, "/recover/method");
});

db_test!(price_rises_with_what_aims_at_a_name, |t| {
    let price = async |browser: &mut Browser| {
        let page = browser.get("/recover").await;
        let challenge: Challenge =
            serde_json::from_str(&page.slider("challenge").expect("a slider")).expect("JSON");
        challenge.parameters.data.expect("data")["price"].as_u64().expect("a price")
    };
    let first = price(&mut t.browser().on_network(300)).await;
    for network in 0..11 {
        let mut browser = t.browser().on_network(network);
        let work = proof(&mut browser, "/recover").await;
        recover(&mut browser, &work).await;
    }
    // A solution of the low difficulty is no longer enough; the next page has a higher one, and its solution passes.
    let mut browser = t.browser().on_network(301);
    let work = proof(&mut browser, "/recover").await;
    assert_eq!(recover(&mut browser, &work).await, "/recover");
    let mut looking = browser.clone();
    assert!(price(&mut looking).await > first);
    let work = proof(&mut browser, "/recover").await;
    assert_eq!(recover(&mut browser, &work).await, "/recover/method");
});

db_test!(without_proof_a_small_quota_passes_and_then_one_waits, |t| {
    for _ in 0..10 {
        let mut browser = t.browser();
        recover(&mut browser, "").await;
        assert!(browser.get("/recover/method").await.words().contains("How shall we check"));
    }
    let mut slow = t.browser();
    recover(&mut slow, "").await;
    let page = slow.get("/recover/method").await;
    page.assert_text("One moment, please");
    assert!(page.body.contains(r#"http-equiv="refresh" content="20""#));
    // The flow does not continue meanwhile.
    slow.submit("/api/recover_email", &[]).await.assert_text("One moment, please");
    assert_eq!(t.number("SELECT COUNT(*) FROM codes").await, 0);
    let mut slower = t.browser();
    recover(&mut slower, "").await;
    t.advance(20 * SECOND);
    slow.get("/recover/method").await.assert_text("How shall we check");
    slower.get("/recover/method").await.assert_text("One moment, please");
    t.advance(20 * SECOND);
    slower.get("/recover/method").await.assert_text("How shall we check");
    // Another network has its own quota, and an hour later this one has it again.
    let mut other = t.browser().on_network(5);
    recover(&mut other, "").await;
    other.get("/recover/method").await.assert_text("How shall we check");
    t.advance(HOUR);
    let mut later = t.browser();
    recover(&mut later, "").await;
    later.get("/recover/method").await.assert_text("How shall we check");
});

db_test!(registration_waits_too_and_its_letter_with_it, |t| {
    for _ in 0..10 {
        recover(&mut t.browser(), "").await;
    }
    let mut browser = t.browser();
    let fields =
        [("login", "bert"), ("email", "bert@mail.example"), ("password", "green lamp seven")];
    browser.submit("/api/register", &fields).await.assert_text("One moment, please");
    assert!(t.emails().await.is_empty());
    t.advance(20 * SECOND);
    browser.get("/register/code").await.assert_text("Confirm your e-mail");
    assert_eq!(t.count("bert@mail.example", "confirm-address").await, 1);
});

db_test!(valid_proofs_do_not_lift_limits, |t| {
    t.account("anna").await;
    for _ in 0..8 {
        let mut browser = t.browser();
        let mut opened = recover_with_work(&mut browser).await;
        if opened == "/recover" {
            opened = recover_with_work(&mut browser).await;
        }
        assert_eq!(opened, "/recover/method");
        browser.submit("/api/recover_email", &[]).await;
        t.advance(MINUTE);
    }
    assert_eq!(t.count("anna@mail.example", "recovery-code").await, 5);
});

async fn recover_with_work(browser: &mut Browser) -> String {
    let work = proof(browser, "/recover").await;
    recover(browser, &work).await
}
