//! Who opens an assisted recovery, and who decides on it.

use super::*;
use crate::{
    clock::{DAY, HOUR, MILLISECOND, MINUTE, seconds},
    domain::accounts,
};

/// Sets a role now, as an admin or the command line does.
async fn give(t: &TestApp, account: &Account, role: Role, by: Option<&Account>) -> Account {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let by = by.map(|admin| &admin.id);
    accounts::set_role(&mut tx, &account.id, role, t.now(), by).await.expect("done");
    tx.commit().await.expect("a commit");
    t.find(&account.login).await
}

async fn assert_refused(t: &TestApp, staff: &Account, id: &AssistedId, why: &str) {
    let answer = approve(t, staff, id).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, why));
    assert_eq!(state_of(t, id).await, State::Confirmed);
    assert_eq!(t.count(ANNA, "assisted-recovery").await, 0);
}

db_test!(a2_3_5_whoever_opened_it_cannot_approve, |t| {
    let story = story(&t).await;
    let (id, _) = confirmed(&t, &story).await;
    assert_refused(&t, &story.olga, &id, "assisted_own").await;
    let mut olga = t.staff_browser(&story.olga).await;
    let page = olga.get(&format!("/operator/assisted/{id}")).await;
    page.assert_text("somebody else decides");
    assert!(!page.body.contains("assisted_approve"));
    olga.submit("/api/assisted_approve", &[("id", &id)]).await.assert_text("You opened it");
    // This applies to admins, too.
    let admin = give(&t, &story.olga, Role::Admin, None).await;
    t.advance(7 * DAY - MILLISECOND);
    assert_refused(&t, &admin, &id, "assisted_own").await;
});

db_test!(a2_3_5_a_role_that_is_younger_than_seven_days_decides_nothing, |t| {
    let story = story(&t).await;
    let (id, _) = confirmed(&t, &story).await;
    let nina = t.staff("nina", Role::Admin).await;
    assert_refused(&t, &nina, &id, "assisted_too_new").await;
    t.advance(7 * DAY - MINUTE);
    assert_refused(&t, &nina, &id, "assisted_too_new").await;
    // A role that was given again counts as new.
    let oleg = give(&t, &story.oleg, Role::Admin, None).await;
    assert_refused(&t, &oleg, &id, "assisted_too_new").await;
    t.advance(MINUTE - MILLISECOND);
    assert_refused(&t, &nina, &id, "assisted_too_new").await;
});

db_test!(a_role_of_exactly_seven_days_decides, |t| {
    let (anna, olga) = (t.account("anna").await, t.staff("olga", Role::Operator).await);
    t.advance(DAY);
    let oleg = t.staff("oleg", Role::Operator).await;
    t.advance(7 * DAY);
    let (id, _) = confirmed(&t, &Story { anna, olga, oleg: oleg.clone() }).await;
    assert_eq!(approve(&t, &oleg, &id).await.status, 200);
});

db_test!(a2_3_5_neither_of_the_two_has_the_role_from_the_other, |t| {
    let story = story(&t).await;
    let given = give(&t, &story.oleg, Role::Operator, Some(&story.olga)).await;
    t.advance(8 * DAY);
    let (id, _) = confirmed(&t, &story).await;
    assert_refused(&t, &given, &id, "assisted_related").await;
    t.staff_browser(&story.olga).await.post("/api/assisted_refuse", &[("id", &id)]).await;
    // And the other way round: the admin who gave the role does not decide what the other opened.
    t.advance(RESEND);
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let id = open(&t, &given, &chat, &story.anna).await;
    confirm(&t, &mut shopper, NEW).await;
    let before = t.number("SELECT COUNT(*) FROM assisted_recoveries WHERE state = 'waiting'").await;
    assert_refused(&t, &story.olga, &id, "assisted_related").await;
    assert_eq!(before, 0);
});

db_test!(what_somebody_opened_who_left_the_staff_cannot_be_approved, |t| {
    let story = story(&t).await;
    let (id, _) = confirmed(&t, &story).await;
    give(&t, &story.olga, Role::Shopper, None).await;
    assert_refused(&t, &story.oleg, &id, "assisted_opener_gone").await;
});

