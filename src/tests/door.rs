//! Malformed requests: refused like any invalid input, or ignored.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{body::Body, extract::ConnectInfo};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::{
    harness::{Engine, PASSWORD, TestApp, db_test, spawn_app, spawn_app_with},
    server::telemetry::captured,
};
use crate::{
    clock::{HOUR, minutes},
    domain::accounts::Role,
};

/// Sends one request whose headers may hold any bytes.
async fn ask(
    t: &TestApp,
    method: Method,
    path: &str,
    headers: &[(&str, &[u8])],
    body: &'static str,
) -> http::Response<String> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body)).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 4711))));
    let (parts, body) = t.router.clone().oneshot(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    http::Response::from_parts(parts, String::from_utf8_lossy(&body).into_owned())
}

async fn get(t: &TestApp, path: &str, headers: &[(&str, &[u8])]) -> http::Response<String> {
    ask(t, Method::GET, path, headers, "").await
}

fn said<'a>(answer: &'a http::Response<String>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

const HTML: (&str, &[u8]) = ("accept", b"text/html");

db_test!(a1_3_nul_is_refused_like_any_wrong_input, |t| {
    let admin = t.staff("olga", Role::Admin).await;
    t.account("anna").await;
    let mut signed_in = t.browser();
    signed_in.sign_in_and_prove("anna", PASSWORD).await;
    let mut staff = t.staff_browser(&admin).await;
    staff.prove(PASSWORD).await;
    // In every form field of the application, posted to every address that takes a form.
    let mut forms: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    forms.extend(literals("/api/"));
    assert!(forms.len() > 60, "{}", forms.len());
    let fields = field_names();
    assert!(fields.len() > 30 && fields.contains("login") && fields.contains("saved_code"));
    for form in &forms {
        for html in [true, false] {
            let mut browser = signed_in.clone();
            browser.html = html;
            // All of them at once, and in the name of a field.
            let all: Vec<String> = fields.iter().map(|name| format!("{name}=a%00b")).collect();
            for body in [all.join("&"), "lo%00gin=a".to_owned()] {
                let answer = browser.request(Method::POST, form, Some(body)).await;
                if html {
                    assert_eq!(answer.status, 303, "{form}");
                    let to = answer.location();
                    assert!(to.starts_with('/') && !to.contains("__"), "{form} leads to {to}");
                } else {
                    assert_eq!(
                        (answer.status.as_u16(), answer.error().as_str()),
                        (400, "malformed"),
                        "{form}"
                    );
                }
            }
        }
    }
    for (form, field) in [
        ("/api/sign_in", "login"),
        ("/api/sign_in", "password"),
        ("/api/register", "login"),
        ("/api/register", "email"),
        ("/api/recover", "login"),
        ("/api/recover_code", "code"),
        ("/api/find_login", "email"),
        ("/api/support_email", "email"),
        ("/api/end_session", "id"),
        ("/api/name_session", "id"),
        ("/api/name_session", "name"),
        ("/api/password_help", "password"),
        ("/api/check_registration_field", "value"),
        ("/api/operator_take", "conversation"),
        ("/api/operator_canned", "title"),
        ("/api/assisted_approve", "id"),
        ("/api/staff_role", "login"),
    ] {
        for mut browser in [t.browser(), signed_in.clone(), staff.clone()] {
            browser.html = false;
            let answer = browser.post(form, &[(field, "a\0b")]).await;
            assert_eq!(
                (answer.status.as_u16(), answer.error().as_str()),
                (400, "malformed"),
                "{form} {field}"
            );
        }
    }
    let file = ("picture", "image/png", b"x".as_slice());
    for form in ["/api/profile", "/api/support_begin"] {
        let mut browser = signed_in.clone().json();
        let answer =
            browser.upload(form, &[("display_name", "a\0b"), ("message", "a\0b")], file).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "malformed"), "{form}");
    }
    // In addresses and in cookies.
    let mut addresses = literals("/");
    addresses.extend(
        ["/letter/a%00b", "/qr/%00", "/support/picture/a%00b", "/operator/assisted/a%00b", "/%00"]
            .map(str::to_owned),
    );
    let queries = [
        "next",
        "lang",
        "kind",
        "before",
        "conversation",
        "edit",
        "into",
        "canned",
        "last",
        "way",
        "new",
    ];
    for path in &addresses {
        for mut browser in [t.browser(), signed_in.clone(), staff.clone()] {
            for cookie in
                ["session", "flow", "device", "draft", "qr", "letter", "lang", "conversation"]
            {
                let mut odd = browser.clone();
                odd.set_cookie(cookie, "a%00b");
                let answer = odd.request(Method::HEAD, path, None).await;
                assert!(!answer.status.is_server_error(), "{path} {cookie}: {}", answer.status);
            }
            let query: Vec<String> = queries.iter().map(|name| format!("{name}=a%00b")).collect();
            let path = format!("{path}?{}", query.join("&"));
            // Streams do not end.
            let answer = browser.request(Method::HEAD, &path, None).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
            if !path.contains("stream") {
                let answer = browser.get(&path).await;
                assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
            }
        }
    }
    let typing = staff.json().post("/api/operator_typing?conversation=%00", &[]).await;
    assert!(!typing.status.is_server_error(), "{}", typing.status);
});

