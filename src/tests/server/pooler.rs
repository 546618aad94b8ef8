//! PostgreSQL behind a pooler in transaction mode, as PgBouncer 1.18 is: sessions of the server are lent for one
//! transaction each, in turn, so that nothing outlives a transaction: no named statement, no lock, no `LISTEN`.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc},
};

use super::super::{
    browser::Browser,
    harness::{Engine, PASSWORD, TestApp, spawn_app, spawn_app_at},
};
use crate::{
    args,
    db::Db,
    realtime::{Change, Event},
};

/// The parameters that PgBouncer forwards at the start of a connection; it refuses all others.
const PASSED_ON: [&str; 7] = [
    "user",
    "database",
    "client_encoding",
    "datestyle",
    "timezone",
    "standard_conforming_strings",
    "application_name",
];

/// The free sessions of the server, oldest first.
struct Sessions {
    free: Mutex<mpsc::UnboundedReceiver<TcpStream>>,
    back: mpsc::UnboundedSender<TcpStream>,
}

/// Reads one message: its kind and all its bytes, with kind and length.
async fn message(stream: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await?;
    let length = stream.read_u32().await?;
    let mut bytes = vec![kind];
    bytes.extend(length.to_be_bytes());
    let head = bytes.len();
    bytes.resize(head + usize::try_from(length).expect("small") - 4, 0);
    stream.read_exact(&mut bytes[head..]).await?;
    Ok((kind, bytes))
}

/// Reads the first message of a connection, without its length; refuses a request for TLS.
async fn startup(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    loop {
        let length = client.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).expect("small") - 4];
        client.read_exact(&mut body).await?;
        if body[..4] == 80_877_103_u32.to_be_bytes() {
            client.write_all(b"N").await?;
        } else {
            return Ok(body);
        }
    }
}

/// Opens a session of the server; returns it with everything that it sent so far.
async fn session(server: &str, startup: &[u8]) -> io::Result<(TcpStream, Vec<u8>)> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u32::try_from(startup.len() + 4).expect("small");
    stream.write_all(&[&length.to_be_bytes(), startup].concat()).await?;
    let mut said = Vec::new();
    loop {
        let (kind, bytes) = message(&mut stream).await?;
        said.extend(bytes);
        if kind == b'Z' {
            return Ok((stream, said));
        }
    }
}

async fn refuse(client: &mut TcpStream, reason: &str) -> io::Result<()> {
    let body = format!("SFATAL\0VFATAL\0C08P01\0M{reason}\0\0");
    let length = u32::try_from(body.len() + 4).expect("small");
    client.write_all(&[b"E".as_slice(), &length.to_be_bytes(), body.as_bytes()].concat()).await
}

/// Serves one client until it disconnects.
async fn serve(mut client: TcpStream, server: &str, sessions: &Sessions) -> io::Result<()> {
    let first = startup(&mut client).await?;
    let names = first[4..].split(|byte| *byte == 0).step_by(2).map(String::from_utf8_lossy);
    for name in names.filter(|name| !name.is_empty()) {
        if !PASSED_ON.contains(&name.to_lowercase().as_str()) {
            let reason = format!("unsupported startup parameter: {name}");
            return refuse(&mut client, &reason).await;
        }
    }
    // The server's first messages; this session joins the others.
    let (stream, said) = session(server, &first).await?;
    sessions.back.send(stream).expect("somebody lends them");
    client.write_all(&said).await?;
    let mut lent: Option<TcpStream> = None;
    loop {
        let mut asked = Vec::new();
        loop {
            let (kind, bytes) = message(&mut client).await?;
            if kind == b'X' {
                return Ok(());
            }
            asked.extend(bytes);
            if matches!(kind, b'Q' | b'S') {
                break;
            }
        }
        let mut session = match lent.take() {
            Some(session) => session,
            None => sessions.free.lock().await.recv().await.expect("a session"),
        };
        session.write_all(&asked).await?;
        loop {
            let (kind, bytes) = message(&mut session).await?;
            // A notification: no client listens on this session.
            if kind != b'A' {
                client.write_all(&bytes).await?;
            }
            if kind == b'Z' {
                match bytes[5] {
                    b'I' => sessions.back.send(session).expect("somebody lends them"),
                    _ => lent = Some(session),
                }
                break;
            }
        }
    }
}

