//! What every request passes through.

use crate::clock::minutes;
use http::{Method, header};

use super::account::PERSONAL;
use super::harness::{Engine, PASSWORD, db_test, spawn_app_with};

/// Pages besides [`PERSONAL`].
const SCREENS: [&str; 13] = [
    "/sign-in",
    "/register",
    "/register/code",
    "/recover",
    "/recover/method",
    "/recover/saved-code",
    "/recover/password",
    "/account/picture",
    "/recover/login",
    "/letter",
    "/letter/no-such-token",
    "/help/saved-passwords",
    "/no-such-page",
];

db_test!(a3_4_every_answer_has_the_security_headers, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let mut answers = Vec::new();
    for path in SCREENS.into_iter().chain(PERSONAL).chain([
        "/healthz",
        "/api/nothing",
        "/pkg/none.js",
        "/.well-known/change-password",
    ]) {
        answers.push((path, browser.get(path).await));
    }
    answers.push(("forbidden post", {
        let mut other = t.browser();
        other.headers.push(("sec-fetch-site", "cross-site".to_owned()));
        other.post("/api/sign_in", &[("login", "anna")]).await
    }));
    for (path, answer) in answers {
        let policy = answer.header("content-security-policy");
        for part in
            ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval "),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
        assert!(
            !answer.headers.contains_key("strict-transport-security"),
            "plain http on localhost"
        );
    }
});

db_test!(a14_3_nothing_personal_is_cached, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    for path in SCREENS.into_iter().chain(PERSONAL) {
        assert_eq!(browser.get(path).await.header("cache-control"), "no-store", "{path}");
    }
});

db_test!(a3_3_cookies_on_https, |t| {
    let t = spawn_app_with(t.engine(), |config| {
        config.base_url = "https://account.shop.example".parse().expect("an address");
    })
    .await;
    t.account("anna").await;
    let mut browser = t.browser();
    let answer = browser
        .post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD), ("remember", "on")])
        .await;
    let cookies: Vec<&str> =
        answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()).collect();
    assert!(
        cookies.iter().any(|c| c.starts_with("__Host-session="))
            && cookies.iter().any(|c| c.starts_with("__Host-device="))
    );
    for cookie in cookies {
        for part in ["__Host-", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age="] {
            assert!(cookie.contains(part), "{part} is missing: {cookie}");
        }
        assert!(!cookie.contains("Domain"));
    }
    let page = browser.get("/account").await;
    assert!(page.header("strict-transport-security").contains("max-age=63072000"));
    let recover = t.browser().get("/recover").await;
    assert!(recover.header("set-cookie").starts_with("__Host-browser="));
});

db_test!(a7_2_3_session_tokens_have_256_random_bits, |t| {
    t.account("anna").await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let mut browser = t.browser();
        browser.sign_in("anna", PASSWORD).await;
        let cookie = browser.cookie("session").expect("a session");
        assert_eq!(cookie.len(), 43, "32 bytes in base64");
        assert!(seen.insert(cookie), "another each time");
    }
});

db_test!(a3_5_cross_site_posts_are_refused, |t| {
    t.account("anna").await;
    let cases: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://localhost:3001"), ("sec-fetch-site", "same-site")],
        &[("origin", "https://localhost.evil.example:3000")],
    ];
    for headers in cases {
        for path in [
            "/api/sign_in",
            "/api/recover",
            "/api/register",
            "/api/sign_out",
            "/api/language",
            "/api/change_password",
        ] {
            for html in [true, false] {
                let mut browser = t.browser();
                browser.html = html;
                browser.headers =
                    headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
                let answer = browser.post(path, &[("login", "anna"), ("password", PASSWORD)]).await;
                assert_eq!(answer.status, 403, "{path} {headers:?}");
                assert!(browser.cookie("session").is_none());
                if html {
                    answer.assert_text("This came from another site");
                } else {
                    assert_eq!(answer.error(), "forbidden");
                }
            }
        }
    }
    for headers in [[("origin", "http://localhost:3000")], [("sec-fetch-site", "same-origin")]] {
        let mut browser = t.browser();
        browser.headers =
            headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        browser.post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD)]).await;
        assert!(browser.cookie("session").is_some(), "{headers:?}");
    }
});