/// Returns the addresses in the table of pages, without those with a parameter.
fn literals(beginning: &str) -> BTreeSet<String> {
    let table = include_str!("../app.rs");
    let quoted = table.split('"').skip(1).step_by(2).map(str::to_owned);
    quoted.filter(|text| text.starts_with(beginning) && !text.contains('{')).collect()
}

/// Returns the names of all fields that are on any page, or that a form reads.
fn field_names() -> BTreeSet<String> {
    fn search(folder: &std::path::Path, names: &mut BTreeSet<String>) {
        for entry in
            std::fs::read_dir(folder).expect("the sources").map(|entry| entry.expect("an entry"))
        {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("tests") {
                search(&path, names);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                let named = text.split("name=\"").skip(1).filter_map(|rest| rest.split_once('"'));
                names.extend(named.map(|(name, _)| name.to_owned()));
                let read = text.split("#[server(default)] ").skip(1);
                names.extend(read.filter_map(|rest| Some(rest.split_once(':')?.0.to_owned())));
            }
        }
    }
    let mut names = BTreeSet::new();
    search(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut names);
    names.retain(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    names
}

db_test!(a1_3_nul_below_the_door_is_no_outage, |t| {
    let found =
        t.state.db.fetch_one::<(String,)>("SELECT CAST($1 AS TEXT)", crate::args!["a\0b"]).await;
    assert_eq!(found.expect("the database answers").0, "a\u{fffd}b");
    let name = crate::args!["\0".to_owned()];
    let none = t
        .state
        .db
        .fetch_optional::<(String,)>("SELECT id FROM accounts WHERE login = $1", name)
        .await;
    let none = none.expect("the database answers");
    assert!(none.is_none());
});

db_test!(a1_3_doubled_and_bracketed_fields_are_refused_by_us, |t| {
    t.account("anna").await;
    for fields in ["login[]=a", "login=a&login=b", "login[x]=a", "login[a][b]=c"] {
        let body = format!("{fields}&password=green+lamp+seven");
        let mut browser = t.browser();
        browser.get("/sign-in").await;
        browser
            .headers
            .push(("referer", "http://localhost:3000/sign-in?next=%2Faccount".to_owned()));
        let answer = browser.request(Method::POST, "/api/sign_in", Some(body.clone())).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in"), "{fields}");
        browser.get("/sign-in").await.assert_text("could not be read");
        let mut program = t.browser().json();
        let answer = program.request(Method::POST, "/api/sign_in", Some(body)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (400, "malformed"),
            "{fields}"
        );
        assert!(!answer.headers.contains_key("serverfnerror"));
    }
    // The other fields that were typed are kept, and so is `next`.
    let mut browser = t.browser();
    browser.get("/register").await;
    let body = "email=anna%40mail.example&login=an&login=ann&next=%2Faccount%2Fprofile&password=my+secret+words";
    let answer = browser.request(Method::POST, "/api/register", Some(body.to_owned())).await;
    assert_eq!(answer.location(), "/register?next=%2Faccount%2Fprofile");
    let page = browser.get("/register?next=%2Faccount%2Fprofile").await;
    assert!(page.body.contains("anna@mail.example") && !page.body.contains("my secret words"));
    // The other readers of forms.
    for form in ["/api/profile", "/api/language", "/api/operator_note", "/api/export"] {
        let mut program = t.browser().json();
        program.sign_in("anna", PASSWORD).await;
        let answer = program.request(Method::POST, form, Some("lang=ru&lang=en".to_owned())).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "malformed"), "{form}");
    }
    let answer = t.browser().json().post("/api/no_such_form", &[("login", "a")]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (404, "not_found"));
});

