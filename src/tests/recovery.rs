//! Recovery, over HTTP.

use crate::clock::{DAY, HOUR, MILLISECOND, MINUTE, SECOND};

use super::harness::{PASSWORD, db_test};

const NEW: &str = "blue lamp eight";
const ANNA: &str = "anna@mail.example";

db_test!(the_whole_way, |t| {
    t.account("anna").await;
    let mut old = t.browser();
    old.sign_in("anna", PASSWORD).await;
    let mut browser = t.browser().on_network(9);
    browser.headers.push(("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0".to_owned()));
    browser.get("/recover?next=/account/profile").await.assert_text("Tell us your login or e-mail");
    let fields = [("login", "anna"), ("next", "/account/profile")];
    browser.submit("/api/recover", &fields).await.assert_text("How shall we check that it is you?");
    let page = browser.submit("/api/recover_email", &[]).await;
    page.assert_text("If there is an account anna, a letter with a code is on its way");
    let email = t.email(ANNA, "recovery-code").await;
    let code = crate::tests::harness::code_in(&email.text);
    assert!(email.subject.contains(&code) && email.account == "anna");
    for words in [
        "anna",
        "13 November 2026, 14:03 UTC",
        "11.0.9.0/24",
        "Chrome, Linux",
        "Never tell anyone this code",
    ] {
        assert!(email.text.contains(words), "{words} is missing: {}", email.text);
    }
    // Asking changes nothing (FP): the password and the sessions stay valid.
    assert!(old.is_signed_in().await);
    let page = browser.enter_code(&format!(" {} {} ", &code[..3], &code[3..])).await;
    page.assert_text("Choose a new password");
    assert!(
        page.body.contains(r#"autocomplete="username" value="anna" readonly"#)
            || page.body.contains("readonly")
    );
    // The flow opens nothing else, and signs nobody in.
    assert!(!browser.is_signed_in().await);
    let done = browser.new_password(NEW).await;
    done.assert_text("Your password is new");
    assert!(
        done.body.contains("/sign-in?next=%2Faccount%2Fprofile")
            && done.body.contains("https://shop.example/")
    );
    assert!(!browser.is_signed_in().await && !old.is_signed_in().await);
    let email = t.email(ANNA, "password-changed").await;
    for words in ["anna", "13 November 2026, 14:03 UTC", "11.0.9.0/24", "/recover"] {
        assert!(email.text.contains(words), "{words} is missing: {}", email.text);
    }
    t.browser().sign_in("anna", PASSWORD).await.assert_text("not right");
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(recovery_by_address_shows_it_as_typed, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let page = browser.ask_for_code("ANNA@Mail.Example").await;
    page.assert_text("ANNA@Mail.Example");
    assert!(!page.body.contains(ANNA));
    // The email goes to the stored address.
    assert_eq!(t.count(ANNA, "recovery-code").await, 1);
});

db_test!(a6_5_5_ten_minutes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    t.advance(10 * MINUTE - MILLISECOND);
    let mut other = browser.clone();
    t.advance(MILLISECOND);
    browser.enter_code(&code).await.assert_text("That code has expired");
    t.state.clock.advance(-MILLISECOND);
    other.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(a6_5_1_fifty_parallel_right_codes_one_wins, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let tries = (0..50).map(|_| {
        let (mut browser, code) = (browser.clone(), code.clone());
        tokio::spawn(async move {
            browser.post("/api/recover_code", &[("code", &code)]).await.location().to_owned()
        })
    });
    let mut won = 0;
    for task in tries.collect::<Vec<_>>() {
        won += usize::from(task.await.expect("no panic") == "/recover/password");
    }
    assert_eq!(won, 1);
});

db_test!(a6_6_3_five_tries_the_sixth_fails, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for left in ["4 tries left", "3 tries left", "2 tries left", "1 try left"] {
        browser.enter_code(wrong).await.assert_text(left);
    }
    browser.enter_code(wrong).await.assert_text("That code had all its tries");
    browser.enter_code(&code).await.assert_text("That code had all its tries");
    browser.enter_code(" ").await.assert_text("Please fill in the code");
    // Input that is no code at all costs no try, and what was typed is not shown again.
    t.advance(MINUTE);
    browser.submit("/api/recover_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    for nonsense in ["12345", "abc", "1234567"] {
        browser.enter_code(nonsense).await.assert_text("has six digits");
    }
    browser.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(a6_6_3_parallel_tries_are_all_counted, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let tries = (0..30).map(|number: u32| {
        let mut browser = browser.clone().json();
        let wrong = format!("{:06}", number);
        tokio::spawn(async move {
            browser.post("/api/recover_code", &[("code", &wrong)]).await.json()["left"].as_i64()
        })
    });
    let mut lefts = Vec::new();
    for task in tries.collect::<Vec<_>>() {
        lefts.extend(task.await.expect("no panic"));
    }
    lefts.sort_unstable();
    assert_eq!(lefts, [1, 2, 3, 4], "each number of tries left was said once");
    assert!(!browser.enter_code(&code).await.words().contains("Choose a new password"));
});

db_test!(a6_6_2_code_is_bound_to_the_browser, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    // Without the flow's cookie, and in another flow.
    t.browser().enter_code(&code).await.assert_text("Please start again");
    t.advance(MINUTE);
    let mut other = t.browser();
    other.ask_for_code("anna").await;
    other.enter_code(&code).await.assert_text("That code is not right");
    browser.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(new_code_ends_the_old_one_and_says_so, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let old = t.code(ANNA, "recovery-code").await;
    t.advance(MINUTE);
    browser.submit("/api/recover_email", &[]).await.assert_text("Only its code works now");
    let new = t.code(ANNA, "recovery-code").await;
    assert_ne!(old, new);
    for _ in 0..7 {
        // An old code costs no try.
        let page = browser.enter_code(&old).await;
        page.assert_text("That code was replaced by a newer one");
        page.assert_text("14:04 UTC");
    }
    browser.enter_code(&new).await.assert_text("Choose a new password");
});

db_test!(a2_4_1_resend_after_sixty_seconds, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    t.advance(59 * SECOND);
    browser
        .submit("/api/recover_email", &[])
        .await
        .assert_text("You can get the next one in 1 second");
    assert_eq!(t.count(ANNA, "recovery-code").await, 1);
    t.advance(SECOND);
    browser.submit("/api/recover_email", &[]).await.assert_text("A new letter is on its way");
    assert_eq!(t.count(ANNA, "recovery-code").await, 2);
    // Parallel resends: one email.
    t.advance(MINUTE);
    let posts = (0..10).map(|_| {
        let mut browser = browser.clone();
        tokio::spawn(async move { browser.post("/api/recover_email", &[]).await.status })
    });
    for task in posts.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    assert_eq!(t.count(ANNA, "recovery-code").await, 3);
});

db_test!(a2_4_1_five_letters_an_hour_and_the_fifth_opens_any_browser, |t| {
    t.account("anna").await;
    // A hundred networks flood the mailbox.
    for network in 0..100 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.emails().await;
        t.advance(20 * SECOND);
    }
    assert_eq!(t.count(ANNA, "recovery-code").await, 5);
    let email = t.email(ANNA, "recovery-code").await;
    let code = crate::tests::harness::code_in(&email.text);
    assert_eq!(code.len(), 14, "XXXX-XXXX-XXXX");
    assert!(
        email.text.contains("until 14 November 2026, 14:0") && email.text.contains("any browser")
    );
    // The owner, in a new browser, is told what to do and gets in with the last email.
    let mut owner = t.browser().on_network(500);
    owner.ask_for_code("anna").await.assert_text("the last letter holds a longer code");
    owner
        .enter_code(&code.to_lowercase().replace('-', " "))
        .await
        .assert_text("Choose a new password");
    owner.new_password(NEW).await.assert_text("Your password is new");
    t.browser().on_network(501).sign_in("anna", NEW).await.assert_text("Hello, anna");
    // It was used up.
    let mut thief = t.browser().on_network(502);
    thief.ask_for_code("anna").await;
    assert!(!thief.enter_code(&code).await.words().contains("Choose a new password"));
});

