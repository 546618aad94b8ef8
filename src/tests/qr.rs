//! Signing in by QR code: the rows X6.1 of SECURITY, each as a shopper or an attacker meets it.

use axum::{
    body::{Body, BodyDataStream},
    response::Response,
};
use futures::StreamExt as _;
use http::{Request, header};
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::{
    args,
    server::{
        clock::{HOUR, MINUTE, SECOND},
        qr,
        secret::Token,
    },
};

use super::{
    browser::{Answer, Browser},
    harness::{Engine, PASSWORD, TestApp, both, spawn_app, spawn_app_with},
};

const ANNA: &str = "anna@mail.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";

/// What a computer shows.
struct Screen {
    /// `/qr/TOKEN`, as in the picture.
    picture: String,
    short: String,
    number: String,
}

/// A computer that nobody is signed in on, on network 1.
fn computer(t: &TestApp) -> Browser {
    let mut browser = t.browser().on_network(1);
    browser.headers.push(("user-agent", FIREFOX.to_owned()));
    browser
}

/// A phone on the same network, on which `login` is signed in.
async fn phone(t: &TestApp, login: &str) -> Browser {
    let mut browser = t.browser().on_network(1);
    browser.headers.push(("user-agent", IPHONE.to_owned()));
    browser.sign_in(login, PASSWORD).await;
    browser
}

/// Opens the computer's screen, and reads from it what the phone needs.
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
    // What is in the picture follows from the cookie; the picture itself is read by the browser tests.
    let cookie = computer.cookie("qr").expect("a cookie");
    let secret = Token::parse(&cookie).expect("a token");
    let shown = qr::shown(&t.app.keys, &secret).expect("a picture");
    assert_eq!(shown.short.display(), short);
    Screen { picture: format!("/qr/{}", shown.picture.expose()), short, number }
}

/// Follows the address in the picture.
async fn scan(phone: &mut Browser, screen: &Screen) -> Answer {
    let answer = phone.get(&screen.picture).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/qr"), "{answer:?}");
    phone.get("/qr").await
}

/// A request of some computer, looked at on this phone.
pub(super) async fn scanned(t: &TestApp, phone: &mut Browser) {
    let screen = open(t, &mut computer(t)).await;
    scan(phone, &screen).await;
}

/// The id of the request that a phone's screen is about.
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

/// The stream of a computer, as it comes.
struct Heard {
    events: BodyDataStream,
    /// Ends what carries signals from instance to instance.
    _stop: watch::Sender<bool>,
}

impl Heard {
    /// The next event.
    async fn next(&mut self) -> String {
        let mut event = String::new();
        while !event.contains("\n\n") {
            let bytes = self.events.next().await.expect("the stream goes on").expect("it is read");
            event.push_str(&String::from_utf8_lossy(&bytes));
            if event.starts_with(':') {
                // A sign of life.
                event.clear();
            }
        }
        event
    }

    /// Nothing more comes.
    async fn ends(&mut self) {
        assert!(self.events.next().await.is_none());
    }
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
    tokio::spawn(t.app.live.clone().run(t.app.db.clone(), stopped));
    Heard { events: answer.into_body().into_data_stream(), _stop: stop }
}

