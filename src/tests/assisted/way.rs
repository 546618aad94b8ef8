//! The flow, from the conversation to the new password.

use super::*;
use crate::clock::{DAY, MILLISECOND, SECOND};

db_test!(from_the_conversation_to_a_new_password, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    shopper.get("/recover/assisted").await.assert_text("Nothing is to be done here");
    let id = open(&t, &story.olga, &chat, &story.anna).await;
    let page = shopper.get("/recover/assisted").await;
    page.assert_text("It is about the account anna.");
    assert!(!page.body.contains("mail.example"), "nothing else is told of the account");
    confirm(&t, &mut shopper, NEW).await;
    // The owner is not informed yet, and nothing is open.
    assert_eq!(t.count(ANNA, "assisted-recovery").await, 0);
    approve(&t, &story.oleg, &id).await;
    shopper.get("/recover/assisted").await.assert_text("Approved: now it waits");
    let message = t.email(ANNA, "assisted-recovery").await;
    for words in ["203.0.113.0/24", "a•••@post.example", "Nobody gets in before", "/letter/"]
    {
        assert!(message.text.contains(words), "{words}: {}", message.text);
    }
    assert!(!message.text.contains(NEW));

    // Before the waiting time is over, the address opens nothing.
    let mut early = t.browser().on_network(1);
    arranged(&mut early, "anna", NEW).await.assert_text("Enter the code");
    t.advance(WAIT - MILLISECOND);
    release(&t).await;
    assert_eq!(state_of(&t, &id).await, State::Waiting);
    assert_eq!(t.count(NEW, "recovery-code").await, 0);
    // Until then the old password and everything else are unchanged.
    assert_eq!(t.find("anna").await.credential_version, story.anna.credential_version);

    t.advance(MILLISECOND);
    release(&t).await;
    let message = t.email(NEW, "assisted-ready").await;
    assert!(message.text.contains("type your login: anna"), "{}", message.text);
    shopper.get("/recover/assisted").await.assert_text("You can go on");
    let mut browser = t.browser().on_network(2);
    arranged(&mut browser, "anna", NEW).await.assert_text("Enter the code");
    let code = t.code(NEW, "recovery-code").await;
    assert_eq!(t.count(ANNA, "recovery-code").await, 0, "the old mailbox has no part in it");
    browser.enter_code(&code).await.assert_text("Choose a new password");
    browser.new_password(NEW_PASSWORD).await.assert_text("Your password is new");

    let anna = t.find("anna").await;
    assert_eq!((anna.email.as_str(), state_of(&t, &id).await), (NEW, State::Done));
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 401);
    assert_eq!(t.browser().json().sign_in(NEW, NEW_PASSWORD).await.status, 200);
    assert!(t.email(ANNA, "address-changed").await.text.contains("/letter/"));
    assert_eq!(t.count(ANNA, "password-changed").await, 1);
    assert_eq!(t.count(NEW, "address-changed").await, 1);
    let steps = [
        ("assisted_approved", Some(story.oleg.id.clone())),
        ("assisted_confirmed", None),
        ("assisted_done", None),
        ("assisted_opened", Some(story.olga.id.clone())),
        ("assisted_ready", None),
    ];
    assert_eq!(events(&t, &anna).await, steps.map(|(kind, who)| (kind.to_owned(), who)));
    assert_eq!(
        happened(&t, &chat).await,
        [
            "assisted_opened",
            "assisted_confirmed",
            "assisted_approved",
            "assisted_ready",
            "assisted_done"
        ]
    );
});

db_test!(a7_4_3_all_sessions_end_and_the_way_is_closed_behind_it, |t| {
    let story = story(&t).await;
    let (_, _) = ready(&t, &story).await;
    let mut thief = t.browser();
    thief.sign_in("anna", PASSWORD).await;
    let mut browser = t.browser().on_network(1);
    arranged(&mut browser, "anna", NEW).await;
    let code = t.code(NEW, "recovery-code").await;
    browser.enter_code(&code).await;
    browser.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    assert!(!thief.is_signed_in().await);
    // Only once.
    let sent = t.count(NEW, "recovery-code").await;
    arranged(&mut t.browser().on_network(2), "anna", NEW).await.assert_text("Enter the code");
    assert_eq!(t.count(NEW, "recovery-code").await, sent);
});

