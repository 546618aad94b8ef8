//! The outbox: the format of an email, and what happens when SMTP fails.

mod order;
mod retries;
mod wire;
mod workers;

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{
    args,
    clock::MINUTE,
    config::Config,
    domain::{
        account_emails, accounts::Account, client::Client, values::Code,
        verification::flows::FlowKind,
    },
    mailer::{EmailKind, EmailMessage, Mailer, Outbox, OutboxParts},
    state::AppState,
    tests::harness::{Engine, TestApp, spawn_app_with},
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
    use crate::{domain::geoip::Geo, http::assets::Assets, state::Parts, turns::Pace};
    use std::sync::Arc;
    let parts = OutboxParts {
        config: Arc::clone(&state.config),
        db: state.db.clone(),
        clock: state.clock.clone(),
        random: state.random.clone(),
        keys: Arc::clone(&state.keys),
        mailer: mailer.clone(),
    };
    AppState::new(Parts {
        config: state.config.clone(),
        db: state.db.clone(),
        clock: state.clock.clone(),
        random: state.random.clone(),
        keys: Arc::clone(&state.keys),
        hasher: state.hasher.clone(),
        outbox: Outbox::new(parts),
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

fn client() -> Client {
    Client { network: "203.0.113.0/24".to_owned(), user_agent: String::new() }
}

async fn enqueue(t: &TestApp, email: EmailMessage) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let expires_at = email.kind.is_code().then(|| t.now() + 10 * MINUTE);
    t.state.outbox.enqueue(&mut tx, email, true, t.now(), expires_at).await.expect("done");
    tx.commit().await.expect("a commit");
}

fn of_kind(t: &TestApp, account: &Account, kind: EmailKind) -> EmailMessage {
    EmailMessage { kind, ..account_emails::new_device(&t.state, account, &client()) }
}

fn code_for(t: &TestApp, account: &Account) -> EmailMessage {
    let code = Code::parse("012345").expect("a code");
    let soon = t.now() + 10 * MINUTE;
    account_emails::account_code(&t.state, account, FlowKind::Confirm, &code, soon, &client())
}
