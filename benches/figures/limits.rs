//! What one client can do to the tables and to other users, with limits on and without any proof of work.

use std::time::{Duration, Instant};

use latchkey::{args, db::Db};

use crate::{
    client::Client,
    row,
    server::{PASSWORD, Server},
};

/// How long each endpoint is tried.
const MINUTE: Duration = Duration::from_secs(60);
/// Rows that one client may write in that time.
const MOST: i64 = 100;
/// Accounts and connections of the flooding client, and how many others sign in meanwhile.
const ACCOUNTS: u32 = 25;
const CONNECTIONS: u32 = 75;
const OTHERS: u32 = 20;

pub async fn figures() {
    rows_and_bytes().await;
    others().await;
}

/// An endpoint that writes: its name, its path, and the fields of the n-th post.
type Door = (&'static str, &'static str, fn(u32) -> Vec<(&'static str, String)>);

const DOORS: [Door; 5] = [
    ("sign-in", "/api/sign_in", |n| {
        vec![("login", format!("user{n}")), ("password", "wrong words here".to_owned())]
    }),
    ("sign-in with the right password", "/api/sign_in", |_| {
        vec![("login", "user0".to_owned()), ("password", PASSWORD.to_owned())]
    }),
    ("registration", "/api/register", |n| {
        vec![
            ("login", format!("somebody{n}")),
            ("email", format!("somebody{n}@sample.example")),
            ("password", PASSWORD.to_owned()),
        ]
    }),
    ("recovery", "/api/recover", |n| vec![("login", format!("user{n}"))]),
    ("forgotten login", "/api/find_login", |n| vec![("email", format!("user{n}@sample.example"))]),
];

/// Measures the rows and bytes that one client writes in a minute, for each endpoint.
async fn rows_and_bytes() {
    let server = Server::start(&[("LATCHKEY_TRUSTED_PROXIES", "127.0.0.1")]).await;
    server.sample_accounts(1000);
    let db = Db::connect(&server.database()).await.expect("the database");
    for (network, (door, path, fields)) in (1..).zip(DOORS) {
        let (rows, bytes) = size(&db).await;
        let began = Instant::now();
        let mut requests = 0;
        while began.elapsed() < MINUTE {
            let mut client = Client::connect(server.port).await;
            client.from = Some(network);
            for _ in 0..20 {
                let fields = fields(requests);
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                client.post(path, &fields).await;
                requests += 1;
            }
        }
        let (rows_now, bytes_now) = size(&db).await;
        let (rows, kb) = (rows_now - rows, (bytes_now - bytes) / 1000);
        row(
            &format!("{door}: rows that one client writes in a minute"),
            &format!("{rows} ({kb} KB, {requests} posts)"),
            &format!("<= {MOST}"),
            rows <= MOST,
        );
    }
    db.close().await;
    server.stop().await;
}

/// Returns the rows of all tables except SQLite's own, and the bytes of the file.
async fn size(db: &Db) -> (i64, i64) {
    let tables: Vec<(String,)> = db
        .fetch_all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            args![],
        )
        .await
        .expect("the schema");
    let mut rows = 0;
    for (table,) in tables {
        let sql = Box::leak(format!("SELECT COUNT(*) FROM {table}").into_boxed_str());
        rows += db.fetch_one::<(i64,)>(sql, args![]).await.expect("a number").0;
    }
    let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    (rows, db.fetch_one::<(i64,)>(sql, args![]).await.expect("a number").0)
}

/// Measures whether others can sign in while one network floods the hashing queue with correct passwords.
async fn others() {
    let server = Server::start(&[("LATCHKEY_TRUSTED_PROXIES", "127.0.0.1")]).await;
    server.sample_accounts(ACCOUNTS + OTHERS);
    let port = server.port;
    let floods: Vec<_> = (0..CONNECTIONS)
        .map(|n| {
            tokio::spawn(async move {
                let mut client = Client::connect(port).await;
                client.from = Some(1);
                let login = format!("user{}", n % ACCOUNTS);
                loop {
                    client.post("/api/sign_in", &[("login", &login), ("password", PASSWORD)]).await;
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let others: Vec<_> = (0..OTHERS)
        .map(|n| {
            tokio::spawn(async move {
                let mut client = Client::connect(port).await;
                client.from = Some(100 + n);
                let login = format!("user{}", ACCOUNTS + n);
                let began = Instant::now();
                let fields = [("login", login.as_str()), ("password", PASSWORD)];
                let answer = client.post("/api/sign_in", &fields).await;
                (answer.location == "/account", began.elapsed())
            })
        })
        .collect();
    let (mut signed_in, mut slowest) = (0, Duration::ZERO);
    for other in others {
        let (entered, took) = other.await.expect("no panic");
        signed_in += u32::from(entered);
        slowest = slowest.max(took);
    }
    for flood in floods {
        flood.abort();
    }
    row(
        "sign-ins of others succeed while one network floods",
        &format!("{signed_in} of {OTHERS}, {} ms", slowest.as_millis()),
        &format!("{OTHERS} of {OTHERS}"),
        signed_in == OTHERS,
    );
    server.stop().await;
}
