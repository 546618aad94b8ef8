//! A browser for tests, without a real one: cookies, forms, redirects.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::styles;

/// A browser, or a caller that wants JSON.
#[derive(Clone)]
pub(super) struct Browser {
    router: Router,
    /// Name → value.
    pub cookies: Vec<(String, String)>,
    /// Whether it accepts html.
    pub html: bool,
    /// The address it comes from, as a trusted proxy forwards it.
    pub from: Option<IpAddr>,
    /// Further headers of every request.
    pub headers: Vec<(&'static str, String)>,
}

/// An answer that was read completely.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The body if it is not text.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// Returns the kind of error that a JSON answer names.
    pub(super) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Returns what a JSON answer reports for a field.
    pub(super) fn field(&self, name: &str) -> String {
        self.json()["fields"][name].as_str().unwrap_or_default().to_owned()
    }

    /// Returns the text of the page, without its tags.
    pub(super) fn words(&self) -> String {
        let body = self.body.split("<body>").nth(1).unwrap_or(&self.body);
        let mut words = String::new();
        let mut inside = false;
        for email in body.chars() {
            match email {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                _ if !inside => words.push(email),
                _ => {}
            }
        }
        let words = words.replace("&#x27;", "'").replace("&quot;", "\"").replace("&amp;", "&");
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(super) fn assert_text(&self, words: &str) {
        assert!(
            self.words().contains(words),
            "{words:?} is not on this page ({}): {}",
            self.status,
            self.words()
        );
    }

    /// Returns one of the props of the slider's island, which hold the challenge.
    pub(super) fn slider(&self, name: &str) -> Option<String> {
        let props = self.body.split("data-props=\"").find(|rest| rest.contains("challenge"))?;
        let props = props.split_once('"')?.0;
        let props = props.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&");
        let props: serde_json::Value = serde_json::from_str(&props).ok()?;
        let value = match name {
            "nonce" => props.get("parts")?.get(0),
            name => props.get(name),
        };
        value?.as_str().map(str::to_owned)
    }
}

/// An open stream of server-sent events.
pub(super) struct Stream {
    pub status: StatusCode,
    body: Body,
    rest: String,
}

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub name: String,
    pub id: String,
    pub data: String,
}

impl Event {
    /// Parses the data of an update.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.data).unwrap_or_else(|e| panic!("{e}: {}", self.data))
    }
}

impl Stream {
    /// Returns the next event; `None` when the stream ended.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let block = block.to_owned();
                self.rest = rest.to_owned();
                let mut event = Event::default();
                let mut data = Vec::new();
                for (field, value) in block.lines().filter_map(|line| line.split_once(':')) {
                    let value = value.strip_prefix(' ').unwrap_or(value);
                    match field {
                        "event" => value.clone_into(&mut event.name),
                        "id" => value.clone_into(&mut event.id),
                        "data" => data.push(value),
                        _ => {}
                    }
                }
                // A keep-alive comment is not an event.
                if event.name.is_empty() {
                    continue;
                }
                event.data = data.join("\n");
                return Some(event);
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.body.frame()).await;
            let bytes = frame.expect("an event in time")?.expect("a frame").into_data();
            self.rest.push_str(&String::from_utf8_lossy(&bytes.expect("data")));
        }
    }

    /// Returns the next event that contains these words, and skips those before it.
    pub(super) async fn until(&mut self, words: &str) -> Event {
        let mut seen = Vec::new();
        while let Some(event) = self.next().await {
            if event.data.contains(words) {
                return event;
            }
            seen.push(event);
        }
        panic!("the stream ended without {words:?}: {seen:?}")
    }
}

impl Browser {
    pub(super) fn new(router: Router) -> Self {
        Self { router, cookies: Vec::new(), html: true, from: None, headers: Vec::new() }
    }

    /// Returns the same browser, but asking for JSON.
    pub(super) fn json(mut self) -> Self {
        self.html = false;
        self
    }

    /// Returns the same browser on another network: number `n`, which may be any.
    pub(super) fn on_network(mut self, n: u32) -> Self {
        let [_, _, high, low] = n.to_be_bytes();
        self.from = Some(Ipv4Addr::new(11, high, low, 7).into());
        self
    }

