//! What pages cost: CPU time and size.

use crate::{
    client::Client,
    row,
    server::{PASSWORD, Server},
};

/// Measures the memory of an idle server, and pages of a signed-out user.
pub async fn memory_and_pages() {
    let server = Server::start(&[]).await;
    let mut client = Client::connect(server.port).await;
    for path in ["/sign-in", "/register", "/recover"] {
        client.get(path).await;
    }
    let idle = server.resident_mb();
    row("resident memory, idle", &format!("{idle:.1} MB"), "< 40 MB", idle < 40.0);
    for path in ["/sign-in", "/recover"] {
        cpu_time(&server, &mut client, path).await;
    }
    server.stop().await;
}

/// Measures My account for a user with a few events.
pub async fn account_pages() {
    let server = Server::start(&[("LATCHKEY_LIMITS", "off")]).await;
    server.sample_accounts(1);
    let mut client = Client::connect(server.port).await;
    for _ in 0..5 {
        client.post("/api/sign_in", &[("login", "user0"), ("password", "wrong words here")]).await;
        client.post("/api/sign_in", &[("login", "user0"), ("password", PASSWORD)]).await;
        client.post("/api/sign_out", &[]).await;
    }
    client.post("/api/sign_in", &[("login", "user0"), ("password", PASSWORD)]).await;
    let hub = client.get("/account").await;
    assert_eq!(hub.status, 200);
    let (plain, packed) = (hub.body.len(), brotli_size(hub.body.as_bytes()));
    let kb = |bytes: usize| format!("{:.1} KB", bytes as f64 / 1000.0);
    row("/account: HTML", &kb(plain), "<= 15 KB", plain <= 15_000);
    row("/account: HTML, brotli", &kb(packed), "<= 5 KB", packed <= 5_000);
    for path in [
        "/account",
        "/account/profile",
        "/account/devices",
        "/account/activity",
        "/account/settings",
    ] {
        cpu_time(&server, &mut client, path).await;
    }
    server.stop().await;
}

/// Measures the CPU time of a page.
async fn cpu_time(server: &Server, client: &mut Client, path: &str) {
    /// Pages rendered for one measurement.
    const TIMES: u32 = 3000;
    let before = server.cpu_ms();
    for _ in 0..TIMES {
        client.get(path).await;
    }
    let each = (server.cpu_ms() - before) / f64::from(TIMES);
    let figure = format!("{path}: CPU time, request to answer");
    row(&figure, &format!("{each:.3} ms"), "< 1 ms", each < 1.0);
}

/// Returns the size after brotli, as a proxy in front of the server would compress it.
pub fn brotli_size(bytes: &[u8]) -> usize {
    let mut packed = Vec::new();
    let how = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &how).expect("it compresses");
    packed.len()
}
