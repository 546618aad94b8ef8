//! The outbox: the format of an email, and what happens when SMTP fails.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use tokio::sync::watch;

use crate::{
    args,
    clock::{DAY, HOUR, MILLISECOND, MINUTE, SECOND},
    config::Config,
    domain::{
        accounts::Account, client::Client, emails, values::Code, verification::flows::FlowKind,
    },
    mailer::{self, EmailKind, EmailMessage, Mailer},
    state::AppState,
};

use super::{
    super::harness::{Engine, TestApp, db_test, spawn_app, spawn_app_with},
    telemetry::captured,
};

async fn states(t: &TestApp) -> Vec<(String, i64, bool)> {
    t.state
        .db
        .fetch_all(
            "SELECT state, tries, sealed IS NULL FROM outbox WHERE state <> 'decoy' ORDER BY id",
            args![],
        )
        .await
        .expect("rows")
}

db_test!(letter_is_sealed_while_it_waits_and_blank_once_sent, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    let rows: Vec<(Vec<u8>,)> = t
        .state
        .db
        .fetch_all("SELECT sealed FROM outbox WHERE state = 'waiting'", args![])
        .await
        .expect("rows");
    let sealed = String::from_utf8_lossy(&rows[0].0).into_owned();
    assert!(!sealed.contains("anna") && !sealed.contains("code"));
    assert_eq!(states(&t).await, [("waiting".to_owned(), 0, false)]);
    t.emails().await;
    assert_eq!(states(&t).await, [("sent".to_owned(), 1, true)]);
});

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

/// How the scripted SMTP server below treats the next email.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Accept,
    Greylist,
    Refuse,
    /// Answers a command like this (besides the SMTP commands there are `GREETING` and `LETTER`).
    Say(&'static str, &'static str),
    /// Answers like this, closes the connection, and accepts from then on.
    Close(&'static str, &'static str),
    /// Reads emails of this kind and does not answer.
    Hold(&'static str),
}

/// A small SMTP server that speaks the real protocol on a real socket.
#[derive(Clone)]
struct Smtp {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    offers: Arc<Mutex<&'static str>>,
    heard: Arc<Mutex<Vec<String>>>,
    received: Arc<Mutex<Vec<String>>>,
    held: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let smtp = Self {
            port: listener.local_addr().expect("an address").port(),
            mood: Arc::new(Mutex::new(Mood::Accept)),
            offers: Arc::new(Mutex::new("250 test")),
            heard: Arc::default(),
            received: Arc::default(),
            held: Arc::default(),
        };
        let server = smtp.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, server.clone()));
            }
        });
        smtp
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().expect("the mood") = mood;
    }

    /// Sets what it answers to EHLO.
    fn offer(&self, what: &'static str) {
        *self.offers.lock().expect("the offers") = what;
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().expect("the letters").clone()
    }

    /// Returns the kinds of the emails that it accepted, in order.
    fn kinds(&self) -> Vec<String> {
        self.received().iter().map(|email| kind_of(email)).collect()
    }

    /// Returns the kinds of the emails that it keeps waiting.
    fn held(&self) -> Vec<String> {
        self.held.lock().expect("the letters").iter().map(|email| kind_of(email)).collect()
    }

    /// Returns the commands that begin with this word.
    fn heard(&self, word: &str) -> Vec<String> {
        let heard = self.heard.lock().expect("the commands");
        heard.iter().filter(|line| line.starts_with(word)).cloned().collect()
    }
}

fn kind_of(email: &str) -> String {
    let line = email.lines().find_map(|line| line.strip_prefix("X-Latchkey-Letter: "));
    line.expect("a kind").to_owned()
}

