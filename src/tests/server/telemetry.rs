//! Logs contain no secret, no address and no forged line (ASVS 16.2.5, 16.4.1).

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::super::harness::{Engine, spawn_app};

#[derive(Clone, Default)]
pub(in crate::tests) struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    /// Returns what was logged so far.
    pub(in crate::tests) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the log").clone()).expect("text")
    }
}

/// Captures what this thread logs while the guard lives. The other tests run on threads of their own.
pub(in crate::tests) fn captured() -> (Sink, tracing::subscriber::DefaultGuard) {
    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter(crate::telemetry::filter("trace"))
        .with_writer(sink.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    (sink, guard)
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a16_2_5_canaries_do_not_reach_the_log() {
    let (sink, _guard) = captured();
    let t = spawn_app(Engine::Sqlite).await;
    let (login, mail, password) = ("canarylogin", "canarymail@mail.example", "canary pass words");
    let mut browser = t.browser().on_network(77);
    let fields = [("login", login), ("email", mail), ("password", password)];
    browser.submit("/api/register", &fields).await;
    let flow = browser.cookie("flow-register").expect("a flow");
    let code = t.code(mail, "confirm-address").await;
    browser.submit("/api/register_code", &[("code", &code)]).await;
    let (session, device) = (
        browser.cookie("session").expect("a session"),
        browser.cookie("device").expect("a device"),
    );
    let (id,): (String,) =
        t.state.db.fetch_one("SELECT id FROM sessions", crate::args![]).await.expect("a session");
    browser.submit("/api/name_session", &[("id", &id), ("name", "canary laptop")]).await;
    browser.submit("/api/sign_out", &[]).await;
    browser.sign_in(login, "canary wrong words").await;
    browser.sign_in("evil\r\n{\"level\":\"ERROR\",\"forged\":true}", "x").await;
    browser.get("/recover?next=/canarypath&login=canarylogin").await;
    browser.get("/letter/canarytoken").await;
    browser.ask_for_code(mail).await;
    let recovery = t.code(mail, "recovery-code").await;
    browser.enter_code(&recovery).await;
    browser.new_password("canary new words").await.assert_text("Your password is new");

    let log = sink.text();
    assert!(log.contains("\"signed_out\"") && log.contains("/recover"), "{log}");
    for canary in
        [login, mail, "canary", &code, &recovery, &flow, &session, &device, "11.0.77.7", "forged"]
    {
        let line = log.lines().find(|line| line.contains(canary));
        assert!(line.is_none(), "{canary:?} in {line:?}");
    }
    assert!(log.lines().all(|line| line.starts_with('{') && line.ends_with('}')));
}

#[tokio::test]
async fn a16_2_1_every_line_of_a_request_carries_its_id_method_and_route() {
    let (sink, _guard) = captured();
    let t = spawn_app(Engine::Sqlite).await;
    // Whatever is asked now fails, and is logged.
    t.state.db.close().await;
    let before = sink.text().len();
    let answer = t.browser().json().sign_in("anna", "canary pass words").await;
    assert_eq!(answer.status, 503);
    let id = answer.headers["x-request-id"].to_str().expect("an id");
    let log = sink.text().split_off(before);
    let lines = log.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let ours = lines.filter(|line: &Value| {
        line["target"].as_str().is_some_and(|target| target.starts_with("latchkey"))
    });
    let ours: Vec<Value> = ours.collect();
    assert!(ours.iter().any(|line| line["level"] == "ERROR"), "{log}");
    for line in &ours {
        let spans = line["spans"].as_array().expect("spans");
        let of_request = spans.iter().find(|span| span["name"] == "request").expect("the request");
        assert_eq!(of_request["id"], id, "{line}");
        assert_eq!(of_request["method"], "POST", "{line}");
        assert_eq!(of_request["route"], "/api/{*function}", "{line}");
    }
}
