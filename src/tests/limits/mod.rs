//! What one client can do to others, with or without accounts of its own: to the tables, to the queue of the hashing
//! threads, to the turns for pictures and estimates. Limits are on, and no client does a proof of work.

mod accounts;
mod known_browsers;
mod networks;
mod refusals;
mod strangers;
mod turns;

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp},
};
use crate::args;

/// Requests that one client makes in a minute, while the clock is stopped.
const REQUESTS: usize = 300;
/// Rows that it may write with them, in all tables together.
const MOST: i64 = 100;
/// Names and accounts that it targets.
const NAMES: usize = 40;

/// Returns how many rows each table has.
async fn rows(t: &TestApp) -> Vec<(String, i64)> {
    let sql = if t.state.db.is_postgres() {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    let tables: Vec<(String,)> = t.state.db.fetch_all(sql, args![]).await.expect("the schema");
    let mut all = Vec::new();
    for (table,) in tables {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        all.push((table, t.number(Box::leak(sql.into_boxed_str())).await));
    }
    all
}

/// Counts the rows that are written through each endpoint, and collects the endpoints that write too many.
struct Doors<'a> {
    t: &'a TestApp,
    before: Vec<(String, i64)>,
    /// Each endpoint is tried from a network of its own.
    network: u32,
    wide: Vec<String>,
    /// Whether to act as a browser, whose second press gets the first one's answer, or as a program.
    html: bool,
}

impl<'a> Doors<'a> {
    async fn of(t: &'a TestApp) -> Self {
        Self { t, before: Vec::new(), network: 1_000, wide: Vec::new(), html: false }
    }

    /// Returns a browser in the network of this endpoint.
    fn browser(&self) -> Browser {
        let browser = self.t.browser().on_network(self.network);
        if self.html { browser } else { browser.json() }
    }

    fn browsers(&self, number: usize) -> Vec<Browser> {
        (0..number).map(|_| self.browser()).collect()
    }

    /// Returns a signed-in browser in the network of this endpoint.
    async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let fields = [("login", login), ("password", PASSWORD)];
        let answer = browser.post("/api/sign_in", &fields).await;
        assert!(browser.cookie("session").is_some(), "{login}: {answer:?}");
        browser
    }

    /// Counts the rows before an endpoint is tried.
    async fn begin(&mut self) {
        self.before = rows(self.t).await;
    }

    /// Compares the rows after `door` was tried.
    async fn end(&mut self, door: &str) {
        let after = rows(self.t).await;
        let grown: Vec<String> = after
            .iter()
            .zip(&self.before)
            .filter(|(now, then)| now.1 != then.1)
            .map(|(now, then)| format!("{} +{}", now.0, now.1 - then.1))
            .collect();
        let sum = |all: &[(String, i64)]| all.iter().map(|(_, rows)| rows).sum::<i64>();
        let written = sum(&after) - sum(&self.before);
        if written > MOST {
            self.wide.push(format!("{door}: {written} rows ({})", grown.join(", ")));
        }
        self.network += 1;
    }

    /// Tries an endpoint that needs no preparation: `fields` are those of the n-th request, each sent by a new browser.
    async fn strangers(
        &mut self,
        door: &str,
        path: &str,
        fields: impl Fn(usize) -> Vec<(&'static str, String)>,
    ) {
        self.begin().await;
        for n in 0..REQUESTS {
            post(&mut self.browser(), path, &fields(n)).await;
        }
        self.end(door).await;
    }

    /// Tries an endpoint as [`Self::strangers`] does, with these browsers in turn.
    async fn through(
        &mut self,
        door: &str,
        path: &str,
        browsers: &mut [Browser],
        fields: impl Fn(usize) -> Vec<(&'static str, String)>,
    ) {
        self.begin().await;
        let all = browsers.len();
        for n in 0..REQUESTS {
            post(&mut browsers[n % all], path, &fields(n)).await;
        }
        self.end(door).await;
    }
}

async fn post(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post(path, &fields).await;
    assert!(
        answer.status != 500 && answer.status != 404 || path.contains("support"),
        "{path}: {answer:?}"
    );
}

fn known(n: usize) -> String {
    format!("known{}", n % NAMES)
}

fn fields(all: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    all.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

async fn with_accounts(t: &TestApp) {
    let hash = t.account("known0").await.password_hash;
    for n in 1..NAMES {
        let name = known(n);
        t.account_hashed(&name, &format!("{name}@mail.example"), &hash).await;
    }
}