db_test!(cookies_of_others_do_not_take_ours_away, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let session = browser.cookie("session").expect("a session");
    for (before, behind) in [
        ("city=Москва; ".as_bytes(), b"".as_slice()),
        (b"", "; city=Москва".as_bytes()),
        (b"x=\xff\xfe; ", b"; =; ;;; y=\x80"),
        (b"session=nonsense; ", b""),
        (b"session=; session=a%00b; ", b""),
        // A well-formed token that belongs to no session.
        (b"session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; ", b""),
        (b"", b"; session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let cookies = [before, b"session=", session.as_bytes(), behind].concat();
        let answer = get(&t, "/account", &[HTML, ("cookie", &cookies)]).await;
        assert_eq!(answer.status(), 200, "{:?}", String::from_utf8_lossy(&cookies));
        let cookies = [before, b"lang=ru", behind].concat();
        let answer = get(&t, "/sign-in", &[HTML, ("cookie", &cookies)]).await;
        assert!(answer.body().contains("lang=\"ru\""), "{:?}", String::from_utf8_lossy(&cookies));
    }
    // Signing out ends that session and no other.
    let cookies = format!("session={}; session={session}", "A".repeat(43));
    let form = ("content-type", b"application/x-www-form-urlencoded".as_slice());
    ask(&t, Method::POST, "/api/sign_out", &[form, ("cookie", cookies.as_bytes())], "").await;
    assert!(!browser.is_signed_in().await);
    for (cookies, language) in
        [("lang=de; lang=ru", "ru"), ("lang=ru; lang=de", "ru"), ("lang=en; lang=ru", "en")]
    {
        let answer = get(&t, "/sign-in", &[HTML, ("cookie", cookies.as_bytes())]).await;
        assert!(answer.body().contains(&format!("lang=\"{language}\"")), "{cookies}");
    }
});

db_test!(nobody_shadows_the_language_on_https, |t| {
    let t = spawn_app_with(t.engine(), |config| {
        config.base_url = "https://account.shop.example".parse().expect("an address");
    })
    .await;
    let answer = get(&t, "/sign-in?lang=ru", &[HTML]).await;
    let set: Vec<&str> = answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .filter(|cookie| cookie.contains("lang="))
        .collect();
    assert_eq!(set, ["__Host-lang=ru", "lang=ru"]);
    // The shop's own cookie comes first, because it was set first.
    let cookies = b"lang=en; __Host-lang=ru; lang=ru".as_slice();
    let answer = get(&t, "/sign-in", &[HTML, ("cookie", cookies)]).await;
    assert!(answer.body().contains("lang=\"ru\""));
});

