//! The support chat: how soon a message arrives on the other side while many conversations are open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use latchkey::{
    args,
    clock::Clock,
    db::Db,
    domain::{client::Client as From, ids::AccountId, session},
    random::Random,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    client::Client,
    row,
    server::Server,
    stats::{median, percentile},
};

const CONVERSATIONS: usize = 500;
const OPERATORS: usize = 50;
/// Conversations that each operator has open at the same time.
const SIDE_BY_SIDE: usize = 4;
/// The interval between messages, which come from alternating sides.
const EVERY: Duration = Duration::from_millis(25);
const MESSAGES: usize = 800;

/// When each message was seen on the other side.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<HashMap<usize, Instant>>>);

impl Seen {
    fn note(&self, message: usize) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(message).or_insert_with(Instant::now);
    }

    fn at(&self, message: usize) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&message).copied()
    }
}

/// Reads a stream until it ends, and records the messages in it.
async fn listen(port: u16, path: String, cookie: String, seen: Seen) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("a request");
    let (mut buffer, mut text) = ([0; 16_384], String::new());
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        // Only complete events; and of the console only conversations (they have an id), not the queue.
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            if !event.contains("\nid:") && !event.starts_with("id:") {
                continue;
            }
            for part in event.split("message-no-").skip(1) {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                if let Ok(number) = digits.parse() {
                    seen.note(number);
                }
            }
        }
    }
}

/// Creates operator sessions, as after password and code.
pub async fn operators(server: &Server) -> Vec<String> {
    server.sample_accounts(u32::try_from(OPERATORS).expect("few"));
    let db = Db::connect(&server.database()).await.expect("the database");
    let accounts: Vec<(AccountId,)> =
        db.fetch_all("SELECT id FROM accounts ORDER BY login", args![]).await.expect("accounts");
    let from = From { network: "127.0.0.0/24".to_owned(), user_agent: String::new() };
    let mut tx = db.begin().await.expect("a transaction");
    let mut sessions = Vec::new();
    for (id,) in accounts {
        tx.execute("UPDATE accounts SET role = 'operator' WHERE id = $1", args![&id])
            .await
            .expect("done");
        let token =
            session::start_staff(&mut tx, &Random::System, Clock::System.now(), &id, &from).await;
        sessions.push(token.expect("a session").expose_secret().to_string());
    }
    tx.commit().await.expect("a commit");
    db.close().await;
    sessions
}

/// Returns the ids of all conversations in the order in which they began.
async fn conversations(server: &Server) -> Vec<String> {
    let db = Db::connect(&server.database()).await.expect("the database");
    let ids: Vec<(String,)> = db
        .fetch_all("SELECT id FROM conversations ORDER BY created_at, id", args![])
        .await
        .expect("conversations");
    db.close().await;
    ids.into_iter().map(|(id,)| id).collect()
}

/// Measures 500 shoppers and 50 operators with four conversations each while both sides write.
pub async fn figures() {
    let server = Server::start(&[("LATCHKEY_LIMITS", "off")]).await;
    let sessions = operators(&server).await;
    let seen = Seen::default();
    let shoppers = begin_conversations(&server, &seen).await;
    let ids = conversations(&server).await;
    let staff = open_consoles(&server, &sessions, &ids, &seen).await;
    // By then all streams have sent their initial state.
    tokio::time::sleep(Duration::from_secs(3)).await;

    let sent = write(shoppers, staff, &ids).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut times: Vec<f64> = sent
        .iter()
        .enumerate()
        .filter_map(|(number, at)| Some((seen.at(number)? - *at).as_secs_f64() * 1000.0))
        .collect();
    let lost = MESSAGES - times.len();
    row("messages that did not arrive", &lost.to_string(), "0", lost == 0);
    let p99 = percentile(&mut times, 0.99);
    row(
        &format!("{CONVERSATIONS} conversations, {OPERATORS} operators: on the other side, p99"),
        &format!("{p99:.1} ms (median {:.1})", median(&mut times)),
        "< 100 ms",
        p99 < 100.0,
    );
    let memory = server.resident_mb();
    row("resident memory meanwhile", &format!("{memory:.1} MB"), "< 150 MB", memory < 150.0);
    server.stop().await;
}

/// Begins all conversations; their streams stay open.
async fn begin_conversations(server: &Server, seen: &Seen) -> Vec<Client> {
    let mut shoppers = Vec::new();
    for number in 0..CONVERSATIONS {
        let mut shopper = Client::connect(server.port).await;
        let words = format!("Hello from {number}");
        let fields = [("topic", "order"), ("message", words.as_str()), ("nonce", "first")];
        let answer = shopper.post("/api/support_begin", &fields).await;
        assert_eq!(answer.location, "/support", "{}", answer.body);
        let cookie = shopper.cookie("chat").expect("a cookie");
        let path = "/support/stream?last=".to_owned();
        tokio::spawn(listen(server.port, path, format!("chat={cookie}"), seen.clone()));
        shoppers.push(shopper);
    }
    shoppers
}

/// Opens a console for each session, with four conversations side by side.
async fn open_consoles(
    server: &Server,
    sessions: &[String],
    ids: &[String],
    seen: &Seen,
) -> Vec<Client> {
    let mut staff = Vec::new();
    for (session, open) in sessions.iter().zip(ids.chunks(SIDE_BY_SIDE)) {
        let path = format!("/operator/stream?open={}", open.join(","));
        tokio::spawn(listen(server.port, path, format!("session={session}"), seen.clone()));
        let mut operator = Client::connect(server.port).await;
        operator.set_cookie("session", session);
        staff.push(operator);
    }
    staff
}

/// Sends the messages, in turn from either side; returns when each was sent.
async fn write(mut shoppers: Vec<Client>, mut staff: Vec<Client>, ids: &[String]) -> Vec<Instant> {
    let watched = OPERATORS * SIDE_BY_SIDE;
    let mut sent = Vec::new();
    for number in 0..MESSAGES {
        let (pair, words) = (number * 7 % watched, format!("message-no-{number}"));
        let nonce = format!("nonce-{number}");
        sent.push(Instant::now());
        let answer = if number % 2 == 0 {
            let fields = [("message", words.as_str()), ("nonce", nonce.as_str())];
            shoppers[pair].post("/api/support_send", &fields).await
        } else {
            let fields = [
                ("conversation", ids[pair].as_str()),
                ("message", words.as_str()),
                ("nonce", nonce.as_str()),
            ];
            staff[pair / SIDE_BY_SIDE].post("/api/operator_answer", &fields).await
        };
        assert_eq!(answer.status, 303, "{} {}", answer.location, answer.body);
        tokio::time::sleep_until((sent[number] + EVERY).into()).await;
    }
    sent
}
