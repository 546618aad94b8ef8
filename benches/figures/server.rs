//! The release binary, run as in production.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use latchkey::{args, config::Config, db::Db, server, state::AppState};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// The password of all sample accounts.
pub const PASSWORD: &str = "green lamp seven";
/// The delay of a slow mail server.
const SLOW: Duration = Duration::from_secs(5);

/// A running server.
pub struct Server {
    child: Child,
    folder: TempDir,
    pub port: u16,
    settings: Vec<(String, String)>,
}

fn binary() -> PathBuf {
    std::env::var_os("LATCHKEY_TEST_BIN").expect("`make bench` names the binary").into()
}

impl Server {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), settings).await
    }

    /// Starts with the files in `folder`; ready after the first answer.
    pub async fn start_in(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        let port = free_port().await;
        let mut all: Vec<(String, String)> = vec![
            ("LATCHKEY_LISTEN".into(), format!("127.0.0.1:{port}")),
            ("LATCHKEY_BASE_URL".into(), format!("http://localhost:{port}")),
            (
                "LATCHKEY_DATABASE_URL".into(),
                format!("sqlite:{}", folder.path().join("latchkey.db").display()),
            ),
            (
                "LATCHKEY_SITE_ROOT".into(),
                std::env::var("LATCHKEY_SITE_ROOT").expect("`make bench` names the site"),
            ),
            ("LATCHKEY_LOG".into(), "warn".into()),
        ];
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let child = Command::new(binary())
            .env_clear()
            .envs(all.iter().cloned())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut client = super::client::Client::connect(port).await;
        assert_eq!(client.get("/healthz").await.status, 200);
        Self { child, folder, port, settings: all }
    }

    /// Runs `latchkey sample-data`.
    pub fn sample_accounts(&self, accounts: u32) {
        let done = Command::new(binary())
            .args(["sample-data", "--password", PASSWORD, "--accounts", &accounts.to_string()])
            .env_clear()
            .envs(self.settings.iter().cloned())
            .stdout(Stdio::null())
            .status();
        assert!(done.expect("it runs").success(), "sample-data");
    }

    /// Returns the address of its database.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("latchkey.db").display())
    }

    /// Returns the same application without limits on the same database, to write what no endpoint would accept so
    /// fast.
    pub async fn beside(&self) -> AppState {
        let off = ("LATCHKEY_LIMITS".to_owned(), "off".to_owned());
        let config = Config::load(None, self.settings.iter().cloned().chain([off]));
        server::build(config.expect("good settings")).await.expect("the database opens")
    }

    /// Disables the accounts from `user{first}` on.
    pub async fn disable_from(&self, first: usize) {
        let db = Db::connect(&self.database()).await.expect("the database");
        let mut tx = db.begin().await.expect("a transaction");
        let sql =
            "UPDATE accounts SET state = 'disabled' WHERE CAST(SUBSTR(login, 5) AS INTEGER) >= $1";
        tx.execute(sql, args![i64::try_from(first).expect("few")]).await.expect("done");
        tx.commit().await.expect("a commit");
        db.close().await;
    }

    pub fn resident_mb(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kib * 1024.0 / 1e6
    }

    /// Returns user and system time since the start.
    pub fn cpu_ms(&self) -> f64 {
        /// Linux counts in hundredths of a second.
        const TICK_MS: f64 = 10.0;
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("Linux");
        let after_name = stat.rsplit_once(") ").expect("a name").1;
        let fields: Vec<&str> = after_name.split(' ').collect();
        let ticks = |at: usize| fields[at].parse::<f64>().expect("a number");
        (ticks(11) + ticks(12)) * TICK_MS
    }

    /// Stops it as a service manager does; returns its folder.
    pub async fn stop(mut self) -> TempDir {
        let done = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(done.expect("kill").success());
        tokio::task::block_in_place(|| self.child.wait()).expect("it ends");
        self.folder
    }
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Starts a mail server that takes five seconds for each email, and returns its port.
pub async fn slow_smtp() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream));
        }
    });
    port
}

async fn converse(stream: TcpStream) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 slow\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let is_data = line.eq_ignore_ascii_case("DATA");
        let answer: &[u8] = if is_data { b"354 go on\r\n" } else { b"250 fine\r\n" };
        write.write_all(answer).await.ok()?;
        if is_data {
            while lines.next_line().await.ok()?? != "." {}
            tokio::time::sleep(SLOW).await;
            write.write_all(b"250 taken\r\n").await.ok()?;
        }
    }
    Some(())
}