db_test!(one_operator_alone_needs_the_setting_and_waits_seven_days, |t| {
    let engine = t.engine();
    let alone = spawn_app_with(engine, |config| {
        config.assisted_alone = true;
        config.assisted_wait = seconds(2);
    })
    .await;
    let (anna, olga) = (alone.account("anna").await, alone.staff("olga", Role::Operator).await);
    alone.advance(8 * DAY);
    let story = Story { anna, oleg: olga.clone(), olga };
    let (id, _) = confirmed(&alone, &story).await;
    // Only while there is nobody else who could decide.
    let nina = alone.staff("nina", Role::Operator).await;
    assert_refused(&alone, &story.olga, &id, "assisted_own").await;
    give(&alone, &nina, Role::Shopper, None).await;
    assert_eq!(approve(&alone, &story.olga, &id).await.status, 200);
    let process = process(&alone, &id).await;
    assert!(process.alone);
    assert_eq!(process.release_at, Some(alone.now() + 7 * DAY));
});

db_test!(a6_4_accounts_of_the_staff_are_never_recovered_this_way, |t| {
    let story = story(&t).await;
    for account in [&story.oleg, &t.staff("nina", Role::Admin).await] {
        let (chat, _) = chat(&t, account).await;
        let answer = try_open(&t, &story.olga, &chat, account).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "assisted_staff"));
    }
    let (chat, _) = chat(&t, &story.anna).await;
    t.disable(&story.anna).await;
    assert_eq!(try_open(&t, &story.olga, &chat, &story.anna).await.error(), "assisted_disabled");
});

db_test!(something_must_be_checked_and_only_what_the_shop_asks_for_counts, |t| {
    let story = story(&t).await;
    let (chat, _) = chat(&t, &story.anna).await;
    let mut olga = t.staff_browser(&story.olga).await.json();
    let fields = [
        ("conversation", chat.as_str()),
        ("account", story.anna.id.as_str()),
        ("checked[]", "her voice"),
    ];
    let answer = olga.post("/api/assisted_open", &fields).await;
    assert_eq!(answer.field("checked"), "assisted_unchecked");
    let long = "x".repeat(801);
    let fields = [
        ("conversation", chat.as_str()),
        ("account", story.anna.id.as_str()),
        ("checked[]", CHECK),
        ("checked[]", "her voice"),
        ("remark", long.as_str()),
    ];
    let answer = olga.post("/api/assisted_open", &fields).await;
    assert_eq!(answer.field("remark"), "assisted_remark_too_long");
    let answer = olga.post("/api/assisted_open", &fields[..4]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.json()["next"].as_str().expect("a path").replace("/operator/assisted/", "");
    let id = AssistedId::parse(&id).expect("an id");
    assert_eq!(process(&t, &id).await.checked, CHECK);
});

db_test!(a_form_that_was_shown_for_another_account_opens_nothing, |t| {
    let story = story(&t).await;
    let (chat, _) = chat(&t, &story.anna).await;
    let bert = t.account("bert").await;
    let answer = try_open(&t, &story.olga, &chat, &bert).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (409, "assisted_moved"));
    assert_eq!(t.number("SELECT COUNT(*) FROM assisted_recoveries").await, 0);
});

db_test!(one_process_for_an_account_at_a_time_however_many_open_it, |t| {
    let story = story(&t).await;
    let mut opened = Vec::new();
    for n in 0..6 {
        let staff = if n % 2 == 0 { &story.olga } else { &story.oleg };
        let (chat, _) = chat(&t, &story.anna).await;
        let browser = t.staff_browser(staff).await.json();
        let (mut browser, account) = (browser, story.anna.id.clone());
        opened.push(tokio::spawn(async move {
            let fields = [
                ("conversation", chat.as_str()),
                ("account", account.as_str()),
                ("checked[]", CHECK),
            ];
            browser.post("/api/assisted_open", &fields).await
        }));
    }
    let mut won = 0;
    for answer in opened {
        let answer = answer.await.expect("an answer");
        if answer.status == 200 {
            won += 1;
        } else {
            assert_eq!(answer.error(), "assisted_alive", "{}", answer.body);
        }
    }
    assert_eq!(won, 1);
});

