//! The outbox: what a letter is like on its way, and what happens when SMTP fails.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{
    args,
    server::{
        app::App,
        clock::{DAY, HOUR, MINUTE, SECOND},
        outbox::Mailer,
    },
};

use super::super::harness::{Engine, TestApp, both, spawn_app, spawn_app_with};

async fn states(t: &TestApp) -> Vec<(String, i64, bool)> {
    t.app
        .db
        .all(
            "SELECT state, tries, sealed IS NULL FROM outbox WHERE state <> 'decoy' ORDER BY id",
            args![],
        )
        .await
        .expect("rows")
}

both!(letter_is_sealed_while_it_waits_and_blank_once_sent, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    let rows: Vec<(Vec<u8>,)> = t
        .app
        .db
        .all("SELECT sealed FROM outbox WHERE state = 'waiting'", args![])
        .await
        .expect("rows");
    let sealed = String::from_utf8_lossy(&rows[0].0).into_owned();
    assert!(!sealed.contains("anna") && !sealed.contains("code"));
    assert_eq!(states(&t).await, [("waiting".to_owned(), 0, false)]);
    t.letters().await;
    assert_eq!(states(&t).await, [("sent".to_owned(), 1, true)]);
});

both!(headers_name_the_letter_and_its_account, |t| {
    t.account_with("Анна", "anna@mail.example", "green lamp seven").await;
    t.browser().ask_for_code("анна").await;
    let letter = t.letter("anna@mail.example", "recovery-code").await;
    assert_eq!(letter.account, "Анна");
    let file = t.app.config.mail_folder.join(format!("{}.eml", letter.id));
    let raw = std::fs::read_to_string(file).expect("the letter");
    for header in [
        "Auto-Submitted: auto-generated",
        "X-Latchkey-Letter: recovery-code",
        "Message-ID: <",
        "Date: Fri, 13 Nov 2026 14:03:00",
        "multipart/alternative",
    ] {
        assert!(raw.contains(header), "{header} is missing: {raw}");
    }
    // The code stands alone on one line of the text.
    assert_eq!(
        letter
            .text
            .lines()
            .filter(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()))
            .count(),
        1
    );
});

/// What the scripted SMTP server below does with the next letter.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Accept,
    Greylist,
    Refuse,
}

/// A small SMTP server that speaks the real protocol on a real socket.
struct Smtp {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    received: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (mood, received) =
            (Arc::new(Mutex::new(Mood::Accept)), Arc::new(Mutex::new(Vec::new())));
        let (m, r) = (Arc::clone(&mood), Arc::clone(&received));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&m), Arc::clone(&r)));
            }
        });
        Self { port, mood, received }
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().expect("the mood") = mood;
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().expect("the letters").clone()
    }
}

async fn converse(
    stream: TcpStream,
    mood: Arc<Mutex<Mood>>,
    received: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let now = *mood.lock().expect("the mood");
        let answer = match (word.as_str(), now) {
            ("RCPT", Mood::Greylist) => "451 try again later",
            ("RCPT", Mood::Refuse) => "550 no such user",
            ("EHLO" | "HELO", _) => "250 test",
            ("DATA", _) => "354 go on",
            ("QUIT", _) => "221 bye",
            _ => "250 fine",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        if word == "DATA" {
            let mut letter = String::new();
            while let Some(line) = lines.next_line().await.ok()? {
                if line == "." {
                    break;
                }
                letter.push_str(&line);
                letter.push('\n');
            }
            received.lock().expect("the letters").push(letter);
            write.write_all(b"250 taken\r\n").await.ok()?;
        }
    }
    Some(())
}

/// The application with a real SMTP server on `port`.
async fn with_smtp(engine: Engine, port: u16) -> TestApp {
    let mut t =
        spawn_app_with(engine, |config| config.smtp_url = Some(format!("smtp://127.0.0.1:{port}")))
            .await;
    let mailer = Mailer::smtp(t.app.config.smtp_url.as_deref().expect("set")).expect("good");
    t.app = rebuilt(&t.app, mailer);
    t.router = crate::server::http::router(&t.app).expect("routes");
    t
}

