//! What is tried again after SMTP fails, how often, and what is dropped.

use super::{Mood, Smtp, code_for, enqueue, of_kind, states, with_smtp};
use crate::{
    args,
    clock::{HOUR, MILLISECOND, MINUTE, SECOND},
    mailer::EmailKind,
    tests::{
        harness::{TestApp, db_test},
        server::telemetry::captured,
    },
};

db_test!(greylisted_code_is_tried_every_thirty_seconds_with_one_message_id, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    t.account("anna").await;
    smtp.set(Mood::Greylist);
    t.browser().ask_for_code("anna").await;
    assert_eq!(t.state.outbox.send_due().await.expect("works"), 1);
    assert_eq!(t.state.outbox.send_due().await.expect("works"), 0, "not at once again");
    assert_eq!(states(&t).await, [("waiting".to_owned(), 1, false)]);
    t.advance(30 * SECOND - MILLISECOND);
    assert_eq!(t.state.outbox.send_due().await.expect("works"), 0);
    smtp.set(Mood::Accept);
    t.advance(MILLISECOND);
    assert_eq!(t.state.outbox.send_due().await.expect("works"), 1);
    assert_eq!(states(&t).await, [("sent".to_owned(), 2, true)]);
    let sent = smtp.received();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].contains("X-Latchkey-Letter: recovery-code"));
});

db_test!(code_that_cannot_be_sent_in_time_is_dropped, |t| {
    let engine = t.engine();
    // Nothing listens on this port.
    let t = with_smtp(engine, 1).await;
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    t.state.outbox.send_due().await.expect("works");
    t.advance(10 * MINUTE);
    t.state.outbox.send_due().await.expect("works");
    assert_eq!(states(&t).await, [("dropped".to_owned(), 2, true)]);
});

db_test!(other_letters_are_tried_for_a_day_ever_more_slowly, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    let account = t.account("anna").await;
    t.disable(&account).await;
    smtp.set(Mood::Greylist);
    t.browser().sign_in("anna", crate::tests::harness::PASSWORD).await;
    let mut tries = Vec::new();
    for second in 0..2 * 3600 {
        if t.state.outbox.send_due().await.expect("works") > 0 {
            tries.push(second);
        }
        t.advance(SECOND);
    }
    assert_eq!(tries[..6], [0, 1, 3, 7, 15, 31]);
    let pauses: Vec<i32> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.iter().max(), Some(&900));
    smtp.set(Mood::Accept);
    t.advance(HOUR);
    t.state.outbox.send_due().await.expect("works");
    assert_eq!(smtp.received().len(), 1);
});

db_test!(recipient_that_is_refused_for_good_is_not_tried_again, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    t.account("anna").await;
    smtp.set(Mood::Refuse);
    t.browser().ask_for_code("anna").await;
    t.state.outbox.send_due().await.expect("works");
    assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)]);
});

db_test!(only_what_speaks_of_the_recipient_is_final, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    let account = t.account("anna").await;
    let ours = [
        ("GREETING", "554 5.7.1 your host is listed"),
        ("MAIL", "550 5.7.1 <no-reply@localhost> may not send"),
        ("MAIL", "553 5.1.8 sender address rejected: domain not found"),
        ("RCPT", "554 5.7.1 <anna@mail.example>: relay access denied"),
        ("RCPT", "550 relay not permitted"),
        ("RCPT", "553 sorry, that domain is not in my list"),
        ("DATA", "550 5.7.0 authentication required"),
        ("LETTER", "554 5.7.1 spam"),
        ("LETTER", "552 5.3.4 too big"),
    ];
    let (sink, _guard) = captured();
    for (at, answer) in ours {
        smtp.set(Mood::Say(at, answer));
        enqueue(&t, of_kind(&t, &account, EmailKind::PasswordChanged)).await;
        assert_eq!(t.state.outbox.send_due().await.expect("works"), 1);
        assert_eq!(states(&t).await, [("waiting".to_owned(), 1, false)], "{at}: {answer}");
        smtp.set(Mood::Accept);
        t.advance(SECOND);
        assert_eq!(t.state.outbox.send_due().await.expect("works"), 1);
        assert_eq!(states(&t).await, [("sent".to_owned(), 2, true)], "{at}: {answer}");
        forget(&t).await;
    }
    for (at, answer) in [
        ("RCPT", "550 5.1.1 <anna@mail.example>: no such user"),
        ("RCPT", "552 5.2.2 <anna@mail.example>: mailbox full"),
        ("LETTER", "550 5.1.1 no such user"),
    ] {
        smtp.set(Mood::Say(at, answer));
        enqueue(&t, of_kind(&t, &account, EmailKind::PasswordChanged)).await;
        t.state.outbox.send_due().await.expect("works");
        assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)], "{at}: {answer}");
        forget(&t).await;
    }
    let log = sink.text();
    for said in
        ["at greeting: 554 5.7.1", "at MAIL: 550 5.7.1", "at RCPT: 550\"", "at letter: 554 5.7.1"]
    {
        assert!(log.contains(said), "{said} is not in the log: {log}");
    }
    assert!(!log.contains("mail.example"), "no address: {log}");
});

async fn forget(t: &TestApp) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("DELETE FROM outbox", args![]).await.expect("done");
    tx.commit().await.expect("a commit");
}

db_test!(server_that_closes_is_tried_at_once_on_a_new_connection, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    let account = t.account("anna").await;
    enqueue(&t, code_for(&t, &account)).await;
    t.state.outbox.send_due().await.expect("works");
    for at in ["MAIL", "RCPT", "DATA", "LETTER", "GREETING"] {
        if at == "GREETING" {
            // The waiting connection is closed without notice, and the next one gets this greeting.
            smtp.set(Mood::Close("MAIL", "421 4.4.2 timeout"));
            enqueue(&t, code_for(&t, &account)).await;
            t.state.outbox.send_due().await.expect("works");
        }
        smtp.set(Mood::Close(at, "421 4.3.2 closing"));
        enqueue(&t, code_for(&t, &account)).await;
        assert_eq!(t.state.outbox.send_due().await.expect("works"), 1);
    }
    let states = states(&t).await;
    assert_eq!(states.len(), 7);
    assert!(states.iter().all(|state| *state == ("sent".to_owned(), 1, true)), "{states:?}");
});
