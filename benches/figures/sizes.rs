//! The transfer size of pages, with brotli: on a first visit with an empty cache, and on a second one, when the browser
//! has all files (their names contain hashes, and they never change).

use super::{chat, client::Client, note, pages::brotli_size, row, server::Server};

/// Pages, and their maximum size: all files and the HTML.
const PAGES: [(&str, usize); 8] = [
    ("/sign-in", 85_000),
    ("/register", 90_000),
    ("/recover", 90_000),
    ("/account", 95_000),
    ("/account/profile", 130_000),
    ("/account/settings", 130_000),
    ("/support", 120_000),
    ("/operator", 150_000),
];
/// What was promised before pages hydrated, with uncompressed HTML.
const AT_MOST: [(&str, usize); 2] = [("/sign-in", 100_000), ("/recover", 120_000)];

pub async fn figures() {
    let server = Server::start(&[("LATCHKEY_LIMITS", "off")]).await;
    let sessions = chat::operators(&server).await;
    let mut shopper = Client::connect(server.port).await;
    let fields = [("topic", "order"), ("message", "Where is it?"), ("nonce", "first")];
    // While an operator exists who can answer, the chat is a conversation.
    let begun = shopper.post("/api/support_begin", &fields).await;
    assert_eq!(begun.location, "/support", "{}", begun.body);
    for (page, most) in PAGES {
        let mut client = Client::connect(server.port).await;
        if page.starts_with("/account") || page == "/operator" {
            client.set_cookie("session", &sessions[0]);
        }
        let client = if page == "/support" { &mut shopper } else { &mut client };
        let weight = Weight::of(client, page).await;
        row(
            &format!("{page}: a first visit"),
            &format!("{:.1} KB, {} files", kb(weight.first()), weight.files + 1),
            &format!("<= {} KB", most / 1000),
            weight.first() <= most,
        );
        let Weight { html, css, js, wasm, .. } = weight;
        let [html, css, js, wasm] = [html, css, js, wasm].map(kb);
        note(
            &format!("  html {html:.1}, css {css:.1}, js {js:.1}, wasm {wasm:.1}; a second visit"),
            &format!("{html:.1} KB"),
        );
    }
    for (page, most) in AT_MOST {
        let mut client = Client::connect(server.port).await;
        let weight = Weight::of(&mut client, page).await;
        let bytes = weight.first() - weight.html + weight.plain + weight.icon;
        row(
            &format!("{page}: all it loads, the HTML not compressed"),
            &format!("{:.1} KB", kb(bytes)),
            &format!("<= {} KB", most / 1000),
            bytes <= most,
        );
    }
    server.stop().await;
}

#[derive(Default)]
struct Weight {
    /// The page compressed (`html`) and uncompressed (`plain`).
    html: usize,
    plain: usize,
    css: usize,
    js: usize,
    wasm: usize,
    icon: usize,
    files: usize,
}

impl Weight {
    async fn of(client: &mut Client, page: &str) -> Self {
        let answer = client.get(page).await;
        assert_eq!(answer.status, 200, "{page}");
        let (plain, html) = (answer.body.len(), brotli_size(answer.body.as_bytes()));
        let mut weight = Self { html, plain, ..Self::default() };
        let mut paths: Vec<&str> =
            answer.body.split('"').filter(|part| part.starts_with("/pkg/")).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let file = client.get(path).await;
            assert_eq!(file.status, 200, "{path}");
            let kind = match path.rsplit('.').next() {
                Some("css") => &mut weight.css,
                Some("js") => &mut weight.js,
                _ => &mut weight.wasm,
            };
            *kind += file.length;
            weight.files += 1;
        }
        weight.icon = client.get("/favicon.svg").await.length;
        weight
    }

    const fn first(&self) -> usize {
        self.html + self.css + self.js + self.wasm
    }
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes")]
fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}
