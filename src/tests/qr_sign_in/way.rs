//! The flow of a shopper: requested, scanned, answered, collected.

use crate::{clock::SECOND, islands::QrStep};

use super::{
    super::harness::{Engine, PASSWORD, db_test, spawn_app},
    ANNA, approve, collect, computer, listen, open, other_number, phone, post_answer, read,
    request_in, scan, status,
};

db_test!(x6_1_the_whole_way, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let page = computer.get("/sign-in/qr?next=/account/profile").await;
    page.assert_text("Point its camera at the picture");
    page.assert_text("2:00");
    assert!(page.body.contains(r#"role="img""#) && page.body.contains("<noscript><meta"));
    let screen = read(&t, &computer, &page);
    let again = computer.get("/sign-in/qr?next=/account/profile").await;
    let again = read(&t, &computer, &again);
    assert_eq!((&again.picture, &again.number), (&screen.picture, &screen.number), "a reload");

    let mut heard = listen(&t, &computer, "shown").await;
    t.advance(30 * SECOND);
    let page = scan(&mut phone, &screen).await;
    for words in ["Firefox, Linux", "11.0.1.0/24", "30 seconds ago", "Signed in as anna."] {
        page.assert_text(words);
    }
    page.assert_text("Approve only if this computer is in front of you.");
    assert!(!page.body.contains(r#"name="password""#), "the same network");
    let event = heard.next().await;
    assert!(event.contains("event: update") && event.contains("id: scanned"), "{event}");
    let told = status(&event);
    assert_eq!(told.step, QrStep::Scanned(screen.number.clone()), "with more to come");
    assert_eq!(told.title, "Now confirm on the phone");
    computer.get("/sign-in/qr").await.assert_text("Now confirm on the phone");

    approve(&mut phone, &page, &screen.number)
        .await
        .assert_text("The computer is being signed in.");
    let event = heard.next().await;
    assert_eq!(status(&event).step, QrStep::Approved, "nothing more to hear");
    heard.ends().await;
    let page = computer.get("/sign-in/qr?next=/account/profile").await;
    page.assert_text("Approved");
    assert!(page.body.contains(r#"action="/api/qr_collect""#), "{}", page.body);
    assert!(!computer.is_signed_in().await, "looking signs nobody in");
    let before = computer.cookie("device");
    let answer = computer.post("/api/qr_collect", &[("next", "/account/profile")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account/profile"));
    assert!(computer.is_signed_in().await && phone.is_signed_in().await);
    assert!(
        before.is_none() && computer.cookie("device").is_some() && computer.cookie("qr").is_none()
    );

    let email = t.email(ANNA, "qr-sign-in").await;
    for words in ["Firefox, Linux", "11.0.1.0/24", "It was not you?", "/recover"] {
        assert!(email.text.contains(words), "{words:?}: {}", email.text);
    }
    let page = phone.get("/account/activity").await;
    for words in
        ["A QR code for signing in was opened", "Sign-in on a computer approved by QR code"]
    {
        page.assert_text(words);
    }
    phone.get("/account/devices").await.assert_text("Firefox, Linux");
});

db_test!(x6_1_sign_out_on_one_side_leaves_the_other, |t| {
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
    // It is not a "Stay signed in" session.
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE persistent").await, 0);
    // The known browser causes no second new-device email, and signs in as a known one.
    one.sign_in("anna", PASSWORD).await;
    assert_eq!(t.count(ANNA, "new-device").await, 1, "the phone's");
});

db_test!(x6_1_deny_is_as_easy_and_signs_nobody_in, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    let mut heard = listen(&t, &computer, "scanned").await;
    // Neither the number nor the password is required.
    let told = post_answer(&mut phone, &page, "", "", "deny").await;
    told.assert_text("The computer was not signed in.");
    told.assert_text("End all sessions and change password");
    let told = status(&heard.next().await);
    assert_eq!((told.step, &*told.title), (QrStep::Refused, "Denied on the phone"));
    computer.get("/sign-in/qr").await.assert_text("Denied on the phone");
    collect(&mut computer).await;
    assert!(!computer.is_signed_in().await);
    assert_eq!(t.count(ANNA, "qr-sign-in").await, 0);
    phone.get("/account/activity").await.assert_text("Sign-in on a computer denied by QR code");
    // Any other word is invalid.
    let fields = [("request", "x"), ("answer", "perhaps")];
    assert_eq!(phone.json().post("/api/qr_answer", &fields).await.status, 400);
});

db_test!(x6_1_whoever_is_not_signed_in_signs_in_first_and_may_be_somebody_else, |t| {
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
    page.assert_text("Signed in as anna. Not you?");
    let before = phone.clone();
    let answer = phone.post("/api/qr_other_account", &[]).await;
    assert_eq!(answer.location(), "/sign-in?next=%2Fqr");
    assert!(!before.clone().is_signed_in().await, "on the server, too");
    computer.get("/sign-in/qr").await.assert_text("Point its camera");
    let fields = [("login", "bert"), ("password", PASSWORD), ("next", "/qr")];
    let page = phone.submit("/api/sign_in", &fields).await;
    page.assert_text("Signed in as bert. Not you?");
    approve(&mut phone, &page, &screen.number).await;
    collect(&mut computer).await.assert_text("Hello, bert");
});

db_test!(sign_in_and_recovery_lead_to_the_code, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let link = r#"href="/sign-in/qr?next=%2Faccount%2Fprofile""#;
    let page = browser.get("/sign-in?next=/account/profile").await;
    assert!(page.body.contains(link), "{}", page.body);
    // From the second failure on the notice offers it, too.
    browser.sign_in("anna", "wrong").await;
    let page = browser.sign_in("anna", "wrong").await;
    page.assert_text("Are you signed in on your phone? Then a QR code is enough.");
    let page = browser.submit("/api/recover", &[("login", "anna")]).await;
    page.assert_text("Use a device where you are signed in");
    let nobody = t.browser().submit("/api/recover", &[("login", "nobody")]).await;
    nobody.assert_text("Use a device where you are signed in");
    // A signed-in browser is redirected.
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
    // The icon files.
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
    // The camera is allowed on one page only.
    let mut phone = phone(&t, "anna").await;
    let scan = phone.get("/qr/scan").await;
    scan.assert_text("Scan a code");
    assert!(scan.header("permissions-policy").starts_with("camera=(self)"));
    assert!(phone.get("/qr").await.header("permissions-policy").starts_with("camera=()"));
    assert_eq!(t.browser().get("/qr/scan").await.location(), "/sign-in?next=%2Fqr%2Fscan");
    assert_eq!(phone.get("/qr/no-token").await.status, 404);
}

db_test!(after_one_that_came_to_nothing_the_next_code_is_typed_at_once, |t| {
    t.account("anna").await;
    let mut phone = phone(&t, "anna").await;
    for (typed, end) in
        [(true, "deny"), (false, "deny"), (true, "wrong"), (false, "wrong"), (false, "taken")]
    {
        let screen = open(&t, &mut computer(&t)).await;
        let page = if typed {
            phone.submit("/api/qr_type", &[("short_code", &screen.short)]).await
        } else if end == "taken" {
            let mut quicker = super::phone(&t, "anna").await;
            scan(&mut quicker, &screen).await;
            scan(&mut phone, &screen).await
        } else {
            scan(&mut phone, &screen).await
        };
        let told = match end {
            "deny" => post_answer(&mut phone, &page, "", "", "deny").await,
            "wrong" => {
                let number = other_number(&screen.number);
                post_answer(&mut phone, &page, number, PASSWORD, "approve").await
            }
            _ => page,
        };
        assert!(told.body.contains("name=\"short_code\""), "{end}: {}", told.words());
        // A typing error is reported there, too.
        let slip = phone.submit("/api/qr_type", &[("short_code", "12")]).await;
        assert!(slip.body.contains("aria-invalid"), "{end}: {}", slip.words());
        let next = open(&t, &mut computer(&t)).await;
        let page = phone.submit("/api/qr_type", &[("short_code", &next.short)]).await;
        page.assert_text("Approve");
        assert!(post_answer(&mut phone, &page, "", "", "deny").await.status.is_success());
    }
});

db_test!(the_phone_is_told_that_it_approved_however_quick_the_computer_was, |t| {
    t.account("anna").await;
    let mut phone = phone(&t, "anna").await;
    for typed in [true, false] {
        let mut computer = computer(&t);
        let screen = open(&t, &mut computer).await;
        let page = if typed {
            phone.submit("/api/qr_type", &[("short_code", &screen.short)]).await
        } else {
            scan(&mut phone, &screen).await
        };
        // The computer receives the answer at once, before the phone has its next page.
        let request = request_in(&page);
        let fields = [
            ("request", &*request),
            ("number", &screen.number),
            ("password", PASSWORD),
            ("answer", "approve"),
        ];
        assert_eq!(phone.post("/api/qr_answer", &fields).await.location(), "/qr");
        let mut unheard = computer.clone();
        collect(&mut computer).await.assert_text("Hello, anna");
        phone.get("/qr").await.assert_text("The computer is being signed in.");
        // A second press gets the same answer.
        let twice = phone.submit("/api/qr_answer", &fields).await;
        twice.assert_text("The computer is being signed in.");
        assert!(!twice.words().contains("no longer good"), "{}", twice.words());
        // The next computer need not wait, and a typing error is reported.
        let slip = phone.submit("/api/qr_type", &[("short_code", "12")]).await;
        assert!(slip.body.contains("aria-invalid"), "{}", slip.words());
        // A computer that did not receive its session starts again.
        assert_ne!(open(&t, &mut unheard).await.picture, screen.picture);
    }
    let next = open(&t, &mut computer(&t)).await;
    let page = phone.submit("/api/qr_type", &[("short_code", &next.short)]).await;
    page.assert_text("Approve only if");
    post_answer(&mut phone, &page, "", "", "deny").await.assert_text("Denied");
});