db_test!(p_one_person_opens_twenty_a_day, |t| {
    let story = story(&t).await;
    let mut olga = t.staff_browser(&story.olga).await.json();
    for n in 0..21 {
        let account = t.account(&format!("shopper{n}")).await;
        let (chat, _) = chat(&t, &account).await;
        let fields = [
            ("conversation", chat.as_str()),
            ("account", account.id.as_str()),
            ("checked[]", CHECK),
        ];
        let answer = olga.post("/api/assisted_open", &fields).await;
        let expected = if n < 20 { 200 } else { 429 };
        assert_eq!(answer.status, expected, "{n}: {}", answer.body);
    }
});

db_test!(a8_2_2_everybody_else_finds_nothing, |t| {
    let story = story(&t).await;
    let (id, mut shopper) = confirmed(&t, &story).await;
    let one = format!("/operator/assisted/{id}");
    let mut anna = t.browser();
    anna.sign_in("anna", PASSWORD).await;
    for path in ["/operator/assisted", one.as_str()] {
        assert_eq!(anna.get(path).await.status, 404);
        assert_eq!(shopper.get(path).await.status, 302);
        assert_eq!(t.browser().json().get(path).await.status, 401);
    }
    let mut anna = anna.json();
    for path in ["/api/assisted_approve", "/api/assisted_refuse", "/api/assisted_open"] {
        assert_eq!(anna.post(path, &[("id", &id)]).await.status, 404, "{path}");
        assert_eq!(shopper.clone().json().post(path, &[("id", &id)]).await.status, 401, "{path}");
    }
    assert_eq!(state_of(&t, &id).await, State::Confirmed);
});

db_test!(a6_4_6_the_staff_sees_no_full_address_no_code_and_no_hash, |t| {
    let story = story(&t).await;
    let (chat, mut shopper) = chat(&t, &story.anna).await;
    let mut olga = t.staff_browser(&story.olga).await;
    let form = olga.get(&format!("/operator/assisted?conversation={chat}")).await;
    form.assert_text("For the account anna.");
    let id = open(&t, &story.olga, &chat, &story.anna).await;
    let path = format!("/operator/assisted/{id}");
    let mut pages = vec![form, olga.get(&path).await];
    confirm(&t, &mut shopper, NEW).await;
    let code = t.code(NEW, "confirm-address").await;
    let mut oleg = t.staff_browser(&story.oleg).await;
    let page = oleg.get(&path).await;
    page.assert_text("a•••@m•••.example");
    page.assert_text("a•••@p•••.example");
    page.assert_text("olga");
    page.assert_text(CHECK);
    page.assert_text("sounds like her");
    pages.extend([page, oleg.get("/operator/assisted").await]);
    pages.push(oleg.submit("/api/assisted_approve", &[("id", &id)]).await);
    for page in pages {
        assert_eq!(page.status, 200);
        for secret in [ANNA, NEW, "argon2", code.as_str()] {
            assert!(!page.body.contains(secret), "{secret}");
        }
    }
    // Looking at it is recorded, once an hour for each operator.
    let looked = "SELECT COUNT(*) FROM events WHERE kind = 'operator_looked'";
    assert_eq!(t.number(looked).await, 2);
    t.advance(HOUR);
    t.staff_browser(&story.oleg).await.get(&path).await;
    assert_eq!(t.number(looked).await, 3);
});