db_test!(headers_with_foreign_bytes_are_read_as_far_as_they_are_ours, |t| {
    t.account("anna").await;
    for (name, value) in [
        ("accept", b"text/html, x/\xd0\x9c".as_slice()),
        ("accept", b"x/\xff;q=1, text/html;q=0.9"),
    ] {
        let answer = get(&t, "/sign-in", &[(name, value)]).await;
        assert!(answer.body().contains("<form"), "{value:?}");
        let answer = get(&t, "/account", &[(name, value)]).await;
        assert_eq!(answer.status(), 302, "{value:?}");
    }
    for languages in [b"\xd0\x9c, ru;q=0.8".as_slice(), b"ru, x-\xff", b"RU;Q=0.9, en;q=0.2"] {
        let answer = get(&t, "/sign-in", &[HTML, ("accept-language", languages)]).await;
        assert!(answer.body().contains("lang=\"ru\""), "{languages:?}");
    }
    let post = [
        ("content-type", b"application/x-www-form-urlencoded".as_slice()),
        ("x-forwarded-for", b"\xff\xfe, 203.0.113.9"),
        (
            "user-agent",
            b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 \xd0\x9c\xff",
        ),
    ];
    ask(&t, Method::POST, "/api/sign_in", &post, "login=anna&password=green+lamp+seven").await;
    let seen: (String, String) = t
        .state
        .db
        .fetch_one("SELECT network, user_agent FROM sessions", crate::args![])
        .await
        .expect("a session");
    assert_eq!(seen.0, "203.0.113.0/24");
    assert!(seen.1.contains("Firefox/140.0"), "{}", seen.1);
});