db_test!(a3_5_only_forms_are_read, |t| {
    t.account("anna").await;
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
        let mut browser = t.browser().json();
        browser.headers.push(("content-type", kind.to_owned()));
        let body = format!("login=anna&password={}", PASSWORD.replace(' ', "+"));
        let answer = browser.request(Method::POST, "/api/sign_in", Some(body)).await;
        assert_eq!(answer.status, 400, "{kind}: {}", answer.body);
        assert!(browser.cookie("session").is_none());
    }
});

db_test!(a3_5_get_changes_nothing, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    for function in [
        "sign_out",
        "sign_in",
        "recover",
        "recover_email",
        "register",
        "change_password",
        "language",
    ] {
        let address = format!("/api/{function}?login=anna&password=x&lang=ru");
        let answer = browser.get(&address).await;
        // Redirects to the form, without the query of the address.
        assert_eq!(answer.status, 303, "{function}");
        assert!(!answer.location().contains('?'), "{function}: {}", answer.location());
        let answer = browser.clone().json().get(&address).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"), "{function}");
    }
    assert!(browser.is_signed_in().await);
    for path in SCREENS.into_iter().chain(PERSONAL) {
        browser.get(path).await;
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM flows").await, 0);
});

db_test!(a3_7_2_next_leads_only_to_listed_origins, |t| {
    t.account("anna").await;
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://user:pw@shop.example/",
        "http://shop.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "\r\nSet-Cookie: a=b",
        "////evil.example",
    ] {
        let mut browser = t.browser();
        let answer = browser
            .post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD), ("next", evil)])
            .await;
        let to = answer.location();
        let own = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\');
        assert!(own && answer.status == 303, "{evil:?} led to {to:?}");
        assert!(!browser.get("/sign-in").await.body.contains("evil"));
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("next", evil).finish();
        let page = t.browser().get(&format!("/sign-in?{query}")).await;
        assert!(
            !page.body.contains(r#"name="next" value="http"#)
                && !page.body.contains(r#"value="//"#),
            "{evil}"
        );
    }
    for good in ["https://shop.example/cart?x=1", "/account/profile#top"] {
        let answer = t
            .browser()
            .post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD), ("next", good)])
            .await;
        assert_eq!(answer.location(), good);
    }
});

db_test!(a3_7_2_letters_ignore_the_host_header, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.headers.push(("x-forwarded-host", "evil.example".to_owned()));
    browser.headers.push(("forwarded", "host=evil.example".to_owned()));
    browser.ask_for_code("anna").await;
    let email = t.email("anna@mail.example", "recovery-code").await;
    assert!(!email.text.contains("evil") && !email.html.contains("evil"));
    assert!(email.text.contains("http://localhost:3000"));
});

db_test!(a4_1_3_forwarded_addresses_are_believed_only_from_trusted_proxies, |t| {
    // The rightmost address that no trusted proxy wrote counts; anyone can write the ones to the left of it.
    t.account("anna").await;
    for spoofed in 0..5 {
        let mut browser = t.browser();
        browser.headers.push(("x-forwarded-for", format!("10.{spoofed}.0.1, 203.0.113.9")));
        browser.sign_in(&format!("user{spoofed}"), "wrong password").await;
    }
    let networks = t.number("SELECT COUNT(DISTINCT network) FROM events").await;
    assert_eq!(networks, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE network = '203.0.113.0/24'").await, 5);

    let direct = spawn_app_with(Engine::Sqlite, |config| config.trusted_proxies.clear()).await;
    let mut browser = direct.browser().on_network(5);
    browser.sign_in("anna", "wrong password").await;
    assert_eq!(
        direct.number("SELECT COUNT(*) FROM events WHERE network = '127.0.0.0/24'").await,
        1
    );
});

db_test!(au_a_megabyte_is_refused_fast, |t| {
    let mut browser = t.browser().json();
    let answer = browser
        .post("/api/sign_in", &[("login", "anna"), ("password", &"x".repeat(1 << 20))])
        .await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (413, "too_large"));
    // Within the limit of the body but longer than a password may be: refused without hashing.
    assert_eq!(browser.sign_in("anna", &"x".repeat(60_000)).await.status, 401);
});