both!(x6_1_the_whole_way, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let page = computer.get("/sign-in/qr?next=/account/profile").await;
    page.says("Point its camera at the picture");
    page.says("2:00");
    assert!(page.body.contains(r#"role="img""#) && page.body.contains("<noscript><meta"));
    let screen = read(&t, &computer, &page);
    let again = computer.get("/sign-in/qr?next=/account/profile").await;
    let again = read(&t, &computer, &again);
    assert_eq!((&again.picture, &again.number), (&screen.picture, &screen.number), "a reload");

    let mut heard = listen(&t, &computer, "shown").await;
    t.wait(30 * SECOND);
    let page = scan(&mut phone, &screen).await;
    for words in ["Firefox, Linux", "11.0.1.0/24", "30 seconds ago", "Signed in as anna."] {
        page.says(words);
    }
    page.says("Approve only if this computer is in front of you.");
    assert!(!page.body.contains(r#"name="password""#), "the same network");
    let event = heard.next().await;
    assert!(event.contains("event: patch") && event.contains("id: scanned"), "{event}");
    assert!(event.contains("Now confirm on the phone") && event.contains("data-live"), "{event}");
    computer.get("/sign-in/qr").await.says("Now confirm on the phone");

    approve(&mut phone, &page, &screen.number).await.says("The computer is being signed in.");
    let event = heard.next().await;
    assert!(event.contains("data-post-now") && event.contains("/api/qr_collect"), "{event}");
    assert!(!event.contains("data-live"), "nothing more to hear");
    heard.ends().await;
    let page = computer.get("/sign-in/qr?next=/account/profile").await;
    page.says("Approved");
    assert!(!computer.is_signed_in().await, "looking signs nobody in");
    let before = computer.cookie("device");
    let answer = computer.post("/api/qr_collect", &[("next", "/account/profile")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account/profile"));
    assert!(computer.is_signed_in().await && phone.is_signed_in().await);
    assert!(
        before.is_none() && computer.cookie("device").is_some() && computer.cookie("qr").is_none()
    );

    let letter = t.letter(ANNA, "qr-sign-in").await;
    for words in ["Firefox, Linux", "11.0.1.0/24", "It was not you?", "/recover"] {
        assert!(letter.text.contains(words), "{words:?}: {}", letter.text);
    }
    let page = phone.get("/account/activity").await;
    for words in ["A QR code for signing in was opened", "A computer was signed in by QR code"] {
        page.says(words);
    }
    phone.get("/account/devices").await.says("Firefox, Linux");
});

both!(x6_1_sign_out_on_one_side_leaves_the_other, |t| {
    t.account("anna").await;
    let mut computers = [computer(&t), computer(&t)];
    let mut phone = phone(&t, "anna").await;
    for computer in &mut computers {
        let screen = open(&t, computer).await;
        let page = scan(&mut phone, &screen).await;
        approve(&mut phone, &page, &screen.number).await;
        collect(computer).await;
    }
    let [mut one, mut other] = computers;
    one.post("/api/sign_out", &[]).await;
    assert!(!one.is_signed_in().await && phone.is_signed_in().await);
    phone.post("/api/sign_out", &[]).await;
    assert!(!phone.is_signed_in().await && other.is_signed_in().await);
    // It is no "Stay signed in".
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE persistent").await, 0);
    // The known browser is told of no second new device, and signs in as one.
    one.sign_in("anna", PASSWORD).await;
    assert_eq!(t.count(ANNA, "new-device").await, 1, "the phone's");
});

both!(x6_1_a_code_is_good_once, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    let mut copy = computer.clone();
    collect(&mut computer).await;
    assert!(computer.is_signed_in().await);
    // The same cookie once more, the same picture once more, the same approval once more.
    let replayed = copy.clone().json().post("/api/qr_collect", &[]).await;
    assert_eq!((replayed.status.as_u16(), &*replayed.error()), (410, "qr_gone"));
    collect(&mut copy).await.says("This code is no longer good");
    assert!(!copy.is_signed_in().await);
    let request = request_in(&page);
    let fields = [("request", &*request), ("number", &*screen.number), ("answer", "approve")];
    let replayed = phone.clone().json().post("/api/qr_answer", &fields).await;
    assert_eq!((replayed.status.as_u16(), &*replayed.error()), (410, "qr_gone"));
    let page = scan(&mut phone, &screen).await;
    assert!(!page.body.contains("/api/qr_answer"), "{}", page.words());
});

both!(x6_1_parallel_collects_give_one_session, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    let tries = (0..10).map(|_| {
        let mut tab = computer.clone().json();
        tokio::spawn(async move { tab.post("/api/qr_collect", &[]).await.status.as_u16() })
    });
    let mut statuses = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        statuses.push(tried.await.expect("an answer"));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 410).count(), 9, "{statuses:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 2, "the phone's and one more");
    assert_eq!(t.count(ANNA, "qr-sign-in").await, 1);
});

both!(x6_1_a_code_can_be_scanned_for_120_seconds, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    t.wait(120 * SECOND);
    scan(&mut phone, &screen).await.says("This code is no longer good");
    phone.get("/qr").await.says("On the computer, choose");
    let mut heard = listen(&t, &computer, "shown").await;
    assert!(heard.next().await.contains("This code has expired"));
    heard.ends().await;
    let page = computer.get("/sign-in/qr").await;
    page.says("This code has expired");
    assert!(!page.body.contains("http-equiv=\"refresh\""), "nothing to wait for");
    let answer = computer.post("/api/qr_new", &[("next", "/account/profile")]).await;
    assert_eq!(answer.location(), "/sign-in/qr?next=%2Faccount%2Fprofile");
    let fresh = open(&t, &mut computer).await;
    assert_ne!(fresh.picture, screen.picture);
    // One second before the end it can.
    t.wait(119 * SECOND);
    scan(&mut phone, &fresh).await.says("Number on the computer's screen");
});

both!(x6_1_there_are_five_minutes_to_answer_and_two_to_collect, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    t.wait(MINUTE);
    let page = scan(&mut phone, &screen).await;
    t.wait(5 * MINUTE);
    let late = approve(&mut phone, &page, &screen.number).await;
    late.says("This code is no longer good");
    computer.get("/sign-in/qr").await.says("This code has expired");
    assert!(!collect(&mut computer).await.words().contains("My account"));

    computer.post("/api/qr_new", &[]).await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    t.wait(5 * MINUTE - SECOND);
    approve(&mut phone, &page, &screen.number).await.says("The computer is being signed in.");
    t.wait(2 * MINUTE);
    collect(&mut computer).await.says("This code is no longer good");
    assert!(!computer.is_signed_in().await);
    // What was over long ago is no news: there is a code at once. And in the end it is forgotten.
    t.wait(HOUR);
    computer.get("/sign-in/qr").await.says("Number on this screen:");
    t.wait(3 * HOUR);
    crate::server::run::sweep(&t.app).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM qr_requests").await, 0);
});

