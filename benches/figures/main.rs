//! The figures that Latchkey promises, measured on the release binary and printed as a table.
//!
//! `make bench` builds the binary and runs this. Everything is measured again in each run, on this machine; things that
//! are compared take turns, because the speed of a machine drifts.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark reads the clock, and stops where it cannot go on"
)]

mod chat;
mod client;
mod emails;
mod limits;
mod pages;
mod server;
mod sizes;
mod stats;

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use client::Client;
use latchkey::security::password_hashing;
use server::{PASSWORD, Server};
use stats::{auc, median, percentile};

/// Samples per class for "nobody can tell by the time it takes".
const SAMPLES: usize = 1000;
/// Rounds in which raw hashing and sign-ins take turns, and how long each lasts. With five rounds the median still
/// varied by several per cent from run to run.
const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(4);

fn main() {
    // One thread: it shares the cores with what it measures.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    // `cargo bench --bench figures -- sign-ins` runs only that part.
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let wants = |part: &str| wanted.as_deref().is_none_or(|wanted| wanted == part);
    println!("{:<58} {:>22} {:>16}  ", "figure", "measured", "promised");
    if wants("sizes") {
        sizes::figures().await;
    }
    if wants("start") {
        start_time().await;
    }
    if wants("screens") {
        pages::memory_and_pages().await;
        pages::account_pages().await;
    }
    if wants("sign-ins") {
        sign_ins().await;
    }
    if wants("chat") {
        chat::figures().await;
    }
    if wants("mail") {
        emails::figures().await;
    }
    if wants("limits") {
        limits::figures().await;
    }
    if wants("same-time") {
        same_time().await;
    }
}

fn row(figure: &str, measured: &str, promised: &str, met: bool) {
    println!("{figure:<58} {measured:>22} {promised:>16}  {}", if met { "met" } else { "MISSED" });
}

fn note(figure: &str, measured: &str) {
    println!("{figure:<58} {measured:>22}");
}

async fn start_time() {
    let mut times = Vec::new();
    let mut server = Server::start(&[]).await;
    for _ in 0..7 {
        let folder = server.stop().await;
        let began = Instant::now();
        server = Server::start_in(folder, &[]).await;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    server.stop().await;
    let time = median(&mut times);
    row(
        "start to first answer, existing database (median of 7)",
        &format!("{time:.0} ms"),
        "< 300 ms",
        time < 300.0,
    );
}

/// Compares sign-ins a second with Argon2id alone on the same cores, in turns.
async fn sign_ins() {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let server = Server::start(&[("LATCHKEY_LIMITS", "off")]).await;
    server.sample_accounts(ACCOUNTS_EACH * u32::try_from(cores * BROWSERS_A_CORE).expect("few"));
    // Users sign in from browsers that they used before; from a new one an email is sent, too.
    let mut browsers = Vec::new();
    for worker in 0..cores * BROWSERS_A_CORE {
        let mut browser = Client::connect(server.port).await;
        for account in 0..ACCOUNTS_EACH {
            sign_in(&mut browser, worker, account).await;
        }
        browsers.push(browser);
    }
    let (mut plain, mut kept, mut huge) = (Vec::new(), Vec::new(), Vec::new());
    let (mut served, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(raw(cores, Memory::NewEachTime).await);
        kept.push(raw(cores, Memory::Kept).await);
        huge.push(raw(cores, Memory::KeptInHugePages).await);
        let (rate, mut times) = load(&server, &mut browsers).await;
        served.push(rate);
        pages.append(&mut times);
    }
    let ratio = |other: &[f64]| {
        let mut ratios: Vec<f64> =
            served.iter().zip(other).map(|(served, raw)| served / raw).collect();
        median(&mut ratios) * 100.0
    };
    let (to_kept, to_plain, to_huge) = (ratio(&kept), ratio(&plain), ratio(&huge));
    note(
        &format!("Argon2id alone, {cores} threads, memory kept"),
        &format!("{:.1} /s", median(&mut kept)),
    );
    note(
        &format!("Argon2id alone, {cores} threads, memory new each time"),
        &format!("{:.1} /s", median(&mut plain)),
    );
    note(
        &format!("Argon2id alone, {cores} threads, memory kept in huge pages"),
        &format!("{:.1} /s", median(&mut huge)),
    );
    note(
        "sign-ins, whole, load generator on the same cores",
        &format!("{:.1} /s", median(&mut served)),
    );
    row(
        "sign-ins against Argon2id alone, memory kept",
        &format!("{to_kept:.1} %"),
        ">= 95 %",
        to_kept >= 95.0,
    );
    note("sign-ins against Argon2id alone, memory new each time", &format!("{to_plain:.1} %"));
    note("sign-ins against Argon2id alone, kept in huge pages", &format!("{to_huge:.1} %"));
    let p99 = percentile(&mut pages, 0.99);
    row("sign-in screen meanwhile, p99", &format!("{p99:.1} ms"), "< 50 ms", p99 < 50.0);
    note("resident memory under this load", &format!("{:.1} MB", server.resident_mb()));
    server.stop().await;
}

/// Where Argon2id alone gets its memory from.
#[derive(Clone, Copy)]
enum Memory {
    /// Allocated for each hash, as the library's `hash_password` does.
    NewEachTime,
    /// A `Vec` for each thread, as the library lets its user do.
    Kept,
    /// Kept in huge pages, as the product does.
    KeptInHugePages,
}

/// Returns the hashes a second on `threads` threads with the parameters of the product.
async fn raw(threads: usize, memory: Memory) -> f64 {
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            tokio::task::spawn_blocking(move || {
                let params = Params::new(19_456, 2, 1, Some(32)).expect("parameters");
                let mut kept = match memory {
                    Memory::KeptInHugePages => password_hashing::blocks(params.block_count()),
                    _ => vec![Block::default(); params.block_count()],
                };
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let (began, mut hashes, mut out) = (Instant::now(), 0_u32, [0; 32]);
                while began.elapsed() < ROUND {
                    let (password, salt) = (PASSWORD.as_bytes(), b"0123456789abcdef");
                    if let Memory::NewEachTime = memory {
                        argon2.hash_password_into(password, salt, &mut out)
                    } else {
                        argon2.hash_password_into_with_memory(password, salt, &mut out, &mut kept)
                    }
                    .expect("a hash");
                    hashes += 1;
                }
                f64::from(hashes) / began.elapsed().as_secs_f64()
            })
        })
        .collect();
    let mut rate = 0.0;
    for worker in workers {
        rate += worker.await.expect("no panic");
    }
    rate
}