async fn converse(stream: TcpStream, smtp: Smtp) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (answer, closes) = answer_to("GREETING", &smtp);
    write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    if closes {
        return None;
    }
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        smtp.heard.lock().expect("the commands").push(line);
        let (answer, closes) = answer_to(&word, &smtp);
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        if closes {
            return None;
        }
        if word == "DATA" && answer.starts_with("354") {
            let mut email = String::new();
            while let Some(line) = lines.next_line().await.ok()? {
                if line == "." {
                    break;
                }
                email.push_str(&line);
                email.push('\n');
            }
            let mood = *smtp.mood.lock().expect("the mood");
            if mood == Mood::Hold(kind_of(&email).leak()) {
                smtp.held.lock().expect("the letters").push(email);
                std::future::pending::<()>().await;
                return None;
            }
            let (answer, closes) = answer_to("LETTER", &smtp);
            if answer.starts_with("250") {
                smtp.received.lock().expect("the letters").push(email);
            }
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
            if closes {
                return None;
            }
        }
    }
    Some(())
}

/// Returns the answer to a command, and whether it closes the connection.
fn answer_to(word: &str, smtp: &Smtp) -> (&'static str, bool) {
    let mut mood = smtp.mood.lock().expect("the mood");
    match (word, *mood) {
        ("RCPT", Mood::Greylist) => ("451 try again later", false),
        ("RCPT", Mood::Refuse) => ("550 5.1.1 no such user", false),
        (_, Mood::Say(at, answer)) if at == word => (answer, false),
        (_, Mood::Close(at, answer)) if at == word => {
            *mood = Mood::Accept;
            (answer, true)
        }
        ("GREETING", _) => ("220 test", false),
        ("EHLO" | "HELO", _) => (*smtp.offers.lock().expect("the offers"), false),
        ("DATA", _) => ("354 go on", false),
        ("QUIT", _) => ("221 bye", false),
        _ => ("250 fine", false),
    }
}

/// Starts the application with a real SMTP server on `port`.
async fn with_smtp(engine: Engine, port: u16) -> TestApp {
    with_smtp_and(engine, port, |_| {}).await
}

/// Starts the application as [`with_smtp`] does, with other settings.
async fn with_smtp_and(engine: Engine, port: u16, change: impl FnOnce(&mut Config)) -> TestApp {
    let mut t = spawn_app_with(engine, |config| {
        config.smtp_url = Some(format!("smtp://127.0.0.1:{port}"));
        change(config);
    })
    .await;
    let mailer =
        Mailer::smtp(t.state.config.smtp_url.as_deref().expect("set"), &t.state.config.base_url)
            .expect("good");
    t.state = rebuilt(&t.state, mailer);
    t.router = crate::server::router(&t.state).expect("routes");
    t
}

fn rebuilt(state: &AppState, mailer: Mailer) -> AppState {
    use crate::{
        domain::geoip::Geo, http::assets::Assets, security::KeyRing, state::Parts, turns::Pace,
    };
    use std::sync::Arc;
    AppState::new(Parts {
        config: state.config.clone(),
        db: state.db.clone(),
        clock: state.clock.clone(),
        random: state.random.clone(),
        keys: KeyRing::derive(&state.config.secret),
        hasher: state.hasher.clone(),
        outbox: state.outbox.clone(),
        realtime: state.realtime.clone(),
        problems: crate::app::problems(),
        assets: Assets::of_tests(),
        geo: Geo::default(),
        pictures: state.pictures.clone(),
        estimates: state.estimates.clone(),
        estimated: Pace::default(),
        checked: Pace::default(),
        pressed: Pace::default(),
        acted: Pace::default(),
        queues: Arc::clone(&state.queues),
        mailer,
    })
}

db_test!(greylisted_code_is_tried_every_thirty_seconds_with_one_message_id, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    t.account("anna").await;
    smtp.set(Mood::Greylist);
    t.browser().ask_for_code("anna").await;
    assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 1);
    assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 0, "not at once again");
    assert_eq!(states(&t).await, [("waiting".to_owned(), 1, false)]);
    t.advance(30 * SECOND - MILLISECOND);
    assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 0);
    smtp.set(Mood::Accept);
    t.advance(MILLISECOND);
    assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 1);
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
    t.state.outbox.send_due(&t.state).await.expect("works");
    t.advance(10 * MINUTE);
    t.state.outbox.send_due(&t.state).await.expect("works");
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
        if t.state.outbox.send_due(&t.state).await.expect("works") > 0 {
            tries.push(second);
        }
        t.advance(SECOND);
    }
    assert_eq!(tries[..6], [0, 1, 3, 7, 15, 31]);
    let pauses: Vec<i32> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.iter().max(), Some(&900));
    smtp.set(Mood::Accept);
    t.advance(HOUR);
    t.state.outbox.send_due(&t.state).await.expect("works");
    assert_eq!(smtp.received().len(), 1);
});