both!(x6_1_a_second_scanner_is_told_and_can_do_nothing, |t| {
    for login in ["anna", "bert"] {
        t.account(login).await;
    }
    let mut computer = computer(&t);
    let (mut anna, mut bert) = (phone(&t, "anna").await, phone(&t, "bert").await);
    let mut tablet = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut anna, &screen).await;
    for late in [&mut bert, &mut tablet] {
        let told = scan(late, &screen).await;
        told.says("Scanned by another device");
        assert!(!told.words().contains("Firefox"), "nothing about the computer");
        // Knowing the id is of no use.
        let request = request_in(&page);
        for answer in ["approve", "deny"] {
            let fields = [("request", &*request), ("number", &*screen.number), ("answer", answer)];
            let refused = late.clone().json().post("/api/qr_answer", &fields).await;
            assert_eq!((refused.status.as_u16(), &*refused.error()), (410, "qr_gone"));
        }
        let typed =
            late.clone().json().post("/api/qr_type", &[("short_code", &screen.short)]).await;
        assert_eq!(typed.field("short_code"), "short_code_wrong");
    }
    approve(&mut anna, &page, &screen.number).await;
    let page = collect(&mut computer).await;
    page.says("Hello, anna");
});

both!(x6_1_only_the_browser_that_asked_hears_and_collects, |t| {
    t.account("anna").await;
    let mut asked = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut asked).await;
    let mut stranger = computer(&t);
    let theirs = open(&t, &mut stranger).await;
    assert_ne!(theirs.picture, screen.picture);
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    // No cookie, one that was made up, the token of the picture, and one of one's own.
    let made_up = Token::new(&t.app.random).expose();
    let picture = screen.picture.trim_start_matches("/qr/").to_owned();
    for cookie in [None, Some(made_up.as_str()), Some(picture.as_str())] {
        let answer = stream(&t, cookie, "shown").await;
        assert_eq!(answer.status(), 404);
        let mut thief = computer(&t).json();
        if let Some(cookie) = cookie {
            thief.set_cookie("qr", cookie);
        }
        let refused = thief.post("/api/qr_collect", &[]).await;
        assert_eq!((refused.status.as_u16(), &*refused.error()), (410, "qr_gone"));
    }
    assert_eq!(stranger.clone().json().post("/api/qr_collect", &[]).await.status, 410);
    stranger.get("/sign-in/qr").await.says("Point its camera");
    assert!(!stranger.is_signed_in().await);
    collect(&mut asked).await.says("Hello, anna");
});