db_test!(the_days_last_letter_is_good_for_a_day, |t| {
    t.account("anna").await;
    for network in 0..60 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.emails().await;
        t.advance(12 * MINUTE);
    }
    assert_eq!(t.count(ANNA, "recovery-code").await, 15);
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 14);
    let mut owner = t.browser().on_network(500);
    owner.ask_for_code("anna").await;
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(known_browser_has_letters_of_its_own, |t| {
    t.account("anna").await;
    let mut known = t.browser();
    known.sign_in("anna", PASSWORD).await;
    for network in 0..20 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.advance(MINUTE);
    }
    let before = t.count(ANNA, "recovery-code").await;
    known.ask_for_code("anna").await.assert_text("a letter with a code is on its way");
    assert_eq!(t.count(ANNA, "recovery-code").await, before + 1);
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 6);
    known.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(n3_1_3_2_failures_survive_resends_flows_and_networks, |t| {
    t.account("anna").await;
    let mut failures = 0;
    'attack: for network in 0..5 {
        let mut thief = t.browser().on_network(network).json();
        thief.ask_for_code("anna").await;
        for _ in 0..5 {
            let answer = thief.post("/api/recover_code", &[("code", "000000")]).await;
            failures += 1;
            if failures > 20 {
                assert_eq!(answer.field("code"), "code_exhausted");
                break 'attack;
            }
        }
        // So that the five emails of an hour are not used up at once.
        t.advance(20 * MINUTE);
    }
    assert_eq!(failures, 21);
    // From now on codes are long, in every flow.
    t.advance(20 * MINUTE);
    let mut owner = t.browser().on_network(77);
    owner.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 14);
    for _ in 0..30 {
        owner.enter_code("0000-0000-0000").await.assert_text("Please compare it with the letter");
    }
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(twenty_failed_codes_an_hour_and_network, |t| {
    for number in 0..5 {
        t.account(&format!("user{number}")).await;
    }
    let mut answers = Vec::new();
    for number in 0..5 {
        let mut thief = t.browser().json();
        thief.ask_for_code(&format!("user{number}")).await;
        for _ in 0..5 {
            answers
                .push(thief.post("/api/recover_code", &[("code", "000000")]).await.status.as_u16());
        }
    }
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 20);
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 5);
    // Others are not affected.
    let mut other = t.browser().on_network(3).json();
    other.ask_for_code("user0").await;
    t.advance(HOUR);
    let mut later = t.browser().json();
    later.ask_for_code("user1").await;
    assert_eq!(later.post("/api/recover_code", &[("code", "000000")]).await.status, 422);
});

