//! Snapshots of every email in every language, text and HTML (RFC 5322 headers are tested with the outbox).

use crate::{
    account::{deletion, email, export, username},
    auth::{qr_sign_in, registration},
    clock::{DAY, MILLISECOND, Timestamp},
    db::Tx,
    domain::{
        account_emails::{self, AfterPassword},
        accounts::{self, Account, Role},
        backup_codes::CodesLeft,
        client::Client,
        roles::{self, RoleRequest},
        values::{Code, EmailAddress, Username},
        verification::flows::{Flow, FlowKind, NewFlow, Step, begin},
    },
    i18n::Locale,
    mailer::EmailMessage,
    recovery::{backup_codes, by_email, reclaim, username_reminder},
    security::Token,
    support::{chat, conversation},
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
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let new = NewFlow {
        purpose: FlowKind::Register,
        step: Step::Code,
        account_id: None,
        credential_version: 0,
        typed: "bert@mail.example",
        login: Some(login),
        password_hash: None,
        locale,
        next: None,
        subject: None,
        device_id: None,
        ready_at: t.now(),
    };
    let (flow, _) = begin(&mut tx, &t.state.random, t.now(), &new).await.expect("a flow");
    tx.commit().await.expect("a commit");
    flow
}

#[tokio::test]
async fn every_email_in_every_language() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    for locale in Locale::ALL {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let id = t.find("anna").await.id;
        accounts::set_locale(&mut tx, &id, locale).await.expect("done");
        tx.commit().await.expect("a commit");
        for (name, message) in all_emails(&t, locale).await {
            let (text, html) = message.render(&t.state.config);
            // The one link that the email itself creates differs each time.
            let (text, html) = (without_token(&text), without_token(&html));
            assert!(text.lines().all(|line| line.len() < 990), "RFC 5322 §2.1.1");
            // An email may have waited in the outbox: it names the time until which it is valid, not a duration.
            for span in
                ["10 minutes", "24 hours", "within 14", "10 минут", "24 час", "действует 14"]
            {
                assert!(!text.contains(span), "{name}: {text}");
            }
            insta::assert_snapshot!(
                format!("{name}.{locale}.txt"),
                format!("Subject: {}\n\n{text}", message.subject)
            );
            insta::assert_snapshot!(format!("{name}.{locale}.html"), html);
        }
    }
}

/// Returns every kind of email to an account in that language.
async fn all_emails(t: &TestApp, locale: Locale) -> Vec<(&'static str, EmailMessage)> {
    let code = |text| Code::parse(text).expect("a code");
    let (short, long) = (code("012345"), code("ABCDEFGHJKMN"));
    let (soon, tomorrow) = (t.now() + t.state.config.code_ttl, t.now() + DAY);
    let (anna, flow) = (t.find("anna").await, flow(t, locale, "bert").await);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let stranger = EmailAddress::parse("stranger@mail.example").expect("an address");
    let used = accounts::AddressStatus::Used(anna.clone());
    let client = client();
    let in_use = account_emails::address_in_use(&t.state, &mut tx, &used, &stranger, true, &client);
    let in_use = in_use.await.expect("an answer").expect("an email");
    let mut all = vec![
        (
            "confirm-address",
            registration::emails::confirm_address(&t.state, &flow, &short, soon, &client),
        ),
        ("address-in-use", in_use),
        ("welcome", registration::emails::welcome(&t.state, &anna)),
        (
            "recovery-code",
            by_email::emails::recovery_code(&t.state, &anna, None, &short, soon, &client),
        ),
        (
            "recovery-code-roaming",
            by_email::emails::recovery_code(&t.state, &anna, None, &long, tomorrow, &client),
        ),
        ("unknown-address", by_email::emails::unknown_address(&t.state, &flow, &stranger, &client)),
        ("account-disabled", account_emails::account_disabled(&t.state, &anna, &client)),
    ];
    all.extend(letters_of_a_new_password(t, &anna));
    all.extend(letters_of_my_account(t, &mut tx, &anna, &short, soon).await);
    all.extend(letters_of_support(t, &mut tx, &flow, &short, soon).await);
    all
}

fn letters_of_a_new_password(t: &TestApp, anna: &Account) -> Vec<(&'static str, EmailMessage)> {
    let link = Token::new(&t.state.random);
    let after = |recovered, remaining| AfterPassword {
        recovered,
        backup_codes: CodesLeft { remaining, made_at: (remaining > 0).then(|| t.now()) },
        deletion_stopped: recovered && remaining > 0,
        link: &link,
    };
    let message = |after| account_emails::password_changed(&t.state, anna, &after, &client());
    vec![
        ("password-changed", message(after(false, 0))),
        ("password-changed-codes", message(after(false, 10))),
        ("password-recovered-codes", message(after(true, 1))),
    ]
}