db_test!(the_old_address_takes_the_account_back_afterwards, |t| {
    let story = story(&t).await;
    let (_, _) = ready(&t, &story).await;
    let mut thief = t.browser().on_network(1);
    arranged(&mut thief, "anna", NEW).await;
    let code = t.code(NEW, "recovery-code").await;
    thief.enter_code(&code).await;
    thief.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    t.emails().await;
    t.advance(14 * DAY - MILLISECOND);
    let path = link(&t, ANNA, "address-changed").await;
    let mut anna = t.browser();
    anna.get(&path).await;
    anna.get("/letter").await.assert_text("This was not me");
    anna.submit("/api/object", &[]).await.assert_text("The account is yours again");
    assert_eq!(t.find("anna").await.email, ANNA);
    assert_eq!(t.browser().json().sign_in("anna", NEW_PASSWORD).await.status, 401);
});

db_test!(the_address_that_the_account_has_can_be_named_and_nothing_shows, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let id = open(&t, &story.olga, &chat, &story.anna).await;
    confirm(&t, &mut shopper, ANNA).await;
    approve(&t, &story.oleg, &id).await;
    t.advance(WAIT);
    release(&t).await;
    let mut browser = t.browser().on_network(1);
    arranged(&mut browser, "anna", ANNA).await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    browser.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    assert_eq!((t.find("anna").await.email.as_str(), state_of(&t, &id).await), (ANNA, State::Done));
    assert_eq!(t.number("SELECT COUNT(*) FROM address_changes").await, 0);
});

db_test!(au_a_taken_address_looks_like_a_free_one_and_its_owner_is_told, |t| {
    let story = story(&t).await;
    t.account("bert").await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let id = open(&t, &story.olga, &chat, &story.anna).await;
    let free =
        shopper.clone().submit("/api/assisted_email", &[("email", "free@mail.example")]).await;
    let taken = shopper.submit("/api/assisted_email", &[("email", "bert@mail.example")]).await;
    assert_eq!(
        free.words().replace("free@mail.example", "*"),
        taken.words().replace("bert@mail.example", "*")
    );
    assert_eq!(t.count("bert@mail.example", "address-in-use").await, 1);
    assert_eq!(t.count("bert@mail.example", "confirm-address").await, 0);
    for guess in ["000000", "123456"] {
        shopper.submit("/api/assisted_code", &[("code", guess)]).await;
    }
    assert_eq!(state_of(&t, &id).await, State::Opened);
});

db_test!(a6_6_2_the_code_is_bound_to_the_browser_of_the_conversation, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let id = open(&t, &story.olga, &chat, &story.anna).await;
    shopper.submit("/api/assisted_email", &[("email", NEW)]).await;
    let code = t.code(NEW, "confirm-address").await;
    // A stranger without the conversation, and another shopper with one.
    let mut stranger = t.browser().json();
    assert_eq!(stranger.post("/api/assisted_code", &[("code", &code)]).await.status, 409);
    assert_eq!(stranger.post("/api/assisted_email", &[("email", NEW)]).await.status, 409);
    let (_, mut other) = super::chat(&t, &story.anna).await;
    other.set_cookie("assisted-flow", &shopper.cookie("assisted-flow").expect("a flow"));
    assert_eq!(other.json().post("/api/assisted_code", &[("code", &code)]).await.status, 409);
    let mut stranger = t.browser();
    assert_eq!(stranger.get("/recover/assisted").await.location(), "/support");
    assert_eq!(state_of(&t, &id).await, State::Opened);
});

db_test!(a6_6_2_a_session_of_the_account_names_no_address, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let id = open(&t, &story.olga, &chat, &story.anna).await;
    // The owner continues it signed in: from now on each of her sessions reads it, also a stolen one.
    shopper.sign_in("anna", PASSWORD).await;
    let fields = [("message", "It is me."), ("nonce", "one")];
    shopper.submit("/api/support_send", &fields).await.assert_text("It is me.");
    let mut thief = t.browser();
    thief.sign_in("anna", PASSWORD).await;
    thief.get("/support").await.assert_text("It is me.");
    assert_eq!(thief.get("/recover/assisted").await.location(), "/support");
    let named = thief.json().post("/api/assisted_email", &[("email", "thief@post.example")]).await;
    assert_eq!((named.status.as_u16(), named.error().as_str()), (409, "assisted_moved"));
    assert_eq!(t.count("thief@post.example", "confirm-address").await, 0);

    // Nor does the cookie alone, after she signed out or while another user is signed in to her browser.
    let mut next = shopper.clone();
    next.submit("/api/sign_out", &[]).await;
    assert_eq!(next.get("/recover/assisted").await.location(), "/support");
    assert_eq!(
        next.clone().json().post("/api/assisted_email", &[("email", NEW)]).await.status,
        409
    );
    t.account("bert").await;
    next.sign_in("bert", PASSWORD).await;
    assert_eq!(next.get("/recover/assisted").await.location(), "/support");
    shopper.sign_in("anna", PASSWORD).await;
    confirm(&t, &mut shopper, NEW).await;
    assert_eq!(state_of(&t, &id).await, State::Confirmed);
});