db_test!(a2_3_1_no_step_can_be_skipped, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.new_password(NEW).await.assert_text("Forgot your password?");
    browser.post("/api/recover", &[("login", "anna")]).await;
    assert_eq!(browser.get("/recover/password").await.location(), "/recover/method");
    assert_eq!(browser.get("/recover/code").await.location(), "/recover/method");
    browser.new_password(NEW).await.assert_text("How shall we check that it is you?");
    browser.submit("/api/recover_email", &[]).await;
    browser.new_password(NEW).await.assert_text("How shall we check that it is you?");
    assert_eq!(browser.get("/recover/done").await.location(), "/sign-in");
    let json = browser.clone().json().post("/api/recover_password", &[("new_password", NEW)]).await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (409, "start_again"));
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(a7_4_3_code_confirmed_before_the_owners_change_opens_nothing, |t| {
    t.account("anna").await;
    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    let mut thief = t.browser();
    thief.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    thief.enter_code(&code).await.assert_text("Choose a new password");
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    owner.submit("/api/change_password", &fields).await.assert_text("Your password was changed");
    assert!(!thief.new_password("red lamp nine").await.words().contains("Your password is new"));
    assert!(!thief.get("/recover/password").await.words().contains("Choose a new password"));
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(code_sent_before_the_owners_change_opens_nothing, |t| {
    t.account("anna").await;
    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    let mut thief = t.browser();
    thief.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    owner.submit("/api/change_password", &fields).await;
    assert!(!thief.enter_code(&code).await.words().contains("Choose a new password"));
});

db_test!(new_password_is_set_once_and_within_fifteen_minutes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    let mut late = browser.clone();
    browser.new_password(NEW).await.assert_text("Your password is new");
    assert!(!late.new_password("red lamp nine").await.words().contains("red lamp"));
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
    assert_eq!(t.count(ANNA, "password-changed").await, 1);

    t.advance(HOUR);
    let mut slow = t.browser();
    slow.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    slow.enter_code(&code).await;
    t.advance(15 * MINUTE);
    slow.new_password("red lamp nine").await.assert_text("This took longer than we can wait");
});

db_test!(flow_gets_a_new_token_with_the_right_code, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let mut planted = browser.clone();
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    assert_ne!(browser.cookie("flow"), planted.cookie("flow"));
    planted.new_password(NEW).await.assert_text("Please start again");
});

db_test!(the_two_passwords_must_be_the_same, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    let fields = [("new_password", NEW), ("new_password_again", "blue lamp nine")];
    browser.submit("/api/recover_password", &fields).await.assert_text("The two are not the same");
    browser.new_password(NEW).await.assert_text("Your password is new");
});

