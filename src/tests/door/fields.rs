//! NUL, doubled and bracketed names: in fields, addresses and cookies.

use std::collections::BTreeSet;

use http::Method;

use super::literals;
use crate::{
    domain::accounts::Role,
    tests::harness::{PASSWORD, db_test},
};

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
