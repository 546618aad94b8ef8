//! Snapshots of every email in every language.

use super::*;
use crate::{
    clock::DAY,
    db::Tx,
    domain::{
        accounts,
        values::{Code, EmailAddress},
        verification::flows::{Flow, FlowKind, NewFlow, Step, begin},
    },
    mailer::EmailMessage,
    recovery::{assisted as room, assisted::process::emails, by_email},
    security::Token,
};

/// Replaces the tokens of links.
fn without_token(text: &str) -> String {
    let mut parts = text.split("/letter/");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str("/letter/TOKEN");
        whole.push_str(&part[43..]);
    }
    whole
}

/// Begins the flow in which the new address is confirmed.
async fn flow(t: &TestApp, tx: &mut Tx, locale: Locale, story: &Story, id: &AssistedId) -> Flow {
    let new = NewFlow {
        purpose: FlowKind::Assisted,
        step: Step::Code,
        account_id: Some(&story.anna.id),
        credential_version: 0,
        typed: NEW,
        login: None,
        password_hash: None,
        locale,
        next: None,
        subject: Some(id),
        device_id: None,
        ready_at: t.now(),
    };
    begin(tx, &t.state.random, t.now(), &new).await.expect("a flow").0
}

#[tokio::test]
async fn every_email_in_every_language() {
    let t = spawn_app_with(Engine::Sqlite, |_| {}).await;
    let story = story(&t).await;
    let (id, _) = waiting(&t, &story).await;
    let process = process(&t, &id).await;
    let chat = process.conversation_id.clone().expect("a conversation");
    let chat = conversation::get(&t.state.db, &chat).await.expect("an answer").expect("a chat");
    let (short, long) =
        (Code::parse("012345").expect("a code"), Code::parse("ABCDEFGHJKMN").expect("a code"));
    let (soon, tomorrow) = (t.now() + t.state.config.code_ttl, t.now() + DAY);
    let (new, link) = (EmailAddress::parse(NEW).expect("an address"), Token::new(&t.state.random));
    for locale in Locale::ALL {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        accounts::set_locale(&mut tx, &story.anna.id, locale).await.expect("done");
        let flow = flow(&t, &mut tx, locale, &story, &id).await;
        tx.commit().await.expect("a commit");
        let (state, anna, client) = (&t.state, &t.find("anna").await, &client());
        let release_at = t.now() + WAIT;
        let asked = emails::Asked { process: &process, conversation: Some(&chat), release_at };
        let arranged = |code, until| {
            by_email::emails::recovery_code(state, anna, Some(&new), code, until, client)
        };
        let all: Vec<(&str, EmailMessage)> = vec![
            (
                "assisted-code",
                room::emails::confirm_address(
                    state,
                    &flow,
                    Some("anna"),
                    &new,
                    &short,
                    soon,
                    client,
                ),
            ),
            ("assisted-recovery", emails::assisted_recovery(state, anna, ANNA, &asked, &link)),
            ("assisted-ready", emails::assisted_ready(state, anna, &new, t.now() + 7 * DAY)),
            ("assisted-done-old", emails::recovered_old(state, anna, &new, &link, client)),
            ("assisted-done-new", emails::recovered_new(state, anna, &new, client)),
            ("recovery-code-arranged", arranged(&short, soon)),
            ("recovery-code-arranged-roaming", arranged(&long, tomorrow)),
        ];
        for (name, email) in all {
            let (text, html) = email.render(&t.state.config);
            let (text, html) = (without_token(&text), without_token(&html));
            assert!(text.lines().all(|line| line.len() < 990), "RFC 5322 §2.1.1");
            insta::assert_snapshot!(
                format!("{name}.{locale}.txt"),
                format!("Subject: {}\n\n{text}", email.subject)
            );
            insta::assert_snapshot!(format!("{name}.{locale}.html"), html);
        }
    }
}