db_test!(unknown_address_gets_one_letter_a_month, |t| {
    let mail = "stranger@mail.example";
    t.browser()
        .ask_for_code(mail)
        .await
        .assert_text("If stranger@mail.example has an account here");
    let email = t.email(mail, "unknown-address").await;
    assert!(email.text.contains(mail) && email.account.is_empty());
    t.advance(29 * DAY);
    t.browser().ask_for_code(mail).await;
    assert_eq!(t.count(mail, "unknown-address").await, 1);
    t.advance(2 * DAY);
    t.browser().ask_for_code(mail).await;
    assert_eq!(t.count(mail, "unknown-address").await, 2);
    // A name that is not an address gets no email.
    t.browser().ask_for_code("stranger").await.assert_text("If there is an account stranger");
    assert_eq!(t.emails().await.len(), 2);
});

db_test!(unknown_address_letters_stay_a_small_part_of_the_mail, |t| {
    for number in 0..30 {
        let mail = format!("stranger{number}@mail.example");
        t.browser().on_network(number).ask_for_code(&mail).await;
    }
    assert_eq!(t.emails().await.len(), 10, "a young shop's floor");
});

db_test!(disabled_account_looks_like_any_other_and_its_owner_is_told, |t| {
    let account = t.account("anna").await;
    t.disable(&account).await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await.assert_text("a letter with a code is on its way");
    assert_eq!(
        (t.count(ANNA, "account-disabled").await, t.count(ANNA, "recovery-code").await),
        (1, 0)
    );
    browser.enter_code("000000").await.assert_text("4 tries left");
});

db_test!(empty_name_says_so, |t| {
    let answer = t.browser().json().post("/api/recover", &[("login", "  ")]).await;
    assert_eq!((answer.status.as_u16(), answer.field("login").as_str()), (422, "login_missing"));
});

db_test!(letter_is_in_the_accounts_language, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let screen = [("lang", "ru"), ("screen", "/account")];
    browser.submit("/api/language", &screen).await.assert_text("Здравствуйте, anna!");
    t.browser().ask_for_code("anna").await.assert_text("Enter the code");
    let email = t.email(ANNA, "recovery-code").await;
    assert!(email.text.contains("Код действует до 14:13 UTC"), "{}", email.text);
});

db_test!(a6_1_1_registering_with_an_address_spends_nothing_of_its_recovery, |t| {
    t.account("anna").await;
    for network in 0..5 {
        let mut browser = t.browser().on_network(network);
        let fields = [("login", "thief"), ("email", ANNA), ("password", "brown lamp nine")];
        browser.submit("/api/register", &fields).await;
        for _ in 0..5 {
            browser.submit("/api/register_code", &[("code", "000000")]).await;
        }
        t.emails().await;
        t.advance(MINUTE);
    }
    let mut owner = t.browser().on_network(50);
    owner.ask_for_code(ANNA).await.assert_text("a letter with a code is on its way");
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 6);
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(field_of_a_long_code_takes_letters_on_a_phone, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let page = browser.ask_for_code("anna").await;
    assert!(page.body.contains(r#"inputmode="numeric""#));
    // The page has a link for a longer code from an earlier email.
    page.assert_text("My code has letters");
    assert!(!browser.get("/recover/code?letters").await.body.contains("inputmode"));
});

db_test!(flow_that_is_over_gives_back_what_was_typed, |t| {
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    t.advance(HOUR);
    let page = browser.submit("/api/recover_email", &[]).await;
    page.assert_text("This took longer than we can wait");
    let page = browser.get("/recover/code").await;
    assert_eq!(page.location(), "/recover");
    assert!(browser.get("/recover").await.body.contains(r#"value="anna""#));
});

db_test!(a6_1_1_owner_gets_in_under_a_flood_of_everything_from_a_hundred_networks, |t| {
    t.account("anna").await;
    let mut known = t.browser();
    known.sign_in("anna", PASSWORD).await;
    known.submit("/api/sign_out", &[]).await;
    for network in 0..100 {
        let mut thief = t.browser().on_network(network);
        thief.sign_in("anna", "wrong password").await;
        thief.ask_for_code("anna").await;
        thief.enter_code("000000").await;
        t.emails().await;
        t.advance(20 * SECOND);
    }
    known.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    let code = t.code(ANNA, "recovery-code").await;
    let mut owner = t.browser().on_network(500);
    owner.ask_for_code("anna").await;
    owner.enter_code(&code).await.assert_text("Choose a new password");
    owner.new_password(NEW).await.assert_text("Your password is new");
});