both!(x6_1_one_wrong_number_ends_it, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    // What cannot be the number is a slip, and ends nothing.
    for slip in ["", "1", "123", "ab"] {
        approve(&mut phone, &page, slip).await.says("Please type the two digits");
    }
    let mut heard = listen(&t, &computer, "scanned").await;
    let told = approve(&mut phone, &page, other_number(&screen.number)).await;
    told.says("That was not the number");
    told.says("End all sessions and change password");
    assert!(heard.next().await.contains("A wrong number was typed on the phone"));
    let request = request_in(&page);
    let fields = [("request", &*request), ("number", &*screen.number), ("answer", "approve")];
    let refused = phone.clone().json().post("/api/qr_answer", &fields).await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (410, "qr_gone"));
    computer.get("/sign-in/qr").await.says("That was another number");
    collect(&mut computer).await;
    assert!(!computer.is_signed_in().await);
    phone.get("/account/activity").await.says("A computer was refused by QR code");
});

both!(x6_1_guessing_the_number_in_parallel_is_one_guess, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    let request = request_in(&page);
    let wrong = other_number(&screen.number);
    let guesses = (0..10).map(|_| {
        let (mut tab, request) = (phone.clone().json(), request.clone());
        tokio::spawn(async move {
            let fields = [("request", &*request), ("number", wrong), ("answer", "approve")];
            tab.post("/api/qr_answer", &fields).await.error()
        })
    });
    let mut errors = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        errors.push(guess.await.expect("an answer"));
    }
    let judged = errors.iter().filter(|error| *error == "qr_number_wrong").count();
    assert_eq!(judged, 1, "{errors:?}");
});

both!(x6_1_deny_is_as_easy_and_signs_nobody_in, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    let mut heard = listen(&t, &computer, "scanned").await;
    // Neither number nor password is asked for.
    let told = post_answer(&mut phone, &page, "", "", "deny").await;
    told.says("Nothing was signed in.");
    told.says("End all sessions and change password");
    assert!(heard.next().await.contains("Denied on the phone"));
    computer.get("/sign-in/qr").await.says("Denied on the phone");
    collect(&mut computer).await;
    assert!(!computer.is_signed_in().await);
    assert_eq!(t.count(ANNA, "qr-sign-in").await, 0);
    phone.get("/account/activity").await.says("A computer was refused by QR code");
    // Any other word is neither.
    let fields = [("request", "x"), ("answer", "perhaps")];
    assert_eq!(phone.json().post("/api/qr_answer", &fields).await.status, 400);
});

both!(x6_1_nothing_is_approved_or_collected_by_get, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    let (request, number) = (request_in(&page), &screen.number);
    let query = format!("request={request}&number={number}&answer=approve");
    for path in [
        format!("/api/qr_answer?{query}"),
        format!("/qr?{query}"),
        format!("{}?{query}", screen.picture),
        format!("/api/qr_type?short_code={}", screen.short),
    ] {
        phone.get(&path).await;
    }
    assert_eq!(phone.get("/api/qr_answer").await.status, 404);
    computer.get("/sign-in/qr").await.says("Now confirm on the phone");
    approve(&mut phone, &page, number).await;
    for path in ["/api/qr_collect", "/sign-in/qr?collect", "/sign-in/qr/stream?last=approved"] {
        computer.get(path).await;
    }
    assert_eq!(computer.get("/api/qr_collect").await.status, 404);
    assert!(!computer.is_signed_in().await);
    // And not from another site.
    computer.headers.push(("origin", "https://evil.example".to_owned()));
    assert_eq!(computer.post("/api/qr_collect", &[]).await.status, 403);
});