db_test!(a4_1_3_forwarded_addresses_are_read_as_proxies_write_them, |t| {
    for (forwarded, network) in [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.7:51234", "203.0.113.0/24"),
        ("2001:db8::7", "2001:db8::/56"),
        ("[2001:db8::7]", "2001:db8::/56"),
        ("[2001:db8::7]:4711", "2001:db8::/56"),
        ("\"[2001:db8::7]:4711\"", "2001:db8::/56"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.0/24"),
        ("unknown, 203.0.113.7 ", "203.0.113.0/24"),
        ("203.0.113.7:51234, 127.0.0.1:80,", "203.0.113.0/24"),
        ("unknown", "127.0.0.0/24"),
        ("_hidden", "127.0.0.0/24"),
        ("1.2.3.4, _SEVKISEK", "127.0.0.0/24"),
        ("203.0.113.7:port", "127.0.0.0/24"),
        ("fe80::1%eth0", "127.0.0.0/24"),
    ] {
        let headers = [("x-forwarded-for", forwarded.as_bytes())];
        let form = ("content-type", b"application/x-www-form-urlencoded".as_slice());
        ask(&t, Method::POST, "/api/sign_in", &[form, headers[0]], "login=nobody&password=x").await;
        let newest: (String,) = t
            .state
            .db
            .fetch_one(
                "SELECT network FROM events ORDER BY at DESC, id DESC LIMIT 1",
                crate::args![],
            )
            .await
            .expect("an event");
        assert_eq!(newest.0, network, "{forwarded}");
        t.advance(HOUR);
    }
});

#[tokio::test]
async fn what_a_proxy_forwards_and_nobody_understands_is_said_once() {
    let (sink, _guard) = captured();
    let t = spawn_app(Engine::Sqlite).await;
    let times =
        |sink: &super::server::telemetry::Sink| sink.text().matches("X-Forwarded-For").count();
    get(&t, "/sign-in", &[("x-forwarded-for", b"203.0.113.7:51234")]).await;
    assert_eq!(times(&sink), 0);
    for forwarded in [b"unknown".as_slice(), b"_hidden", b"secretplace"] {
        get(&t, "/sign-in", &[("x-forwarded-for", forwarded)]).await;
    }
    assert_eq!(times(&sink), 1, "{}", sink.text());
    assert!(!sink.text().contains("secretplace"));
}

db_test!(accept_is_read_as_it_is_meant, |t| {
    for (accept, html) in [
        ("text/html", true),
        ("Text/HTML", true),
        ("text/*", true),
        ("TEXT/*;q=0.1", true),
        ("application/xhtml+xml", true),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
        ("application/json, text/html;q=0.5", true),
        ("text/html; charset=utf-8; q=0.3", true),
        ("text/html;q=0", false),
        ("text/html;Q=0.000, */*", false),
        ("text/html;q=0, text/*", false),
        ("text/html ; q = 0", false),
        ("text/htmlx", false),
        ("x-text/html", false),
        ("application/json;why=\"text/html\"", false),
        ("application/json", false),
        ("*/*", false),
        ("", false),
    ] {
        let answer = get(&t, "/no-such-page", &[("accept", accept.as_bytes())]).await;
        let kind = if html { "text/html" } else { "application/json" };
        assert!(
            said(&answer, "content-type").starts_with(kind),
            "{accept}: {:?}",
            answer.headers()
        );
        // A form answers in the same way, never with the framework's own redirect.
        let headers = [
            ("accept", accept.as_bytes()),
            ("referer", b"http://localhost:3000/no-such-page".as_slice()),
            ("cookie", b"lang=en"),
            ("content-type", b"Application/X-WWW-Form-URLencoded; charset=utf-8"),
        ];
        let answer = ask(&t, Method::POST, "/api/sign_in", &headers, "login=anna&password=x").await;
        assert_eq!(answer.status() == StatusCode::SEE_OTHER, html, "{accept}");
        assert_eq!(answer.status().is_client_error(), !html, "{accept}");
        assert_eq!(said(&answer, "location"), if html { "/sign-in" } else { "" }, "{accept}");
    }
    // Two header lines form one list.
    let answer = get(&t, "/no-such-page", &[("accept", b"application/json"), HTML]).await;
    assert!(said(&answer, "content-type").starts_with("text/html"));
});

db_test!(a3_5_origin_is_compared_with_its_scheme, |t| {
    let t = spawn_app_with(t.engine(), |config| {
        config.base_url = "https://account.shop.example".parse().expect("an address");
    })
    .await;
    t.account("anna").await;
    let form = ("content-type", b"application/x-www-form-urlencoded".as_slice());
    let host = ("host", b"account.shop.example".as_slice());
    let fields = "login=anna&password=green+lamp+seven";
    for (origins, status) in [
        (vec!["https://account.shop.example"], 200),
        (vec!["http://account.shop.example"], 403),
        (vec!["HTTPS://account.shop.example"], 403),
        (vec!["https://account.shop.example:443"], 403),
        (vec!["https://account.shop.example", "http://account.shop.example"], 403),
        (vec!["null"], 403),
        (vec![""], 403),
        (vec![], 200),
    ] {
        let mut headers = vec![form, host];
        headers.extend(origins.iter().map(|origin| ("origin", origin.as_bytes())));
        let answer = ask(&t, Method::POST, "/api/sign_in", &headers, fields).await;
        assert_eq!(answer.status(), status, "{origins:?}");
        assert_eq!(answer.headers().contains_key("set-cookie"), status == 200, "{origins:?}");
    }
});

db_test!(a3_5_a_link_changes_the_language_of_no_account, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let language = async || {
        let of =
            t.state.db.fetch_one::<(String,)>("SELECT locale FROM accounts", crate::args![]).await;
        of.expect("an account").0
    };
    for site in [None, Some("cross-site"), Some("same-site"), Some("none, same-origin"), Some("")] {
        let mut linked = browser.clone();
        linked.headers.extend(site.map(|site| ("sec-fetch-site", site.to_owned())));
        let page = linked.get("/account?lang=ru").await;
        page.assert_text("Здравствуйте, anna!");
        assert!(page.header("set-cookie").starts_with("lang=ru"), "{site:?}");
        assert_eq!(language().await, "en", "{site:?}");
    }
    for site in ["same-origin", "none"] {
        let mut own = browser.clone();
        own.headers.push(("sec-fetch-site", site.to_owned()));
        own.request(Method::HEAD, "/account?lang=ru", None).await;
        assert_eq!(language().await, "en", "a look changes nothing");
        own.get("/account?lang=ru").await;
        assert_eq!(language().await, "ru", "{site}");
        own.get("/account?lang=en").await;
    }
});