/// Browsers that sign in at once, for each core: enough that no core waits for one.
const BROWSERS_A_CORE: usize = 16;
/// Accounts that each browser signs in to, one after the other. With more accounts a browser would no longer be known
/// to them, and from a new browser an email is sent, too.
const ACCOUNTS_EACH: u32 = 4;

async fn sign_in(browser: &mut Client, worker: usize, account: u32) {
    let number = u32::try_from(worker).expect("few") * ACCOUNTS_EACH + account % ACCOUNTS_EACH;
    let login = format!("user{number}");
    let answer = browser.post("/api/sign_in", &[("login", &login), ("password", PASSWORD)]).await;
    assert_eq!(answer.location, "/account", "signed in");
}

/// Signs in for a round; returns the rate, and how long pages took meanwhile.
async fn load(server: &Server, browsers: &mut Vec<Client>) -> (f64, Vec<f64>) {
    let port = server.port;
    let began = Instant::now();
    let workers: Vec<_> = browsers
        .drain(..)
        .enumerate()
        .map(|(worker, mut browser)| {
            tokio::spawn(async move {
                let mut done = 0_u32;
                while began.elapsed() < ROUND {
                    sign_in(&mut browser, worker, done).await;
                    done += 1;
                }
                (done, browser)
            })
        })
        .collect();
    let mut times = Vec::new();
    let mut looker = Client::connect(port).await;
    while began.elapsed() < ROUND {
        let asked = Instant::now();
        looker.get("/sign-in").await;
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut done = 0;
    for worker in workers {
        let (theirs, browser) = worker.await.expect("no panic");
        done += theirs;
        browsers.push(browser);
    }
    (f64::from(done) / began.elapsed().as_secs_f64(), times)
}

/// Measures whether the response time tells known from unknown accounts: interleaved samples, each with a name and a
/// network of its own, limits on, SMTP slowed by five seconds. AUC 0.5 is a coin toss; the promise is 0.5 ± 0.05.
async fn same_time() {
    let smtp = server::slow_smtp().await;
    let smtp_url = format!("smtp://127.0.0.1:{smtp}");
    let settings =
        [("LATCHKEY_SMTP_URL", smtp_url.as_str()), ("LATCHKEY_TRUSTED_PROXIES", "127.0.0.1")];
    let server = Server::start(&settings).await;
    let accounts = u32::try_from(2 * SAMPLES).expect("few");
    server.sample_accounts(accounts);
    server.disable_from(SAMPLES).await;
    let name = |class: usize, n: usize| match class {
        0 => format!("user{n}"),
        1 => format!("nobody{n}"),
        _ => format!("user{}", SAMPLES + n),
    };
    let classes = ["known", "unknown", "disabled"];
    let mut network = 0_u32;
    let ways = [
        "sign-in",
        "recovery: name",
        "recovery: send code",
        "recovery: wrong code",
        "forgotten login",
    ];
    for way in ways {
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for n in 0..SAMPLES {
            for turn in 0..3 {
                // Not always in the same order.
                let class = (turn + n) % 3;
                network += 1;
                let mut client = Client::connect(server.port).await;
                client.from = Some(network);
                let login = name(class, n);
                times[class].push(way_of(&mut client, way, &login).await);
            }
        }
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let value = auc(&times[one], &times[other]);
            let figure =
                format!("{way}: {} or {}? AUC, {SAMPLES} each", classes[one], classes[other]);
            row(&figure, &format!("{value:.3}"), "0.5 ± 0.05", (value - 0.5).abs() <= 0.05);
        }
    }
    server.stop().await;
}

/// Walks through the flow `way` and returns the milliseconds of its last step.
async fn way_of(client: &mut Client, way: &str, login: &str) -> f64 {
    let steps: &[(&str, &[(&str, &str)])] = match way {
        "sign-in" => &[("/api/sign_in", &[("login", ""), ("password", "wrong words here")])],
        "forgotten login" => &[("/api/find_login", &[("email", "")])],
        "recovery: name" => &[("/api/recover", &[("login", "")])],
        "recovery: send code" => &[("/api/recover", &[("login", "")]), ("/api/recover_email", &[])],
        _ => &[
            ("/api/recover", &[("login", "")]),
            ("/api/recover_email", &[]),
            ("/api/recover_code", &[("code", "000000")]),
        ],
    };
    let email = format!("{login}@sample.example");
    let mut took = 0.0;
    for (path, fields) in steps {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| match *name {
                "login" => (*name, login),
                "email" => (*name, email.as_str()),
                _ => (*name, *value),
            })
            .collect();
        let began = Instant::now();
        let answer = client.post(path, &fields).await;
        took = began.elapsed().as_secs_f64() * 1000.0;
        assert!(answer.status == 303, "{path}: {}", answer.status);
    }
    took
}