both!(x6_1_a_relayed_code_is_stopped_by_the_password, |t| {
    let engine = t.engine();
    let file = t.folder().join("places.mmdb");
    std::fs::write(&file, crate::tests::server::geo::file()).expect("written");
    let t = spawn_app_with(engine, |config| config.geoip_file = Some(file)).await;
    t.account("anna").await;
    // A stranger shows the code of his computer, and the number, on a page of his.
    let mut far = computer(&t).on_network(0x3000);
    let mut anna = phone(&t, "anna").await;
    let screen = open(&t, &mut far).await;
    let page = scan(&mut anna, &screen).await;
    page.says("We cannot tell that the computer is in your country.");
    approve(&mut anna, &page, &screen.number).await.says("Please fill in the password.");
    // A wrong password does not end the request, and is counted as everywhere.
    for _ in 0..4 {
        let answer = post_answer(&mut anna, &page, &screen.number, "not it", "approve").await;
        answer.says("This is not your password.");
    }
    post_answer(&mut anna, &page, &screen.number, "not it", "approve").await;
    let waiting = post_answer(&mut anna, &page, &screen.number, PASSWORD, "approve").await;
    waiting.says("Too many tries in a row.");
    assert!(!collect(&mut far).await.words().contains("My account"));
    t.wait(MINUTE);
    post_answer(&mut anna, &page, &screen.number, PASSWORD, "approve")
        .await
        .says("is being signed in");
    collect(&mut far).await.says("Hello, anna");

    // Another network of the same country: no password.
    let mut near = computer(&t).on_network(2);
    let screen = open(&t, &mut near).await;
    let page = scan(&mut anna, &screen).await;
    page.says("Hamburg, Germany");
    assert!(!page.body.contains(r#"name="password""#));
    approve(&mut anna, &page, &screen.number).await.says("is being signed in");
});

both!(x6_1_without_a_file_of_places_another_network_is_another_country, |t| {
    t.account("anna").await;
    let mut far = computer(&t).on_network(2);
    let mut anna = phone(&t, "anna").await;
    let screen = open(&t, &mut far).await;
    let page = scan(&mut anna, &screen).await;
    assert!(page.body.contains(r#"name="password""#), "{}", page.words());
    approve(&mut anna, &page, &screen.number).await.says("Please fill in the password.");
});

both!(x6_1_a_typed_short_code_asks_for_the_password, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    phone.get("/qr").await.says("Code from the computer");
    phone.submit("/api/qr_type", &[("short_code", " ")]).await.says("Please type the code");
    // As people type: small letters, spaces, O for 0.
    let typed = screen.short.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let page = phone.submit("/api/qr_type", &[("short_code", &typed)]).await;
    page.says("A typed code may come from somebody else.");
    page.says("Firefox, Linux");
    approve(&mut phone, &page, &screen.number).await.says("Please fill in the password.");
    let page = phone.get("/qr").await;
    let done = post_answer(&mut phone, &page, &screen.number, PASSWORD, "approve").await;
    done.says("The computer is being signed in.");
    collect(&mut computer).await.says("Hello, anna");
});

both!(x6_1_short_codes_cannot_be_guessed, |t| {
    for login in ["anna", "bert", "carl"] {
        t.account(login).await;
    }
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    // Per account, over all networks …
    let mut anna = phone(&t, "anna").await.json();
    for n in 10..15 {
        anna = anna.on_network(n);
        let answer = anna.post("/api/qr_type", &[("short_code", "00000000")]).await;
        assert_eq!(answer.field("short_code"), "short_code_wrong");
    }
    anna = anna.on_network(15);
    let answer = anna.post("/api/qr_type", &[("short_code", &screen.short)]).await;
    assert_eq!((answer.status.as_u16(), &*answer.error()), (429, "too_many_tries"));
    // … and per network, over all accounts.
    for (login, tries) in [("bert", 3), ("carl", 2)] {
        let mut browser = phone(&t, login).await.on_network(20).json();
        for _ in 0..tries {
            browser.post("/api/qr_type", &[("short_code", "00000000")]).await;
        }
    }
    let mut carl = phone(&t, "carl").await.on_network(20).json();
    let answer = carl.post("/api/qr_type", &[("short_code", &screen.short)]).await;
    assert_eq!((answer.status.as_u16(), &*answer.error()), (429, "too_many_tries"));
    t.wait(HOUR);
    let mut fresh = self::computer(&t);
    let screen = open(&t, &mut fresh).await;
    // Right ones are not counted, and nobody types without being signed in.
    for _ in 0..2 {
        let answer = carl.post("/api/qr_type", &[("short_code", &screen.short)]).await;
        assert!(answer.status.is_success() || answer.field("short_code") == "short_code_wrong");
    }
    let mut nobody = t.browser().json();
    assert_eq!(nobody.post("/api/qr_type", &[("short_code", &screen.short)]).await.status, 401);
});

both!(x6_1_a_raised_epoch_ends_requests, |t| {
    t.account("anna").await;
    const NEW: &str = "a completely new lamp";
    let change = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    let mut computer = computer(&t);
    let mut first = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut first, &screen).await;
    approve(&mut first, &page, &screen.number).await;
    // Between approval and collection the password is changed, in the very session that approved.
    first.submit("/api/change_password", &change).await.says("Your password was changed");
    collect(&mut computer).await.says("Something changed in the meantime.");
    assert!(!computer.is_signed_in().await);
    assert_eq!(t.count(ANNA, "qr-sign-in").await, 0);
    assert!(!collect(&mut computer).await.words().contains("My account"), "it is spent");
});

both!(x6_1_ending_the_session_that_approved_ends_the_request, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let (mut first, mut other) = (phone(&t, "anna").await, phone(&t, "anna").await);
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut first, &screen).await;
    approve(&mut first, &page, &screen.number).await;
    other.submit("/api/end_other_sessions", &[]).await;
    collect(&mut computer).await.says("Something changed in the meantime.");
    assert!(!computer.is_signed_in().await && other.is_signed_in().await);
});