db_test!(head_changes_nothing, |t| {
    let account = t.staff("olga", Role::Operator).await;
    t.account("anna").await;
    let mut browser = t.browser();
    browser.post("/api/sign_in", &[("login", "anna"), ("password", "wrong password")]).await;
    let looked = browser.request(Method::HEAD, "/sign-in", None).await;
    assert_eq!((looked.status.as_u16(), looked.header("set-cookie")), (200, ""));
    browser.get("/sign-in").await.assert_text("not right");

    browser.sign_in("anna", PASSWORD).await;
    let mut staff = t.staff_browser(&account).await;
    t.advance(minutes(20));
    let rows = async || {
        let mut rows = Vec::new();
        for sql in [
            "SELECT CAST(COUNT(*) AS BIGINT) FROM flows",
            "SELECT CAST(COUNT(*) AS BIGINT) FROM qr_requests",
            "SELECT CAST(COUNT(*) AS BIGINT) FROM events",
            "SELECT CAST(COUNT(*) AS BIGINT) FROM throttles",
            "SELECT CAST(COUNT(*) AS BIGINT) FROM shifts",
            "SELECT CAST(SUM(seen_at) AS BIGINT) FROM sessions",
        ] {
            rows.push(t.number(sql).await);
        }
        rows
    };
    let before = rows().await;
    for path in literals("/").into_iter().chain(["/letter/x".to_owned(), "/qr/x".to_owned()]) {
        for asking in [&mut browser, &mut staff] {
            let answer = asking.request(Method::HEAD, &path, None).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
            assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        }
    }
    assert_eq!(rows().await, before);
    // HEAD is answered like GET.
    assert_eq!(browser.request(Method::HEAD, "/account", None).await.status, 200);
    assert_eq!(t.browser().request(Method::HEAD, "/account", None).await.status, 302);
    // A stream sends its head, and no body follows.
    let head = staff.request(Method::HEAD, "/operator/stream", None).await;
    assert_eq!((head.status.as_u16(), head.header("content-type")), (200, "text/event-stream"));
});

db_test!(a_page_says_what_may_be_done_with_it, |t| {
    t.account("anna").await;
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X-ODD"] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        for (path, allow) in [
            ("/sign-in", "GET,HEAD"),
            ("/account", "GET,HEAD"),
            ("/support/stream", "GET,HEAD"),
            ("/healthz", "GET,HEAD"),
            ("/letter/x", "GET,HEAD"),
            ("/favicon.ico", "GET,HEAD"),
            ("/pkg/none.js", "GET,HEAD"),
        ] {
            let json = ask(&t, method.clone(), path, &[], "").await;
            assert_eq!(
                (json.status().as_u16(), said(&json, "allow")),
                (405, allow),
                "{method} {path}"
            );
            assert!(json.body().contains("method_not_allowed"), "{method} {path}: {}", json.body());
            let page = ask(&t, method.clone(), path, &[HTML], "").await;
            assert_eq!(
                (page.status().as_u16(), said(&page, "allow")),
                (405, allow),
                "{method} {path}"
            );
            assert!(page.body().contains("cannot be done at this address"), "{method} {path}");
        }
        if method != Method::POST {
            let answer = ask(&t, method.clone(), "/api/sign_in", &[HTML], "").await;
            assert_eq!(
                (answer.status().as_u16(), said(&answer, "allow")),
                (405, "POST"),
                "{method}"
            );
        }
        let answer = ask(&t, method.clone(), "/no-such-page", &[HTML], "").await;
        assert_eq!(answer.status(), 404, "{method}");
    }
    // The application has no address of this form.
    for (method, target) in [(Method::OPTIONS, "*"), (Method::CONNECT, "localhost:443")] {
        assert_eq!(ask(&t, method, target, &[HTML], "").await.status(), 404, "{target}");
    }
    for (path, allow) in [("/sign-in", "GET,HEAD"), ("/api/sign_in", "POST")] {
        let answer = ask(&t, Method::OPTIONS, path, &[HTML], "").await;
        assert_eq!((answer.status().as_u16(), said(&answer, "allow")), (204, allow));
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
});