db_test!(the_code_is_hidden_in_the_chat_whatever_that_is_said_to_be_about_by_then, |t| {
    let story = story(&t).await;
    t.account("bert").await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    open(&t, &story.olga, &chat, &story.anna).await;
    shopper.submit("/api/assisted_email", &[("email", NEW)]).await;
    let code = t.code(NEW, "confirm-address").await;
    let fields = [("conversation", chat.as_str()), ("claimed", "bert")];
    t.staff_browser(&story.olga).await.post("/api/operator_claim", &fields).await;
    let other = if code == "111111" { "222222" } else { "111111" };
    let text = format!("Order {other}, code {code}");
    let fields = [("message", text.as_str()), ("nonce", "one")];
    let page = shopper.submit("/api/support_send", &fields).await;
    page.assert_text(&format!("Order {other}, code {}", conversation::HIDDEN));
    assert!(!page.body.contains(&code));
});

db_test!(confirming_an_address_leaves_a_recovery_in_the_same_browser_alone, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    open(&t, &story.olga, &chat, &story.anna).await;
    shopper.ask_for_code("anna").await;
    confirm(&t, &mut shopper, NEW).await;
    shopper.get("/recover/code").await.assert_text("Enter the code from the letter");
    let code = t.code(ANNA, "recovery-code").await;
    shopper.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(p_addresses_that_one_process_may_name_are_capped, |t| {
    let story = story(&t).await;
    let (chat, shopper) = chat(&t, &story.anna).await;
    open(&t, &story.olga, &chat, &story.anna).await;
    let mut shopper = shopper.json();
    for n in 0..10 {
        let email = format!("address{n}@mail.example");
        let answer = shopper.post("/api/assisted_email", &[("email", &email)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        // A network has a limit of codes a minute.
        t.advance(20 * SECOND);
    }
    let answer = shopper.post("/api/assisted_email", &[("email", NEW)]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (429, "too_many_letters"));
});

db_test!(a6_4_6_what_an_operator_named_is_no_news_to_the_shopper, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let fields = [("conversation", chat.as_str()), ("claimed", ANNA)];
    t.staff_browser(&story.olga).await.post("/api/operator_claim", &fields).await;
    let found = conversation::get(&t.state.db, &chat).await.expect("read").expect("a conversation");
    assert_eq!(
        (found.claimed.as_deref(), found.claimed_id.as_deref()),
        (Some(ANNA), Some(&*story.anna.id))
    );
    open(&t, &story.olga, &chat, &story.anna).await;
    let page = shopper.get("/recover/assisted").await;
    page.assert_text("It is about the account that you write about in the chat.");
    assert!(!page.body.contains("mail.example"), "{}", page.words());
    shopper.submit("/api/assisted_email", &[("email", "thief@post.example")]).await;
    let message = t.email("thief@post.example", "confirm-address").await;
    assert!(!message.text.contains("anna"), "{}", message.text);
});

db_test!(the_account_is_named_as_the_shopper_named_it_in_the_letter_too, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "UPDATE conversations SET claimed = 'ANNA@mail.example' WHERE id = $1";
    tx.execute(sql, args![&chat]).await.expect("done");
    tx.commit().await.expect("a commit");
    open(&t, &story.olga, &chat, &story.anna).await;
    let page = shopper.get("/recover/assisted").await;
    page.assert_text("It is about the account ANNA@mail.example.");
    shopper.submit("/api/assisted_email", &[("email", NEW)]).await;
    let message = t.email(NEW, "confirm-address").await;
    assert!(message.text.contains("ANNA@mail.example"), "{}", message.text);
    // The login would be new to a person who knows only an address.
    assert!(!message.text.contains("anna,") && message.account.is_empty(), "{}", message.text);
});