both!(x6_1_staff_are_never_signed_in_by_qr, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    let mut tx = t.app.db.begin().await.expect("a transaction");
    let id = t.find("anna").await.id;
    tx.execute("UPDATE accounts SET role = 'operator' WHERE id = $1", args![&id])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    collect(&mut computer).await;
    assert!(!computer.is_signed_in().await, "a role that was given between");
    computer.post("/api/qr_new", &[]).await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    page.says("Staff sign in with password and mailed code only.");
    computer.get("/sign-in/qr").await.says("Point its camera");
    let refused = phone.json().post("/api/qr_type", &[("short_code", &screen.short)]).await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (403, "qr_staff"));
});

both!(x6_1_whoever_is_not_signed_in_signs_in_first_and_may_be_somebody_else, |t| {
    for login in ["anna", "bert"] {
        t.account(login).await;
    }
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    let mut phone = t.browser().on_network(1);
    let answer = scan(&mut phone, &screen).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (302, "/sign-in?next=%2Fqr"));
    let fields = [("login", "anna"), ("password", PASSWORD), ("next", "/qr")];
    let page = phone.submit("/api/sign_in", &fields).await;
    page.says("Signed in as anna. Not you?");
    let before = phone.clone();
    let answer = phone.post("/api/qr_other_account", &[]).await;
    assert_eq!(answer.location(), "/sign-in?next=%2Fqr");
    assert!(!before.clone().is_signed_in().await, "on the server, too");
    computer.get("/sign-in/qr").await.says("Point its camera");
    let fields = [("login", "bert"), ("password", PASSWORD), ("next", "/qr")];
    let page = phone.submit("/api/sign_in", &fields).await;
    page.says("Signed in as bert. Not you?");
    approve(&mut phone, &page, &screen.number).await;
    collect(&mut computer).await.says("Hello, bert");
});

both!(x6_1_taking_turns_does_not_keep_a_code_alive, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    let began = t.now();
    loop {
        let mut phone = phone(&t, "anna").await;
        let page = scan(&mut phone, &screen).await;
        if !page.body.contains("/api/qr_answer") {
            break;
        }
        t.wait(90 * SECOND);
        phone.post("/api/qr_other_account", &[]).await;
        t.wait(SECOND);
    }
    assert!(t.now() - began <= 10 * MINUTE + 91 * SECOND);
});

both!(p_codes_and_approvals_are_limited, |t| {
    t.account("anna").await;
    // Codes: thirty an hour from one network.
    for n in 0..30 {
        let page = computer(&t).get("/sign-in/qr").await;
        assert_eq!(page.status, 200, "{n}");
    }
    let page = computer(&t).get("/sign-in/qr").await;
    assert_eq!(page.status, 429);
    page.says("Too many tries from your network.");
    page.says("Sign in with a password");
    assert_eq!(computer(&t).json().post("/api/qr_new", &[]).await.status, 429);
    t.wait(HOUR);
    // Computers let in: ten an hour by one account.
    let mut phone = phone(&t, "anna").await;
    for n in 0..11 {
        let mut computer = computer(&t);
        let screen = open(&t, &mut computer).await;
        let page = scan(&mut phone, &screen).await;
        let told = approve(&mut phone, &page, &screen.number).await;
        told.says(if n < 10 { "is being signed in" } else { "Too many tries in a row." });
        phone.set_cookie("qr_answer", "");
    }
});