db_test!(payloads_in_a_remark_and_in_the_conversation_show_as_text, |t| {
    let story = story(&t).await;
    let (chat, _) = chat(&t, &story.anna).await;
    let mut olga = t.staff_browser(&story.olga).await;
    let evil = "<script>alert(1)</script>";
    let fields = [
        ("conversation", chat.as_str()),
        ("account", story.anna.id.as_str()),
        ("checked[]", CHECK),
        ("remark", evil),
    ];
    let page = olga.submit("/api/assisted_open", &fields).await;
    page.assert_text("&lt;script&gt;alert(1)&lt;/script&gt;");
    assert!(!page.body.contains(evil));
    // The same where the form comes back with what was typed.
    let breaking = "</textarea><script>alert(2)</script>";
    let (chat, _) = super::chat(&t, &t.account("bert").await).await;
    let bert = t.find("bert").await;
    let fields =
        [("conversation", chat.as_str()), ("account", bert.id.as_str()), ("remark", breaking)];
    let page = olga.submit("/api/assisted_open", &fields).await;
    page.assert_text("tick what you checked");
    assert!(!page.body.contains("<script>alert") && page.body.contains("&lt;/textarea>"));
});

db_test!(saying_no_needs_no_second_person_and_ends_it_at_any_point, |t| {
    let story = story(&t).await;
    for step in 0..4 {
        let id = match step {
            0 => {
                let (chat, _) = chat(&t, &story.anna).await;
                open(&t, &story.olga, &chat, &story.anna).await
            }
            1 => confirmed(&t, &story).await.0,
            2 => waiting(&t, &story).await.0,
            _ => ready(&t, &story).await.0,
        };
        let mut olga = t.staff_browser(&story.olga).await;
        olga.submit("/api/assisted_refuse", &[("id", &id)]).await.assert_text("Refused");
        assert_eq!(state_of(&t, &id).await, State::Refused, "{step}");
        assert_eq!(approve(&t, &story.oleg, &id).await.error(), "assisted_moved");
        let again = olga.json().post("/api/assisted_refuse", &[("id", &id)]).await;
        assert_eq!((again.status.as_u16(), again.error().as_str()), (409, "assisted_moved"));
        t.advance(RESEND);
    }
    // The links in emails about it no longer work.
    assert_eq!(t.number("SELECT COUNT(*) FROM letter_links").await, 0);
});

db_test!(two_who_approve_at_once_tell_the_owner_once, |t| {
    let story = story(&t).await;
    let nina = t.staff("nina", Role::Admin).await;
    t.advance(8 * DAY);
    let (id, _) = confirmed(&t, &story).await;
    let mut both = Vec::new();
    for staff in [&story.oleg, &nina, &story.oleg, &nina] {
        let (mut browser, id) = (t.staff_browser(staff).await.json(), id.clone());
        both.push(tokio::spawn(async move {
            browser.post("/api/assisted_approve", &[("id", &id)]).await.status
        }));
    }
    let mut won = 0;
    for answer in both {
        won += usize::from(answer.await.expect("an answer") == 200);
    }
    assert_eq!((won, t.count(ANNA, "assisted-recovery").await), (1, 1));
});

db_test!(a_role_that_is_given_and_an_approval_at_once_do_not_wait_for_each_other, |t| {
    if !t.state.db.is_postgres() {
        // There is one writer: a deadlock is not possible.
        return;
    }
    let story = story(&t).await;
    let ada = t.staff("ada", Role::Admin).await;
    t.advance(8 * DAY);
    let (id, _) = confirmed(&t, &story).await;
    // As when Olga is given a role: the admins are locked first …
    let mut giving = t.state.db.begin().await.expect("a transaction");
    accounts::lock_admins(&mut giving).await.expect("locked");
    let (state, process) = (t.state.clone(), id.clone());
    let approving = tokio::spawn(async move { process::approve(&state, &process, &ada).await });
    t.until_it_waits(&approving).await;
    // … then Olga, who opened what is approved, and the owner of the account.
    for account in [&story.olga, &story.anna] {
        accounts::get_for_update(&mut giving, &account.id).await.expect("no deadlock");
    }
    giving.commit().await.expect("a commit");
    approving.await.expect("an answer").expect("no deadlock");
    assert_eq!(state_of(&t, &id).await, State::Waiting);
});