async fn letters_of_support(
    t: &TestApp,
    tx: &mut Tx,
    flow: &Flow,
    code: &Code,
    soon: Timestamp,
) -> Vec<(&'static str, EmailMessage)> {
    let new = conversation::NewConversation {
        account_id: None,
        claimed: Some("anna"),
        claimed_id: None,
        topic: conversation::Topic::Password,
        locale: flow.locale(),
        client: &client(),
    };
    let (id, _) = conversation::begin(&t.state, tx, &new).await.expect("a conversation");
    let address = Some("bert@mail.example");
    conversation::set_email(&t.state, tx, &id, address).await.expect("done");
    let conversation = conversation::get_for_update(tx, &id).await.expect("an answer");
    let conversation = conversation.expect("a conversation");
    vec![
        ("support-email", chat::emails::confirm_address(&t.state, flow, code, soon, &client())),
        ("answer-waits", conversation::answer_waits(&t.state, &conversation).expect("a letter")),
    ]
}

async fn letters_of_my_account(
    t: &TestApp,
    tx: &mut Tx,
    anna: &Account,
    code: &Code,
    soon: Timestamp,
) -> Vec<(&'static str, EmailMessage)> {
    let (state, client) = (&t.state, &client());
    let new = EmailAddress::parse("anna.new@mail.example").expect("an address");
    let link = Token::new(&state.random);
    let login = Username::parse("anna-new").expect("a login");
    let (until, locale) = (t.now() + accounts::RECLAIM_WINDOW, anna.locale());
    let stranger = EmailAddress::parse("stranger@mail.example").expect("an address");
    let held =
        account_emails::address_held(state, tx, anna, until, &new, client).await.expect("a letter");
    let giving = |role, by| RoleRequest { role, by, client };
    let (by_anna, by_command) = (giving(Role::Admin, Some(anna)), giving(Role::Shopper, None));
    let own = |purpose| account_emails::account_code(state, anna, purpose, code, soon, client);
    vec![
        ("own-code-password", own(FlowKind::ChangePassword)),
        ("own-code-confirm", own(FlowKind::Confirm)),
        ("staff-code", own(FlowKind::StaffSignIn)),
        ("role-given-own", roles::emails::to_its_owner(state, anna, &by_anna)),
        ("role-given-admin", roles::emails::to_admin(state, anna, anna, &by_anna)),
        ("role-taken-own", roles::emails::to_its_owner(state, anna, &by_command)),
        ("role-taken-admin", roles::emails::to_admin(state, anna, anna, &by_command)),
        ("address-held", held),
        ("new-device", account_emails::new_device(state, anna, client)),
        ("signed-in", account_emails::signed_in(state, anna, client)),
        ("qr-sign-in", qr_sign_in::emails::qr_sign_in(state, anna, client)),
        ("new-address", email::emails::confirm_address(state, anna, &new, code, soon, client)),
        ("address-changing", email::emails::address_changing(state, anna, &new, &link, client)),
        (
            "address-changed-old",
            email::emails::address_changed_old(state, anna, &new, &link, client),
        ),
        ("address-changed-new", email::emails::address_changed_new(state, anna, &new, client)),
        ("taken-back", reclaim::emails::taken_back(state, anna, client)),
        ("taken-from", reclaim::emails::taken_from(state, anna, &new, &link, client)),
        ("frozen", reclaim::emails::frozen(state, anna, client)),
        ("login-changed", username::emails::username_changed(state, anna, &login, client)),
        ("login-reminder", username_reminder::emails::reminder(state, anna, &new, client)),
        ("login-none", username_reminder::emails::no_account(state, &stranger, locale, client)),
        ("saved-codes-made", backup_codes::emails::backup_codes_made(state, anna, client)),
        ("saved-code-used", backup_codes::emails::backup_code_used(state, anna, 2, client)),
        ("saved-code-used-last", backup_codes::emails::backup_code_used(state, anna, 0, client)),
        ("export-ready", export::emails::export_ready(state, anna, client)),
        ("deletion-started", deletion::emails::deletion_started(state, anna, until, client)),
        ("deletion-done", account_emails::deletion_done(state, anna)),
    ]
}

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

#[tokio::test]
async fn html_parts_escape_what_people_typed() {
    let t = spawn_app(Engine::Sqlite).await;
    let flow = flow(&t, Locale::En, "<b>bert</b>").await;
    let evil = Client {
        network: "203.0.113.0/24".to_owned(),
        user_agent: "<script>alert(1)</script>".to_owned(),
    };
    let code = Code::parse("012345").expect("a code");
    let (_, html) =
        registration::emails::confirm_address(&t.state, &flow, &code, t.now() + MILLISECOND, &evil)
            .render(&t.state.config);
    assert!(!html.contains("<b>bert") && !html.contains("<script>"));
}