db_test!(recipient_that_is_refused_for_good_is_not_tried_again, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    t.account("anna").await;
    smtp.set(Mood::Refuse);
    t.browser().ask_for_code("anna").await;
    t.state.outbox.send_due(&t.state).await.expect("works");
    assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)]);
});

db_test!(letter_of_a_worker_that_died_is_sent_by_another_with_the_same_message_id, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    // A worker took it and was killed.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE outbox SET leased_until = $1, tries = 1", args![t.now() + 2 * MINUTE])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    assert_eq!(t.emails().await.len(), 0);
    t.advance(2 * MINUTE);
    assert_eq!(t.emails().await.len(), 1);
});

db_test!(two_workers_never_send_the_same_letter, |t| {
    for n in 0..12 {
        t.account(&format!("user{n}")).await;
        t.browser().on_network(n).ask_for_code(&format!("user{n}")).await;
    }
    let workers = (0..4).map(|_| {
        let state = t.state.clone();
        tokio::spawn(
            async move { while state.outbox.send_due(&state).await.expect("works") > 0 {} },
        )
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    assert_eq!(t.emails().await.len(), 12);
    assert_eq!(
        t.number("SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND tries = 1").await,
        12
    );
});

#[tokio::test]
async fn letter_sealed_with_another_secret_is_dropped_and_not_sent() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE outbox SET sealed = $1", args![vec![7_u8; 200]]).await.expect("done");
    tx.commit().await.expect("a commit");
    assert!(t.emails().await.is_empty());
    assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)]);
    t.advance(DAY);
    assert!(t.folder().exists());
}

fn client() -> Client {
    Client { network: "203.0.113.0/24".to_owned(), user_agent: String::new() }
}

async fn enqueue(t: &TestApp, email: EmailMessage) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let expires_at = email.kind.is_code().then(|| t.now() + 10 * MINUTE);
    mailer::enqueue(&t.state, &mut tx, email, true, t.now(), expires_at).await.expect("done");
    tx.commit().await.expect("a commit");
}

fn of_kind(t: &TestApp, account: &Account, kind: EmailKind) -> EmailMessage {
    EmailMessage { kind, ..emails::new_device(&t.state, account, &client()) }
}

fn code_for(t: &TestApp, account: &Account) -> EmailMessage {
    let code = Code::parse("012345").expect("a code");
    let soon = t.now() + 10 * MINUTE;
    emails::account_code(&t.state, account, FlowKind::Confirm, &code, soon, &client())
}

/// Enqueues emails of one account that wait, as the product does.
async fn flood(t: &TestApp, email: impl Fn() -> EmailMessage, sent: usize) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for _ in 0..sent {
        let email = email();
        let expires_at = email.kind.is_code().then(|| t.now() + 10 * MINUTE);
        mailer::enqueue(&t.state, &mut tx, email, true, t.now(), expires_at).await.expect("done");
    }
    tx.commit().await.expect("a commit");
}

db_test!(codes_go_first_then_letters_that_let_object_then_the_rest, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    for (login, kind) in [
        ("anna", EmailKind::NewDevice),
        ("bert", EmailKind::Welcome),
        ("clara", EmailKind::AddressChanged),
        ("dora", EmailKind::AssistedRecovery),
    ] {
        let account = t.account(login).await;
        enqueue(&t, of_kind(&t, &account, kind)).await;
        t.advance(SECOND);
    }
    let emil = t.account("emil").await;
    enqueue(&t, code_for(&t, &emil)).await;
    while t.state.outbox.send_due(&t.state).await.expect("works") > 0 {}
    assert_eq!(
        smtp.kinds(),
        ["recovery-code", "address-changed", "assisted-recovery", "new-device", "welcome"]
    );
});