both!(x6_1_only_hashes_are_stored, |t| {
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    let secret = computer.cookie("qr").expect("a cookie");
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = t
        .app
        .db
        .all("SELECT token_hash, short_mac, browser_hash FROM qr_requests", Vec::new())
        .await
        .expect("rows");
    let [(picture, short, browser)] = &rows[..] else { panic!("one row") };
    for (name, stored) in [("picture", picture), ("short", short), ("browser", browser)] {
        let text = String::from_utf8_lossy(stored);
        assert_eq!(stored.len(), 32, "{name}");
        assert!(!text.contains(&secret) && !text.contains(&screen.short.replace('-', "")));
    }
});

#[tokio::test]
async fn a14_2_1_no_token_of_a_code_reaches_an_address_for_long_or_a_log() {
    let (log, _guard) = super::server::logs::captured();
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    assert!(!page.body.contains(screen.picture.trim_start_matches("/qr/")));
    approve(&mut phone, &page, &screen.number).await;
    let secret = computer.cookie("qr").expect("a cookie");
    collect(&mut computer).await;
    phone.post("/api/qr_type", &[("short_code", &screen.short)]).await;
    let log = log.text();
    assert!(log.contains("/qr/{token}") && log.contains("qr_approved"), "{log}");
    let short = screen.short.replace('-', "");
    for canary in [screen.picture.trim_start_matches("/qr/"), &secret, &screen.short, &short] {
        assert!(!log.contains(canary), "{canary:?} in the log");
    }
}

both!(sign_in_and_recovery_lead_to_the_code, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let link = r#"href="/sign-in/qr?next=%2Faccount%2Fprofile""#;
    let page = browser.get("/sign-in?next=/account/profile").await;
    assert!(page.body.contains(link), "{}", page.body);
    // From the second failure on the notice offers it, too.
    browser.sign_in("anna", "wrong").await;
    let page = browser.sign_in("anna", "wrong").await;
    page.says("Are you signed in on your phone? Then a QR code is enough.");
    let page = browser.submit("/api/recover", &[("login", "anna")]).await;
    page.says("Use a device where you are signed in");
    let nobody = t.browser().submit("/api/recover", &[("login", "nobody")]).await;
    nobody.says("Use a device where you are signed in");
    // Whoever is signed in has nothing to do there.
    let mut phone = phone(&t, "anna").await;
    let answer = phone.get("/sign-in/qr?next=/account/profile").await;
    assert_eq!(answer.location(), "/account/profile");
});

#[tokio::test]
async fn the_account_can_be_kept_on_the_home_screen() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    let mut browser = t.browser();
    let page = browser.get("/sign-in").await;
    assert!(page.body.contains(r#"rel="manifest" href="/manifest.webmanifest""#), "{}", page.body);
    assert!(page.body.contains(r#"rel="apple-touch-icon""#));
    let manifest = browser.get("/manifest.webmanifest").await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let json = manifest.json();
    assert_eq!(
        (&json["short_name"], &json["start_url"]),
        (&"Corner Shop".into(), &"/account".into())
    );
    assert_eq!(
        (&json["display"], &json["shortcuts"][0]["url"]),
        (&"standalone".into(), &"/qr/scan".into())
    );
    let sizes: Vec<_> =
        json["icons"].as_array().expect("icons").iter().map(|i| &i["sizes"]).collect();
    assert_eq!(sizes, ["192x192", "512x512", "512x512"]);
    let russian = browser.get("/manifest.webmanifest?lang=ru").await.json();
    assert_eq!(russian["shortcuts"][0]["name"], "Сканировать код");
    // The icons themselves.
    for (name, size) in [
        ("icon-192", 192),
        ("icon-512", 512),
        ("icon-maskable-512", 512),
        ("apple-touch-icon", 180),
    ] {
        let file =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("public/{name}.png"));
        let picture = image::open(file).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (size, size), "{name}");
    }
    // The camera is for one screen only.
    let mut phone = phone(&t, "anna").await;
    let scan = phone.get("/qr/scan").await;
    scan.says("Scan a code");
    assert!(scan.header("permissions-policy").starts_with("camera=(self)"));
    assert!(phone.get("/qr").await.header("permissions-policy").starts_with("camera=()"));
    assert_eq!(t.browser().get("/qr/scan").await.location(), "/sign-in?next=%2Fqr%2Fscan");
    assert_eq!(phone.get("/qr/no-token").await.status, 404);
}
