//! The outbox: how soon a user's code leaves while ten thousand emails of one account wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use latchkey::{
    domain::{
        account_emails, accounts, client::Client as From, values::Code,
        verification::flows::FlowKind,
    },
    mailer::EmailMessage,
    state::AppState,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{
    client::Client,
    row,
    server::Server,
    stats::{median, percentile},
};

/// Emails of the flooding account: half of them new-device emails, half of them codes.
const LETTERS: usize = 10_000;
/// Other users who request a code meanwhile, one after the other.
const OTHERS: u32 = 10;
const BETWEEN: Duration = Duration::from_secs(2);

/// A mail server that records when the first email to each address arrived, and answers slowly.
#[derive(Clone)]
struct Sink {
    port: u16,
    slow: Duration,
    seen: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Sink {
    async fn start(slow: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sink = Self { port, slow, seen: Arc::default() };
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().converse(stream));
            }
        });
        sink
    }

    async fn converse(self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut to = String::new();
        write.write_all(b"220 sink\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            if let Some(address) = line.strip_prefix("RCPT TO:<") {
                address.trim_end_matches('>').clone_into(&mut to);
            }
            let is_data = line.eq_ignore_ascii_case("DATA");
            let answer: &[u8] = if is_data { b"354 go on\r\n" } else { b"250 fine\r\n" };
            write.write_all(answer).await.ok()?;
            if is_data {
                while lines.next_line().await.ok()?? != "." {}
                self.note(&to);
                tokio::time::sleep(self.slow).await;
                write.write_all(b"250 taken\r\n").await.ok()?;
            }
        }
        Some(())
    }

    fn note(&self, to: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(to.to_owned()).or_insert_with(Instant::now);
    }

    /// Waits for the first email to this address, and returns when it arrived.
    async fn arrival(&self, address: &str) -> Instant {
        loop {
            let seen =
                self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(address).copied();
            match seen {
                Some(at) => return at,
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        }
    }
}

/// Writes the emails as the product does, but without the caps that would let only a few pass.
async fn flood(state: &AppState) {
    let account =
        accounts::find(&state.db, "user0").await.expect("the database").expect("an account");
    let from = From { network: "198.51.100.0/24".to_owned(), user_agent: String::new() };
    let code = Code::parse("012345").expect("a code");
    let now = state.clock.now();
    let expires_at = now + state.config.code_ttl;
    let mut tx = state.db.begin().await.expect("a transaction");
    for number in 0..LETTERS {
        let email: EmailMessage = if number % 2 == 0 {
            account_emails::new_device(state, &account, &from)
        } else {
            account_emails::account_code(
                state,
                &account,
                FlowKind::Recover,
                &code,
                expires_at,
                &from,
            )
        };
        state.outbox.enqueue(&mut tx, email, true, now, Some(expires_at)).await.expect("a row");
    }
    tx.commit().await.expect("a commit");
}

/// Measures with ten thousand waiting emails of one account, before a slow mail server and before a fast one.
pub async fn figures() {
    for (kind, slow) in [("slow", Duration::from_secs(5)), ("quick", Duration::ZERO)] {
        let sink = Sink::start(slow).await;
        let url = format!("smtp://127.0.0.1:{}", sink.port);
        let settings =
            [("LATCHKEY_SMTP_URL", url.as_str()), ("LATCHKEY_TRUSTED_PROXIES", "127.0.0.1")];
        let server = Server::start(&settings).await;
        server.sample_accounts(OTHERS + 1);
        let state = server.beside().await;
        flood(&state).await;
        sink.arrival("user0@sample.example").await;
        let mut times = Vec::new();
        for number in 1..=OTHERS {
            let mut client = Client::connect(server.port).await;
            client.from = Some(number);
            let login = format!("user{number}");
            client.post("/api/recover", &[("login", login.as_str())]).await;
            let asked = Instant::now();
            let answer = client.post("/api/recover_email", &[]).await;
            assert_eq!(answer.location, "/recover/code", "{}", answer.body);
            let there = sink.arrival(&format!("{login}@sample.example")).await;
            times.push(there.duration_since(asked).as_secs_f64() * 1000.0);
            tokio::time::sleep(BETWEEN).await;
        }
        let worst = percentile(&mut times, 1.0);
        row(
            &format!("another's code behind {LETTERS} letters of one, {kind} SMTP"),
            &format!("{worst:.0} ms (median {:.0})", median(&mut times)),
            "< 2000 ms",
            worst < 2000.0,
        );
        state.db.close().await;
        server.stop().await;
    }
}
