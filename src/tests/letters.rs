//! A snapshot of each letter in each language, text and HTML (RFC 5322 headers are tested with the outbox).

use crate::{
    forms::{Code, Email},
    i18n::Locale,
    recovery, register,
    server::{
        accounts::Standing,
        client::Client,
        flows::{Flow, NewFlow, Purpose, Step, begin},
        letters,
        outbox::Letter,
    },
};

use super::harness::{Engine, TestApp, spawn_app};

fn client() -> Client {
    Client {
        network: "203.0.113.0/24".to_owned(),
        user_agent: "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
            .to_owned(),
    }
}

async fn flow(t: &TestApp, locale: Locale, login: &str) -> Flow {
    let mut tx = t.app.db.begin().await.expect("a transaction");
    let new = NewFlow {
        purpose: Purpose::Register,
        step: Step::Code,
        account_id: None,
        epoch: 0,
        typed: "bert@mail.example",
        login: Some(login),
        password_hash: None,
        locale,
        next: None,
        device_id: None,
        ready_at: t.now(),
    };
    let (flow, _) = begin(&mut tx, &t.app.random, t.now(), &new).await.expect("a flow");
    tx.commit().await.expect("a commit");
    flow
}

#[tokio::test]
async fn every_letter_in_every_language() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    let (short, long) =
        (Code::parse("012345").expect("a code"), Code::parse("ABCDEFGHJKMN").expect("a code"));
    let soon = t.now() + t.app.config.code_ttl;
    let tomorrow = t.now() + crate::server::clock::DAY;
    for locale in Locale::ALL {
        let mut tx = t.app.db.begin().await.expect("a transaction");
        let id = t.find("anna").await.id;
        crate::server::accounts::set_locale(&mut tx, &id, locale).await.expect("done");
        tx.commit().await.expect("a commit");
        let (anna, flow) = (t.find("anna").await, flow(&t, locale, "bert").await);
        let stranger = Email::parse("stranger@mail.example").expect("an address");
        let all: [(&str, Letter); 8] = [
            (
                "confirm-address",
                register::mail::confirm_address(&t.app, &flow, &short, soon, &client()),
            ),
            (
                "address-in-use",
                letters::address_in_use(
                    &t.app,
                    &Standing::Used(t.find("anna").await),
                    &stranger,
                    &client(),
                )
                .await
                .expect("an answer")
                .expect("a letter"),
            ),
            ("welcome", register::mail::welcome(&t.app, &anna)),
            (
                "recovery-code",
                recovery::mail::recovery_code(&t.app, &anna, &short, soon, &client()),
            ),
            (
                "recovery-code-roaming",
                recovery::mail::recovery_code(&t.app, &anna, &long, tomorrow, &client()),
            ),
            (
                "unknown-address",
                recovery::mail::unknown_address(&t.app, &flow, &stranger, &client()),
            ),
            ("password-changed", letters::password_changed(&t.app, &anna, &client())),
            ("account-disabled", letters::account_disabled(&t.app, &anna, &client())),
        ];
        for (name, letter) in all {
            let (text, html) = letter.render(&t.app.config);
            assert!(text.lines().all(|line| line.len() < 990), "RFC 5322 §2.1.1");
            insta::assert_snapshot!(
                format!("{name}.{locale}.txt"),
                format!("Subject: {}\n\n{text}", letter.subject)
            );
            insta::assert_snapshot!(format!("{name}.{locale}.html"), html);
        }
    }
}

#[tokio::test]
async fn html_parts_escape_what_people_typed() {
    let t = spawn_app(Engine::Sqlite).await;
    let flow = flow(&t, Locale::En, "<b>bert</b>").await;
    let evil = Client {
        network: "203.0.113.0/24".to_owned(),
        user_agent: "<script>alert(1)</script>".to_owned(),
    };
    let code = Code::parse("012345").expect("a code");
    let (_, html) = register::mail::confirm_address(&t.app, &flow, &code, t.now() + 1, &evil)
        .render(&t.app.config);
    assert!(!html.contains("<b>bert") && !html.contains("<script>"));
}
