//! Limits of connections, over real sockets, so short that no test has to wait for them.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    routing::{get, post},
};
use futures::stream;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::super::harness::{Engine, spawn_app};
use crate::server::connections::{Limits, serve};

/// A long time for a test that waits for something; no test waits for its end.
const PATIENCE: Duration = Duration::from_secs(60);
const HALF: &[u8] = b"GET /page HTTP/1.1\r\nHost: localhost\r\nX-Late: ";
const WHOLE: &[u8] = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n";
const LAST: &[u8] = b"GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn limits() -> Limits {
    Limits {
        head: PATIENCE,
        idle: PATIENCE,
        stall: PATIENCE,
        most: 64,
        share: 64,
        proxies: Vec::new(),
    }
}

struct Served {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Served {
    async fn new(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(listener, router, limits, stopped));
        Self { address, stop, server }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("sent");
        stream
    }

    /// Requests a page on a connection of its own.
    async fn page(&self) -> String {
        text(&mut self.send(LAST).await).await
    }
}

/// Reads everything until the server closes the connection.
async fn text(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // Reset or closed: both end it.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("an end in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until these words have arrived.
async fn until(stream: &mut TcpStream, words: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(words) {
        let read = timeout(PATIENCE, stream.read_buf(&mut seen)).await.expect("something in time");
        assert!(read.expect("read") > 0, "it ended: {}", String::from_utf8_lossy(&seen));
    }
}

fn small() -> Router {
    Router::new().route("/page", get(async || "a page"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_requests_end_and_pages_go_on() {
    let t = spawn_app(Engine::Sqlite).await;
    let head = Duration::from_millis(200);
    let served = Served::new(t.router.clone(), Limits { head, ..limits() }).await;
    let mut silent = served.connect().await;
    let mut half = served.send(HALF).await;
    let mut answered = served.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    until(&mut answered, "200 OK").await;
    assert_eq!((text(&mut silent).await, text(&mut half).await), (String::new(), String::new()));
    // Half of a second request is ended as well; the connection had answered one.
    answered.write_all(HALF).await.expect("sent");
    text(&mut answered).await;
    let page = text(&mut served.send(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n").await).await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("x-frame-options"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_trickles_in_ends_as_well() {
    let served =
        Served::new(small(), Limits { head: Duration::from_millis(300), ..limits() }).await;
    let mut stream = served.connect().await;
    // As fast as possible, and never to the end of the head.
    let mut seen = 0;
    stream.write_all(HALF).await.expect("sent");
    while stream.write_all(b"x").await.is_ok() {
        seen += 1;
        tokio::task::yield_now().await;
        assert!(seen < 50_000_000, "nobody ended it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_connections_end_when_they_are_idle() {
    let idle = Duration::from_millis(200);
    let served = Served::new(small(), Limits { idle, ..limits() }).await;
    let mut stream = served.send(WHOLE).await;
    until(&mut stream, "a page").await;
    stream.write_all(WHOLE).await.expect("it is kept");
    until(&mut stream, "a page").await;
    assert_eq!(text(&mut stream).await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_as_like_may_knock_and_pages_still_answer() {
    let served = Served::new(small(), Limits { most: 8, share: 8, ..limits() }).await;
    let mut knocking = Vec::new();
    for _ in 0..100 {
        knocking.push(served.send(HALF).await);
        if knocking.len() % 10 == 0 {
            assert!(served.page().await.contains("a page"), "after {}", knocking.len());
        }
    }
    // The first ones made room.
    for stream in knocking.iter_mut().take(80) {
        assert_eq!(text(stream).await, "");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_network_takes_its_share_and_no_more() {
    // Requests that are being answered make no room for others.
    let (_more, rest) = endless();
    let router = small().merge(rest);
    let limits = Limits { most: 8, share: 3, ..limits() };
    let served = Served::new(router.clone(), limits.clone()).await;
    let mut busy = Vec::new();
    for _ in 0..3 {
        let mut stream = served.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        until(&mut stream, "begun").await;
        busy.push(stream);
    }
    assert_eq!(served.page().await, "", "no place is left for this network");
    // Another loopback network has its own share.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 9, 1], 0))).expect("an address");
    let mut other = socket.connect(served.address).await.expect("a connection");
    other.write_all(LAST).await.expect("sent");
    assert!(text(&mut other).await.contains("a page"));
    // Through a proxy all come from one address.
    let proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    let served = Served::new(router, Limits { proxies, ..limits }).await;
    let mut busy = Vec::new();
    for _ in 0..6 {
        let mut stream = served.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        until(&mut stream, "begun").await;
        busy.push(stream);
    }
    assert!(served.page().await.contains("a page"));
}

/// Returns a route whose answer continues as long as the sender sends words.
fn endless() -> (mpsc::UnboundedSender<&'static str>, Router) {
    let (more, hear) = mpsc::unbounded_channel::<&'static str>();
    let hear = std::sync::Arc::new(tokio::sync::Mutex::new(hear));
    let route = get(move || {
        let hear = std::sync::Arc::clone(&hear);
        async move {
            let events = stream::unfold((true, hear), async |(first, hear)| {
                let word = if first { "begun" } else { hear.lock().await.recv().await? };
                Some((Ok::<_, Infallible>(Bytes::from(word)), (false, hear)))
            });
            Body::from_stream(events)
        }
    });
    (more, Router::new().route("/endless", route))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_not_idle() {
    let short = Duration::from_millis(100);
    let (more, router) = endless();
    let limits = Limits { head: short, idle: short, most: 2, share: 2, ..limits() };
    let served = Served::new(router.merge(small()), limits).await;
    let mut stream = served.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    until(&mut stream, "begun").await;
    // Other connections reach both limits, and compete for its place.
    for _ in 0..5 {
        let mut kept = served.send(WHOLE).await;
        until(&mut kept, "a page").await;
        text(&mut kept).await;
        text(&mut served.send(HALF).await).await;
    }
    more.send("still here").expect("somebody listens");
    until(&mut stream, "still here").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_nothing_of_an_answer_has_gone() {
    let (told, mut gone) = mpsc::channel::<Infallible>(1);
    let route = get(move || {
        let told = told.clone();
        async move {
            let chunk = Bytes::from(vec![b'x'; 1 << 20]);
            let flood = stream::unfold(told, move |told| {
                let chunk = chunk.clone();
                async move { Some((Ok::<_, Infallible>(chunk), told)) }
            });
            Body::from_stream(flood)
        }
    });
    let stall = Duration::from_millis(200);
    let router = Router::new().route("/flood", route);
    let served = Served::new(router, Limits { stall, ..limits() }).await;
    let _deaf = served.send(b"GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    // The route keeps one sender for the next request: it is dropped with the server.
    let _ = served.stop.send(true);
    let ended = timeout(PATIENCE, gone.recv()).await.expect("it ends in time");
    assert!(ended.is_none());
    timeout(PATIENCE, served.server).await.expect("in time").expect("no panic");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_has_begun_and_nothing_else() {
    let (begun, mut has_begun) = mpsc::channel::<()>(1);
    let (go_on, may_go_on) = watch::channel(false);
    let slow = post(move |body: String| {
        let (begun, mut may_go_on) = (begun.clone(), may_go_on.clone());
        async move {
            begun.send(()).await.expect("somebody waits");
            may_go_on.wait_for(|go| *go).await.expect("somebody says so");
            format!("got {body}")
        }
    });
    let served = Served::new(small().route("/slow", slow), limits()).await;
    let mut idle = served.send(WHOLE).await;
    until(&mut idle, "a page").await;
    let mut busy = served
        .send(b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nword")
        .await;
    has_begun.recv().await.expect("it begins");
    served.stop.send(true).expect("it runs");
    assert_eq!(text(&mut idle).await, "", "nobody waits for what may come");
    go_on.send(true).expect("somebody waits");
    let answer = text(&mut busy).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("got word"), "{answer}");
    timeout(PATIENCE, served.server).await.expect("it stops in time").expect("no panic");
    assert!(TcpStream::connect(served.address).await.is_err(), "nobody is let in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_learn_who_connected() {
    let who = get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string());
    let served = Served::new(Router::new().route("/page", who), limits()).await;
    let answer = served.page().await;
    assert!(answer.ends_with(&IpAddr::from(Ipv4Addr::LOCALHOST).to_string()), "{answer}");
}

#[test]
fn this_machine_bears_a_bounded_number() {
    let limits = Limits::of_this_machine(&[]);
    assert!((16..=8192).contains(&limits.most) && limits.share < limits.most, "{limits:?}");
    assert_eq!(limits.head, Duration::from_secs(10));
}