fn rebuilt(app: &App, mailer: Mailer) -> App {
    use crate::server::{app::Parts, geo::Geo, http::assets::Assets, secret::Keys, turns::Pace};
    use std::sync::Arc;
    App::new(Parts {
        config: app.config.clone(),
        db: app.db.clone(),
        clock: app.clock.clone(),
        random: app.random.clone(),
        keys: Keys::derive(&app.config.secret),
        hasher: app.hasher.clone(),
        outbox: app.outbox.clone(),
        live: app.live.clone(),
        assets: Assets::default(),
        geo: Geo::default(),
        pictures: app.pictures.clone(),
        estimates: app.estimates.clone(),
        estimated: Pace::default(),
        queues: Arc::clone(&app.queues),
        mailer,
    })
}

both!(greylisted_code_is_tried_every_thirty_seconds_with_one_message_id, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    t.account("anna").await;
    smtp.set(Mood::Greylist);
    t.browser().ask_for_code("anna").await;
    assert_eq!(t.app.outbox.send_due(&t.app).await.expect("works"), 1);
    assert_eq!(t.app.outbox.send_due(&t.app).await.expect("works"), 0, "not at once again");
    assert_eq!(states(&t).await, [("waiting".to_owned(), 1, false)]);
    t.wait(30 * SECOND - 1);
    assert_eq!(t.app.outbox.send_due(&t.app).await.expect("works"), 0);
    smtp.set(Mood::Accept);
    t.wait(1);
    assert_eq!(t.app.outbox.send_due(&t.app).await.expect("works"), 1);
    assert_eq!(states(&t).await, [("sent".to_owned(), 2, true)]);
    let letters = smtp.received();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("X-Latchkey-Letter: recovery-code"));
});

both!(code_that_cannot_be_sent_in_time_is_dropped, |t| {
    let engine = t.engine();
    // Nobody listens there.
    let t = with_smtp(engine, 1).await;
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    t.app.outbox.send_due(&t.app).await.expect("works");
    t.wait(10 * MINUTE);
    t.app.outbox.send_due(&t.app).await.expect("works");
    assert_eq!(states(&t).await, [("dropped".to_owned(), 2, true)]);
});

both!(other_letters_are_tried_for_a_day_ever_more_slowly, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    let account = t.account("anna").await;
    t.disable(&account).await;
    smtp.set(Mood::Greylist);
    t.browser().sign_in("anna", crate::tests::harness::PASSWORD).await;
    let mut tries = Vec::new();
    for second in 0..2 * 3600 {
        if t.app.outbox.send_due(&t.app).await.expect("works") > 0 {
            tries.push(second);
        }
        t.wait(SECOND);
    }
    assert_eq!(tries[..6], [0, 1, 3, 7, 15, 31]);
    let pauses: Vec<i32> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.iter().max(), Some(&900));
    smtp.set(Mood::Accept);
    t.wait(HOUR);
    t.app.outbox.send_due(&t.app).await.expect("works");
    assert_eq!(smtp.received().len(), 1);
});

both!(recipient_that_is_refused_for_good_is_not_tried_again, |t| {
    let smtp = Smtp::start().await;
    let engine = t.engine();
    let t = with_smtp(engine, smtp.port).await;
    t.account("anna").await;
    smtp.set(Mood::Refuse);
    t.browser().ask_for_code("anna").await;
    t.app.outbox.send_due(&t.app).await.expect("works");
    assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)]);
});

both!(letter_of_a_worker_that_died_is_sent_by_another_with_the_same_message_id, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    // A worker took it and was killed.
    let mut tx = t.app.db.begin().await.expect("a transaction");
    tx.execute("UPDATE outbox SET leased_until = $1, tries = 1", args![t.now() + 2 * MINUTE])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    assert_eq!(t.letters().await.len(), 0);
    t.wait(2 * MINUTE);
    assert_eq!(t.letters().await.len(), 1);
});

both!(two_workers_never_send_the_same_letter, |t| {
    for n in 0..12 {
        t.account(&format!("user{n}")).await;
        t.browser().on_network(n).ask_for_code(&format!("user{n}")).await;
    }
    let workers = (0..4).map(|_| {
        let app = t.app.clone();
        tokio::spawn(async move { while app.outbox.send_due(&app).await.expect("works") > 0 {} })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    assert_eq!(t.letters().await.len(), 12);
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
    let mut tx = t.app.db.begin().await.expect("a transaction");
    tx.execute("UPDATE outbox SET sealed = $1", args![vec![7_u8; 200]]).await.expect("done");
    tx.commit().await.expect("a commit");
    assert!(t.letters().await.is_empty());
    assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)]);
    t.wait(DAY);
    assert!(t.folder().exists());
}
