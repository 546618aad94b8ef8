//! Headers and cookies: foreign bytes, what proxies forward, accepted types, origins.

use std::collections::BTreeSet;

use http::{Method, StatusCode, header};

use super::{HTML, ask, get, said};
use crate::{
    clock::HOUR,
    tests::{
        harness::{Engine, PASSWORD, db_test, spawn_app, spawn_app_with},
        server::telemetry::captured,
    },
};

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
    let times = |sink: &crate::tests::server::telemetry::Sink| {
        sink.text().matches("X-Forwarded-For").count()
    };
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