db_test!(the_address_of_a_post_leads_back_to_its_form, |t| {
    // Every form has its page.
    for (form, _) in leptos::server_fn::axum::server_fn_paths() {
        let screen = crate::app::page_of(form).unwrap_or_else(|| panic!("{form} has no screen"));
        let answer = get(&t, &format!("{form}?login=anna&password=x"), &[HTML]).await;
        assert_eq!((answer.status().as_u16(), said(&answer, "location")), (303, screen), "{form}");
        assert!(!answer.headers().contains_key("set-cookie"), "{form}");
        let answer = get(&t, form, &[("accept", b"application/json")]).await;
        assert_eq!((answer.status().as_u16(), said(&answer, "allow")), (405, "POST"), "{form}");
    }
    for form in literals("/api/") {
        let answer = get(&t, &form, &[HTML]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form}");
    }
    let answer = get(&t, "/account/settings/codes/file", &[HTML]).await;
    assert_eq!(said(&answer, "location"), "/account/settings/codes");
    // The pages exist.
    let mut browser = t.browser();
    t.account("anna").await;
    browser.sign_in("anna", PASSWORD).await;
    for form in literals("/api/") {
        let screen = crate::app::page_of(&form).expect("a screen");
        let answer = browser.get(screen).await;
        let hidden = screen.starts_with("/operator") && answer.status == 404;
        let gone = ["/letter", "/recover/assisted/stop"].contains(&screen) && answer.status == 410;
        assert!(hidden || gone || !answer.status.is_client_error(), "{screen}: {}", answer.status);
    }
    assert_eq!(get(&t, "/api/no_such_form", &[HTML]).await.status(), 404);
});

db_test!(statuses_of_files_keep_their_meaning, |t| {
    let site = t.state.config.site_root.clone();
    std::fs::write(site.join("favicon.ico"), include_bytes!("../../public/favicon.ico"))
        .expect("written");
    std::fs::write(site.join("pkg/some.js"), "0123456789").expect("written");
    for path in ["/favicon.ico", "/pkg/some.js"] {
        let whole = get(&t, path, &[]).await;
        assert_eq!(whole.status(), 200, "{path}");
        let length =
            whole.headers().get("content-length").and_then(|l| l.to_str().ok()).expect("a length");
        let beyond = get(&t, path, &[HTML, ("range", b"bytes=99999999-")]).await;
        assert_eq!(beyond.status(), 416, "{path}");
        assert_eq!(said(&beyond, "content-range"), format!("bytes */{length}"), "{path}");
        assert_eq!(said(&beyond, "cache-control"), "no-store", "{path}");
        let part = get(&t, path, &[("range", b"bytes=0-3")]).await;
        assert_eq!(part.status(), 206, "{path}");
        let since = said(&whole, "last-modified").to_owned();
        let same = get(&t, path, &[("if-modified-since", since.as_bytes())]).await;
        assert_eq!(same.status(), 304, "{path}");
        let changed = [("if-unmodified-since", b"Fri, 01 Jan 1999 00:00:00 GMT".as_slice())];
        assert_eq!(get(&t, path, &changed).await.status(), 412, "{path}");
        let other = get(&t, path, &[HTML, ("if-match", b"\"another\"")]).await;
        assert_eq!(other.status(), 412, "{path}");
        assert!(said(&other, "content-type").starts_with("text/html"), "{path}");
    }
    let none = get(&t, "/pkg/none.js", &[HTML]).await;
    assert_eq!((none.status().as_u16(), said(&none, "cache-control")), (404, "no-store"));
});

