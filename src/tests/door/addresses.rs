//! Addresses and methods: what a link changes, what HEAD changes, what is answered and where it leads.

use http::{Method, StatusCode};

use super::{HTML, ask, get, literals, said};
use crate::{
    clock::minutes,
    domain::accounts::Role,
    tests::harness::{PASSWORD, db_test},
};

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
    std::fs::write(site.join("favicon.ico"), include_bytes!("../../../public/favicon.ico"))
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
    let icon = include_bytes!("../../../public/favicon.ico");
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