/// Starts a pooler before the server of `url`; returns the address that leads through it.
async fn pooler(url: &str) -> String {
    let (_, rest) = url.split_once('@').expect("a user");
    let (server, database) = rest.split_once('/').expect("a database");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (back, free) = mpsc::unbounded_channel();
    let sessions = Arc::new(Sessions { free: Mutex::new(free), back });
    let server = server.to_owned();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (server, sessions) = (server.clone(), sessions.clone());
            // A client that disconnects ends the session that it was lent, and the transaction in it.
            tokio::spawn(async move { serve(client, &server, &sessions).await });
        }
    });
    format!("postgres://postgres@{address}/{database}")
}

/// Returns an application that reaches its database through a pooler, and the address of the server itself.
async fn pooled(direct: bool) -> (TestApp, String) {
    // The database is created, and left empty.
    let url = super::super::harness::fresh_postgres().await;
    let through = pooler(&url).await;
    let own = direct.then(|| url.clone());
    (spawn_app_at(through, own).await, url)
}

/// Uses an account: many statements, transactions and several connections at once.
async fn live_with_it(t: &TestApp) {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let mut tasks = Vec::new();
    for n in 0..8 {
        let login = format!("user{n}");
        t.account(&login).await;
        let (mut own, mut known): (Browser, Browser) = (t.browser().on_network(n), browser.clone());
        tasks.push(tokio::spawn(async move {
            own.sign_in(&login, PASSWORD).await.assert_text(&format!("Hello, {login}"));
            for _ in 0..5 {
                assert!(known.is_signed_in().await && own.is_signed_in().await);
                own.get("/account/activity").await.assert_text("Signed in");
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    let mut recovering = t.browser();
    recovering.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    recovering.enter_code(&code).await;
    recovering.new_password("blue lamp eight").await.assert_text("Your password is new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_behind_a_pooler_in_transaction_mode() {
    let (t, url) = pooled(false).await;
    assert!(t.state.db.is_behind_pooler());
    live_with_it(&t).await;
    // Nothing is left in the shared sessions.
    let left = "SELECT COUNT(*) FROM pg_prepared_statements";
    for _ in 0..20 {
        assert_eq!(t.number(left).await, 0, "no named statement");
    }
    // The databases of other tests have locks of their own.
    let locks =
        "SELECT COUNT(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(t.number(locks).await, 0, "no lock outlives its transaction");
    // The same database, reached directly, is up to date.
    let direct = Db::connect(&url).await.expect("it opens");
    assert!(!direct.is_behind_pooler());
    direct.migrate(&url).await.expect("it migrates");
    direct.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_start_at_once_behind_a_pooler() {
    let url = super::super::harness::fresh_postgres().await;
    let through = pooler(&url).await;
    let starts = (0..4).map(|_| {
        let through = through.clone();
        tokio::spawn(async move {
            let db = Db::connect(&through).await.expect("it opens");
            db.migrate(&through).await.expect("it migrates");
            db.close().await;
        })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.expect("no panic");
    }
    let db = Db::connect(&through).await.expect("it opens");
    db.ping().await.expect("the tables are there");
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_updates_are_heard_at_once_in_the_same_process_and_with_a_direct_address_in_others() {
    let word = |signal: Event| signal == Event::Changed(Change::Message);
    let say = async |t: &TestApp| {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        t.state.realtime.publish(&mut tx, "topic", Change::Message).await.expect("said");
        tx.commit().await.expect("a commit");
    };
    // Without a direct address: this process receives only its own signals.
    let (alone, _) = pooled(false).await;
    let mut listener = alone.state.realtime.listen("topic").expect("a listener");
    say(&alone).await;
    assert!(word(listener.next().await));
    // It reads what others did by polling.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(alone.state.realtime.clone().run(alone.state.db.clone(), stopped));
    let heard = tokio::time::timeout(Duration::from_secs(20), listener.next()).await;
    assert_eq!(heard.expect("in time"), Event::All);
    drop(stop);

    // With a direct address: the signal comes from another process.
    let (here, _) = pooled(true).await;
    let there = super::super::harness::spawn_beside(&here).await;
    let mut listener = there.state.realtime.listen("topic").expect("a listener");
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(there.state.realtime.clone().run(there.state.db.clone(), stopped));
    assert_eq!(listener.next().await, Event::All, "it listens");
    say(&here).await;
    assert!(word(listener.next().await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_pooler_statements_are_kept() {
    let t = spawn_app(Engine::Postgres).await;
    assert!(!t.state.db.is_behind_pooler());
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for _ in 0..3 {
        tx.fetch_all::<(i64,)>("SELECT CAST(7 AS BIGINT)", args![]).await.expect("rows");
    }
    let sql = "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%AS BIGINT)'";
    assert_eq!(tx.fetch_one::<(i64,)>(sql, args![]).await.expect("a count"), (1,));
}
