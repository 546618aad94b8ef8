//! Signing in by QR code: the rows X6.1 of SECURITY, each from the view of a shopper or an attacker.

mod attacks;
mod limits;
mod way;

use axum::{
    body::{Body, BodyDataStream},
    response::Response,
};
use futures::StreamExt as _;
use http::{Request, header};
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::{auth::qr_sign_in::requests, islands::QrStatus, security::Token};

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp},
};

const ANNA: &str = "anna@mail.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";

/// What the page on a computer shows.
struct Screen {
    /// `/qr/TOKEN`, as in the picture.
    picture: String,
    short: String,
    number: String,
}

/// Returns a signed-out computer on network 1.
fn computer(t: &TestApp) -> Browser {
    let mut browser = t.browser().on_network(1);
    browser.headers.push(("user-agent", FIREFOX.to_owned()));
    browser
}

/// Returns a phone on the same network, on which `login` is signed in.
async fn phone(t: &TestApp, login: &str) -> Browser {
    let mut browser = t.browser().on_network(1);
    browser.headers.push(("user-agent", IPHONE.to_owned()));
    browser.sign_in(login, PASSWORD).await;
    browser
}

/// Opens the computer's page, and reads from it what the phone needs.
async fn open(t: &TestApp, computer: &mut Browser) -> Screen {
    let page = computer.get("/sign-in/qr").await;
    assert_eq!(page.status, 200, "{page:?}");
    read(t, computer, &page)
}

fn read(t: &TestApp, computer: &Browser, page: &Answer) -> Screen {
    let words = page.words();
    let (_, rest) = words.split_once("Number on this screen: ").expect("a number");
    let number = rest[..2].to_owned();
    let (_, rest) = words.split_once("type this code: ").expect("a short code");
    let short = rest[..9].to_owned();
    // The content of the picture is derived from the cookie; the picture itself is read by the browser tests.
    let cookie = computer.cookie("qr").expect("a cookie");
    let secret = Token::parse(&cookie).expect("a token");
    let shown = requests::shown(&t.state.keys, &secret).expect("a picture");
    assert_eq!(shown.short.display(), short);
    Screen { picture: format!("/qr/{}", shown.picture.expose_secret()), short, number }
}

/// Follows the address in the picture.
async fn scan(phone: &mut Browser, screen: &Screen) -> Answer {
    let answer = phone.get(&screen.picture).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/qr"), "{answer:?}");
    phone.get("/qr").await
}

/// Scans the request of a new computer with this phone.
pub(super) async fn scanned(t: &TestApp, phone: &mut Browser) {
    let screen = open(t, &mut computer(t)).await;
    scan(phone, &screen).await;
}

/// Returns the id of the request that a phone's page is about.
fn request_in(page: &Answer) -> String {
    let (_, rest) = page.body.split_once(r#"name="request" value=""#).expect("a request");
    rest.split_once('"').expect("an end").0.to_owned()
}

async fn post_answer(
    phone: &mut Browser,
    page: &Answer,
    number: &str,
    password: &str,
    answer: &str,
) -> Answer {
    let request = request_in(page);
    let fields =
        [("request", &*request), ("number", number), ("password", password), ("answer", answer)];
    phone.submit("/api/qr_answer", &fields).await
}

async fn approve(phone: &mut Browser, page: &Answer, number: &str) -> Answer {
    post_answer(phone, page, number, "", "approve").await
}

async fn collect(computer: &mut Browser) -> Answer {
    computer.submit("/api/qr_collect", &[]).await
}

fn other_number(number: &str) -> &'static str {
    if number == "42" { "43" } else { "42" }
}

/// The stream of a computer.
struct Heard {
    events: BodyDataStream,
    /// Stops the task that carries signals between instances.
    _stop: watch::Sender<bool>,
}

impl Heard {
    /// Returns the next event.
    async fn next(&mut self) -> String {
        let mut event = String::new();
        while !event.contains("\n\n") {
            let bytes = self.events.next().await.expect("the stream goes on").expect("it is read");
            event.push_str(&String::from_utf8_lossy(&bytes));
            if event.starts_with(':') {
                // A keep-alive comment.
                event.clear();
            }
        }
        event
    }

    /// Checks that the stream ends.
    async fn ends(&mut self) {
        assert!(self.events.next().await.is_none());
    }
}

/// Parses the status in an event.
fn status(event: &str) -> QrStatus {
    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
    serde_json::from_str(data).expect("a status")
}

async fn stream(t: &TestApp, cookie: Option<&str>, last: &str) -> Response {
    let mut request = Request::get(format!("/sign-in/qr/stream?last={last}"))
        .header(header::HOST, "localhost:3000")
        .header(header::ACCEPT, "text/event-stream");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, format!("qr={cookie}"));
    }
    let request = request.body(Body::empty()).expect("a request");
    t.router.clone().oneshot(request).await.expect("an answer")
}

async fn listen(t: &TestApp, computer: &Browser, last: &str) -> Heard {
    let answer = stream(t, computer.cookie("qr").as_deref(), last).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(t.state.realtime.clone().run(t.state.db.clone(), stopped));
    Heard { events: answer.into_body().into_data_stream(), _stop: stop }
}