db_test!(letters_of_one_account_do_not_wait_before_those_of_another, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp_and(t.engine(), smtp.port, |config| config.limits = false).await;
    let (anna, bert) = (t.account("anna").await, t.account("bert").await);
    flood(&t, || of_kind(&t, &anna, EmailKind::NewDevice), 100).await;
    flood(&t, || code_for(&t, &anna), 100).await;
    t.advance(SECOND);
    enqueue(&t, of_kind(&t, &bert, EmailKind::SignedIn)).await;
    enqueue(&t, code_for(&t, &bert)).await;
    let is_berts = |email: &String| email.contains("bert@mail.example");
    for _ in 0..2 {
        t.state.outbox.send_due(&t.state).await.expect("works");
    }
    assert!(smtp.received().iter().any(is_berts), "one code of hers, then his");
    for _ in 0..101 {
        t.state.outbox.send_due(&t.state).await.expect("works");
    }
    assert_eq!(smtp.received().iter().filter(|email| is_berts(email)).count(), 2);
    assert_eq!(smtp.received().len(), 103);
});

/// Waits for the workers and the server.
async fn until(is: impl Fn() -> bool) {
    while !is() {
        tokio::task::yield_now().await;
    }
}

db_test!(slow_server_that_is_flooded_keeps_no_code_waiting, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp_and(t.engine(), smtp.port, |config| config.limits = false).await;
    smtp.set(Mood::Hold("new-device"));
    let mut accounts = Vec::new();
    for number in 0..6 {
        accounts.push(t.account(&format!("user{number}")).await);
    }
    let (stop, stopped) = watch::channel(false);
    let state = t.state.clone();
    let workers =
        tokio::spawn(async move { state.outbox.clone().run(state.clone(), stopped).await });
    flood(&t, || of_kind(&t, &accounts[0], EmailKind::NewDevice), 50).await;
    until(|| !smtp.held().is_empty()).await;
    // Another account's email of the same kind is sent while the first still hangs: no account takes two workers.
    enqueue(&t, of_kind(&t, &accounts[1], EmailKind::Welcome)).await;
    until(|| smtp.kinds() == ["welcome"]).await;
    assert_eq!(smtp.held().len(), 1);
    // All workers that may send such emails hang …
    for account in &accounts[1..5] {
        enqueue(&t, of_kind(&t, account, EmailKind::NewDevice)).await;
    }
    until(|| smtp.held().len() == 3).await;
    // … and a code is sent.
    enqueue(&t, code_for(&t, &accounts[5])).await;
    until(|| smtp.kinds() == ["welcome", "recovery-code"]).await;
    assert_eq!(smtp.held().len(), 3);
    stop.send(true).expect("they listen");
    workers.abort();
});

db_test!(next_letter_is_found_by_the_index_among_ten_thousand, |t| {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(
        "INSERT INTO outbox (id, kind, account_id, message_id, state, tries, urgent, created_at, next_try_at,
            leased_until, expires_at, urgency, turn, whom)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
         SELECT 'id' || CAST(n AS TEXT), 'new-device', 'a', 'm', 'waiting', 0, FALSE, $1, $1, 0, $2, 2, n, 'somebody'
         FROM numbers",
        args![t.now(), t.now() + DAY],
    )
    .await
    .expect("done");
    tx.commit().await.expect("a commit");
    let about = args![t.now(), 2_i64, "-", "-", "-", "-", "-", "-"];
    let (id,): (String,) =
        t.state.db.fetch_one(mailer::NEXT, about.clone()).await.expect("a letter");
    assert_eq!(id, "id1");
    let plan = if t.state.db.is_postgres() {
        let sql: &'static str = format!("EXPLAIN {}", mailer::NEXT).leak();
        let rows: Vec<(String,)> = t.state.db.fetch_all(sql, about).await.expect("a plan");
        rows.into_iter().map(|(line,)| line).collect::<Vec<_>>().join(" ")
    } else {
        let sql: &'static str = format!("EXPLAIN QUERY PLAN {}", mailer::NEXT).leak();
        let rows: Vec<(i64, i64, i64, String)> =
            t.state.db.fetch_all(sql, about).await.expect("a plan");
        rows.into_iter().map(|(.., line)| line).collect::<Vec<_>>().join(" ")
    };
    assert!(plan.contains("outbox_due"), "{plan}");
    assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "it is read in order: {plan}");
});

