//! A small HTTP client: one connection, cookies, no redirects.

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A browser, as far as the server can tell.
pub struct Client {
    port: u16,
    sender: SendRequest<Full<Bytes>>,
    cookies: Vec<(String, String)>,
    /// The number of the network that it comes from, as a trusted proxy forwards it.
    pub from: Option<u32>,
}

/// A response.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
    pub length: usize,
}

impl Client {
    pub async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        Self { port, sender, cookies: Vec::new(), from: None }
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.as_str())
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, body).await
    }

    async fn send(&mut self, method: &str, path: &str, body: String) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, format!("localhost:{}", self.port))
            .header(header::ACCEPT, "text/html,*/*")
            .header(header::ACCEPT_ENCODING, "br, gzip");
        if method == "POST" {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(number) = self.from {
            let [_, a, b, c] = number.to_be_bytes();
            request = request.header("x-forwarded-for", format!("{}.{b}.{c}.9", 20 + a));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("a request");
        self.sender.ready().await.expect("the connection lives");
        let response = self.sender.send_request(request).await.expect("an answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text =
                cookie.to_str().expect("text").split(';').next().unwrap_or_default().to_owned();
            if let Some((name, value)) = text.split_once('=') {
                self.cookies.retain(|(theirs, _)| theirs != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        Answer {
            status,
            location,
            length: bytes.len(),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
