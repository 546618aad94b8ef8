//! What goes over the wire: headers, greetings, connections, addresses beyond ASCII.

use super::{Mood, Smtp, code_for, enqueue, with_smtp, with_smtp_and};
use crate::{
    mailer::{EmailMessage, Mailer},
    tests::harness::db_test,
};

db_test!(headers_name_the_letter_and_its_account, |t| {
    t.account_with("Анна", "anna@mail.example", "green lamp seven").await;
    t.browser().ask_for_code("анна").await;
    let email = t.email("anna@mail.example", "recovery-code").await;
    assert_eq!(email.account, "Анна");
    let file = t.state.config.mail_folder.join(format!("{}.eml", email.id));
    let raw = std::fs::read_to_string(file).expect("the letter");
    for header in [
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "X-Latchkey-Letter: recovery-code",
        "Message-ID: <",
        "Date: Fri, 13 Nov 2026 14:03:00",
        "multipart/alternative",
    ] {
        assert!(raw.contains(header), "{header} is missing: {raw}");
    }
    // The code is alone on one line of the text.
    assert_eq!(
        email
            .text
            .lines()
            .filter(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()))
            .count(),
        1
    );
});

db_test!(letters_share_a_connection, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    let account = t.account("anna").await;
    for mood in [Mood::Accept, Mood::Refuse, Mood::Greylist, Mood::Accept] {
        smtp.set(mood);
        enqueue(&t, code_for(&t, &account)).await;
        t.state.outbox.send_due().await.expect("works");
    }
    assert_eq!(smtp.received().len(), 2);
    assert_eq!(smtp.heard("EHLO").len(), 1, "one connection, also after a refusal");
});

#[tokio::test]
async fn server_is_greeted_by_our_own_address() {
    let smtp = Smtp::start().await;
    for (base_url, name) in [
        ("https://account.shop.example/", "EHLO account.shop.example"),
        ("https://konto.bücher.example/", "EHLO konto.xn--bcher-kva.example"),
        ("https://192.0.2.7/", "EHLO [192.0.2.7]"),
        ("http://localhost:3000/", "EHLO [127.0.0.1]"),
    ] {
        let url = format!("smtp://127.0.0.1:{}", smtp.port);
        let base_url = url::Url::parse(base_url).expect("an address");
        Mailer::smtp(&url, &base_url).expect("good").test().await.expect("it answers");
        assert_eq!(smtp.heard("EHLO").last().map(String::as_str), Some(name));
    }
    let named = format!("smtp://127.0.0.1:{}/mail.shop.example", smtp.port);
    let base_url = url::Url::parse("http://localhost:3000/").expect("an address");
    Mailer::smtp(&named, &base_url).expect("good").test().await.expect("it answers");
    assert_eq!(smtp.heard("EHLO").last().map(String::as_str), Some("EHLO mail.shop.example"));
}

db_test!(domains_beyond_ascii_go_over_the_wire_in_ascii, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp_and(t.engine(), smtp.port, |config| {
        config.mail_from = "Bücher <no-reply@bücher.example>".parse().expect("a sender");
    })
    .await;
    let account = t.account("anna").await;
    enqueue(&t, EmailMessage { to: "anna@bücher.example".to_owned(), ..code_for(&t, &account) })
        .await;
    t.state.outbox.send_due().await.expect("works");
    assert_eq!(smtp.heard("MAIL"), ["MAIL FROM:<no-reply@xn--bcher-kva.example>"]);
    assert_eq!(smtp.heard("RCPT"), ["RCPT TO:<anna@xn--bcher-kva.example>"]);
    assert!(smtp.received()[0].contains("<no-reply@xn--bcher-kva.example>"));
    assert!(smtp.received()[0].is_ascii());
});

db_test!(local_part_that_the_server_cannot_carry_is_refused_at_the_field, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    t.state.mailer.test().await.expect("it answers");
    let fields =
        [("login", "anna"), ("email", "анна@mail.example"), ("password", "green lamp seven")];
    let answer = t.browser().json().post("/api/register", &fields).await;
    assert_eq!(answer.field("email"), "email_not_carried");
    t.browser().submit("/api/register", &fields).await.assert_text("cannot write to an address");
    let fields = [("email", "анна@mail.example")];
    let answer = t.browser().json().post("/api/find_login", &fields).await;
    assert_eq!(answer.field("email"), "email_not_carried");
    assert_eq!(t.number("SELECT COUNT(*) FROM outbox").await, 0);
});

db_test!(local_part_beyond_ascii_is_written_to_where_the_server_offers_it, |t| {
    let smtp = Smtp::start().await;
    smtp.offer("250-test\r\n250-8BITMIME\r\n250 SMTPUTF8");
    let t = with_smtp(t.engine(), smtp.port).await;
    t.state.mailer.test().await.expect("it answers");
    let fields =
        [("login", "anna"), ("email", "анна@mail.example"), ("password", "green lamp seven")];
    t.browser().submit("/api/register", &fields).await.assert_text("Confirm your e-mail");
    t.state.outbox.send_due().await.expect("works");
    assert_eq!(smtp.heard("RCPT"), ["RCPT TO:<анна@mail.example>"]);
    assert!(smtp.heard("MAIL")[0].contains("SMTPUTF8"));
    assert_eq!(smtp.received().len(), 1);
});