db_test!(errors_have_a_page_of_their_own, |t| {
    let page = t.browser().get("/no-such-page").await;
    assert_eq!(page.status, 404);
    page.assert_text("There is nothing at this address");
    let json = t.browser().json().get("/no-such-page").await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (404, "not_found"));
    t.state.db.close().await;
    let page = t.browser().get("/account").await;
    assert_eq!(page.status, 302, "without a session cookie no database is asked");
    let mut browser = t.browser();
    browser.set_cookie("session", &"A".repeat(43));
    let page = browser.get("/account").await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "10"));
    page.assert_text("We cannot do this just now");
    let form =
        t.browser().json().post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD)]).await;
    assert_eq!((form.status.as_u16(), form.error().as_str()), (503, "unavailable"));
    assert_eq!(t.browser().get("/healthz").await.status, 200);
    assert_eq!(t.browser().get("/readyz").await.status, 503);
});

db_test!(language_switch_keeps_the_step_and_what_was_typed, |t| {
    let mut browser = t.browser();
    let typed = [
        ("lang", "ru"),
        ("screen", "/register?next=%2Faccount%2Fprofile"),
        ("login", "anna"),
        ("email", "anna@mail.example"),
        ("password", "my secret words"),
        ("code", "123456"),
    ];
    let answer = browser.post("/api/language", &typed).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/register?next=%2Faccount%2Fprofile")
    );
    let page = browser.get("/register?next=%2Faccount%2Fprofile").await;
    page.assert_text("Создать аккаунт");
    assert!(page.body.contains(r#"value="anna""#) && page.body.contains("anna@mail.example"));
    assert!(page.body.contains(r#"lang="ru""#) && page.body.contains("/account/profile"));
    assert!(!page.body.contains("my secret words") && !page.body.contains("123456"));
    // The cookie stays; a link may name another language.
    browser.get("/sign-in").await.assert_text("Войти");
    browser.get("/sign-in?lang=en").await.assert_text("Sign in");
    let evil =
        browser.post("/api/language", &[("lang", "ru"), ("screen", "https://evil.example/")]).await;
    assert_eq!(evil.location(), "/");
});

db_test!(language_follows_the_browser_and_then_the_account, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.headers.push(("accept-language", "fr, ru;q=0.8, en;q=0.5".to_owned()));
    browser.get("/sign-in").await.assert_text("Войти");
    browser.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    let mut own = browser.clone();
    own.headers.push(("sec-fetch-site", "none".to_owned()));
    own.get("/account?lang=ru").await.assert_text("Здравствуйте, anna!");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Здравствуйте, anna!");
    // A link on another site shows a language, but does not change the account's.
    let mut linked = browser.clone();
    linked.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    linked.get("/account?lang=en").await.assert_text("Hello, anna");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Здравствуйте, anna!");
});

db_test!(well_known_address_leads_to_the_change_of_password, |t| {
    let answer = t.browser().get("/.well-known/change-password").await;
    assert_eq!((answer.status.as_u16(), answer.location()), (302, "/account/profile/password"));
});

db_test!(development_mailbox_is_there_without_smtp_only, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    t.emails().await;
    t.browser().get("/dev/mail").await.assert_text("anna@mail.example");
    let emails = t.browser().json().get("/dev/mail.json").await.json();
    let first = &emails[0];
    for (key, value) in [
        ("to", "anna@mail.example"),
        ("kind", "recovery-code"),
        ("account", "anna"),
        ("at", "2026-11-13T14:03:00Z"),
    ] {
        assert_eq!(first[key].as_str(), Some(value), "{key}");
    }
    for key in ["subject", "text", "html"] {
        assert!(first[key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
});

db_test!(flash_is_bound_to_its_screen_and_to_five_minutes, |t| {
    let mut browser = t.browser();
    browser.post("/api/sign_in", &[("login", "anna"), ("password", "wrong password")]).await;
    let flash = browser.cookie("draft").expect("a draft");
    assert!(!flash.contains("anna"));
    assert!(!browser.clone().get("/recover").await.words().contains("not right"));
    let mut late = browser.clone();
    browser.get("/sign-in").await.assert_text("not right");
    t.advance(minutes(5));
    assert!(!late.get("/sign-in").await.words().contains("not right"));
    let mut forged = t.browser();
    forged.set_cookie("draft", &format!("{}A", &flash[..flash.len() - 1]));
    assert!(!forged.get("/sign-in").await.words().contains("not right"));
});