    /// Returns the same browser in the n-th /56 of one IPv6 allocation.
    pub(super) fn on_v6_network(mut self, n: u8) -> Self {
        self.from = Some(Ipv6Addr::new(0x2001, 0xdb8, 1, u16::from(n) << 8, 0, 0, 0, 7).into());
        self
    }

    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.clone())
    }

    pub(super) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(theirs, _)| theirs != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Sends one request, without following redirects.
    pub(super) async fn request(
        &mut self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Answer {
        self.request_bytes(method, path, body.map(String::into_bytes)).await
    }

    /// Sends a request as [`Browser::request`] does, with a body that need not be text.
    pub(super) async fn request_bytes(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header(header::HOST, "localhost:3000");
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
            let wanted = if self.html { "text/html,*/*" } else { "application/json" };
            request = request.header(header::ACCEPT, wanted);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(from) = self.from {
            request = request.header("x-forwarded-for", from.to_string());
        }
        if body.is_some()
            && !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(body) = &body {
            request = request.header(header::CONTENT_LENGTH, body.len());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = self.send(request.body(Body::from(body.unwrap_or_default()))).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            let value = if text.contains("Max-Age=0") { "" } else { value };
            self.set_cookie(name, value);
        }
        let html = String::from_utf8_lossy(&body);
        if html.starts_with("<!DOCTYPE html>") {
            styles::check(path, &html);
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: html.into_owned(),
            bytes: body.to_vec(),
        }
    }

    async fn send(&self, request: Result<Request<Body>, http::Error>) -> http::Response<Body> {
        let mut request = request.expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 4711))));
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// Opens a stream, after the event with the id `last`.
    pub(super) async fn listen(&self, path: &str, last: &str) -> Stream {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request = Request::get(path)
            .header(header::HOST, "localhost:3000")
            .header(header::ACCEPT, "text/event-stream");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if !last.is_empty() {
            request = request.header("last-event-id", last);
        }
        let response = self.send(request.body(Body::empty())).await;
        Stream { status: response.status(), body: response.into_body(), rest: String::new() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.request(Method::GET, path, None).await
    }

    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.request(Method::POST, path, Some(body)).await
    }

    /// Posts a form with a file, as a browser does for an `<input type=file>`.
    pub(super) async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        const EDGE: &str = "----edge-of-a-part";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        let (name, kind, bytes) = file;
        // A browser sends this if no file was chosen.
        let nothing = kind == "application/octet-stream" && bytes.is_empty();
        let file_name = if nothing { "" } else { "file" };
        let part = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend(part.into_bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{EDGE}--\r\n").into_bytes());
        self.headers.push(("content-type", format!("multipart/form-data; boundary={EDGE}")));
        let answer = self.request_bytes(Method::POST, path, Some(body)).await;
        self.headers.pop();
        answer
    }

    /// Posts and follows the redirects, as a browser does.
    pub(super) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut answer = self.post(path, fields).await;
        for _ in 0..5 {
            if !answer.status.is_redirection() || !answer.location().starts_with('/') {
                return answer;
            }
            let to = answer.location().to_owned();
            answer = self.get(&to).await;
        }
        panic!("redirects without end: {}", answer.location())
    }

    // The actions of a shopper.

    /// Reauthenticates with the password.
    pub(super) async fn prove(&mut self, password: &str) {
        let answer = self.post("/api/confirm", &[("password", password)]).await;
        assert!(
            answer.status.is_success() || answer.location() == "/account/settings",
            "{answer:?}"
        );
    }

    /// Signs in and reauthenticates.
    pub(super) async fn sign_in_and_prove(&mut self, login: &str, password: &str) {
        self.sign_in(login, password).await;
        self.prove(password).await;
    }

    pub(super) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.submit("/api/sign_in", &[("login", login), ("password", password)]).await
    }

    pub(super) async fn is_signed_in(&mut self) -> bool {
        self.get("/account").await.status == StatusCode::OK
    }

    /// Requests a recovery code, up to the code page.
    pub(super) async fn ask_for_code(&mut self, login: &str) -> Answer {
        let answer = self.post("/api/recover", &[("login", login)]).await;
        assert!(!answer.status.is_server_error(), "{answer:?}");
        self.submit("/api/recover_email", &[]).await
    }

    pub(super) async fn enter_code(&mut self, code: &str) -> Answer {
        self.submit("/api/recover_code", &[("code", code)]).await
    }

    pub(super) async fn new_password(&mut self, password: &str) -> Answer {
        self.submit(
            "/api/recover_password",
            &[("new_password", password), ("new_password_again", password)],
        )
        .await
    }
}