db_test!(there_is_an_icon_for_whoever_asks_by_habit, |t| {
    let icon = include_bytes!("../../public/favicon.ico");
    assert_eq!(icon[..4], [0, 0, 1, 0], "an icon");
    std::fs::write(t.state.config.site_root.join("favicon.ico"), icon).expect("written");
    let answer = t.browser().get("/favicon.ico").await;
    assert_eq!((answer.status.as_u16(), answer.bytes.as_slice()), (200, icon.as_slice()));
    assert_eq!(answer.header("cache-control"), "public, max-age=86400");
    assert!(answer.header("content-type").contains("icon"), "{}", answer.header("content-type"));
});

db_test!(a_slash_too_many_leads_to_the_page, |t| {
    for (path, to) in [
        ("/sign-in/", "/sign-in"),
        ("/sign-in/?next=%2Faccount&lang=ru", "/sign-in?next=%2Faccount&lang=ru"),
        ("/recover/code//", "/recover/code"),
        ("/account/", "/account"),
    ] {
        for accept in ["text/html", "application/json"] {
            let answer = get(&t, path, &[("accept", accept.as_bytes())]).await;
            assert_eq!((answer.status().as_u16(), said(&answer, "location")), (308, to), "{path}");
        }
    }
    for path in
        ["//evil.example/", "/\\evil.example/", "//evil.example//", "/%5Cevil.example/", "//"]
    {
        let answer = get(&t, path, &[HTML]).await;
        let to = said(&answer, "location");
        assert!(
            !to.starts_with("//") && !to.contains('\\') && !to.starts_with("http"),
            "{path}: {to}"
        );
    }
    let home = get(&t, "/", &[HTML]).await;
    assert_eq!((home.status().as_u16(), said(&home, "location")), (303, "/sign-in"));
});

db_test!(a_cookie_is_set_once_in_an_answer, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let mut answers = vec![browser.post("/api/recover", &[("login", "anna")]).await];
    answers.push(browser.post("/api/sign_in", &[("login", "anna"), ("password", "x")]).await);
    answers.push(
        browser
            .post(
                "/api/sign_in?lang=ru",
                &[("login", "anna"), ("password", PASSWORD), ("remember", "on")],
            )
            .await,
    );
    answers.push(
        browser.post("/api/language?lang=en", &[("lang", "ru"), ("screen", "/account")]).await,
    );
    answers.push(browser.get("/account?lang=en").await);
    answers.push(browser.post("/api/sign_out", &[]).await);
    for answer in answers {
        let names: Vec<&str> = answer
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split('=').next())
            .collect();
        let once: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), once.len(), "{names:?}");
    }
});

db_test!(a3_7_2_a_name_before_our_host_does_not_cut_next, |t| {
    t.account("anna").await;
    for (next, to) in [
        ("http://user@localhost:3000/account/profile?x=1#top", "/account/profile?x=1#top"),
        ("http://user:word@localhost:3000/account/profile", "/account/profile"),
        ("http://LOCALHOST:3000/account/profile", "/account/profile"),
        ("http://user@localhost:3000", "/"),
        ("//user@localhost:3000//evil.example", "/evil.example"),
    ] {
        let fields = [("login", "anna"), ("password", PASSWORD), ("next", next)];
        let answer = t.browser().post("/api/sign_in", &fields).await;
        assert_eq!(answer.location(), to, "{next}");
    }
});