db_test!(new_device_letters_of_an_account_end_with_one_that_says_so, |t| {
    let (anna, bert) = (t.account("anna").await, t.account("bert").await);
    let to_anna = "anna@mail.example";
    for network in 0..7 {
        let mut browser = t.browser().on_network(network);
        browser.sign_in("anna", crate::tests::harness::PASSWORD).await;
        assert!(browser.is_signed_in().await);
        t.advance(SECOND);
    }
    assert_eq!(t.count(to_anna, "new-device").await, 4);
    let last = t.email(to_anna, "new-device").await.text;
    assert!(last.contains("it is the last until 13 November 2026, 15:03 UTC"), "{last}");
    assert!(last.contains("/account/activity"), "{last}");
    let before = t.emails().await.into_iter().filter(|email| email.text.contains("it is the last"));
    assert_eq!(before.count(), 1);
    // Other accounts and other kinds have their own limits.
    enqueue(&t, of_kind(&t, &bert, EmailKind::NewDevice)).await;
    enqueue(&t, of_kind(&t, &anna, EmailKind::PasswordChanged)).await;
    assert_eq!(t.count("bert@mail.example", "new-device").await, 1);
    assert_eq!(t.count(to_anna, "password-changed").await, 1);
    // An hour later more are sent, up to ten a day.
    for _ in 0..5 {
        t.advance(HOUR);
        for _ in 0..5 {
            enqueue(&t, of_kind(&t, &anna, EmailKind::NewDevice)).await;
            t.advance(SECOND);
        }
    }
    assert_eq!(t.count(to_anna, "new-device").await, 10);
    let last = t.email(to_anna, "new-device").await.text;
    assert!(last.contains("it is the last until 14 November 2026, 14:03 UTC"), "{last}");
    t.advance(DAY);
    enqueue(&t, of_kind(&t, &anna, EmailKind::NewDevice)).await;
    assert_eq!(t.count(to_anna, "new-device").await, 11);
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
        assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 1);
        assert_eq!(states(&t).await, [("waiting".to_owned(), 1, false)], "{at}: {answer}");
        smtp.set(Mood::Accept);
        t.advance(SECOND);
        assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 1);
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
        t.state.outbox.send_due(&t.state).await.expect("works");
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
    t.state.outbox.send_due(&t.state).await.expect("works");
    for at in ["MAIL", "RCPT", "DATA", "LETTER", "GREETING"] {
        if at == "GREETING" {
            // The waiting connection is closed without notice, and the next one gets this greeting.
            smtp.set(Mood::Close("MAIL", "421 4.4.2 timeout"));
            enqueue(&t, code_for(&t, &account)).await;
            t.state.outbox.send_due(&t.state).await.expect("works");
        }
        smtp.set(Mood::Close(at, "421 4.3.2 closing"));
        enqueue(&t, code_for(&t, &account)).await;
        assert_eq!(t.state.outbox.send_due(&t.state).await.expect("works"), 1);
    }
    let states = states(&t).await;
    assert_eq!(states.len(), 7);
    assert!(states.iter().all(|state| *state == ("sent".to_owned(), 1, true)), "{states:?}");
});

db_test!(letters_share_a_connection, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    let account = t.account("anna").await;
    for mood in [Mood::Accept, Mood::Refuse, Mood::Greylist, Mood::Accept] {
        smtp.set(mood);
        enqueue(&t, code_for(&t, &account)).await;
        t.state.outbox.send_due(&t.state).await.expect("works");
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
    t.state.outbox.send_due(&t.state).await.expect("works");
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
    t.state.outbox.send_due(&t.state).await.expect("works");
    assert_eq!(smtp.heard("RCPT"), ["RCPT TO:<анна@mail.example>"]);
    assert!(smtp.heard("MAIL")[0].contains("SMTPUTF8"));
    assert_eq!(smtp.received().len(), 1);
});
