//! Names as people write them: addresses beyond ASCII, invisible characters, scripts, look-alikes, reserved names.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    args,
    clock::DAY,
    domain::{
        accounts::{self, CreateError, NewAccount, Role},
        values::{EmailAddress, Login},
    },
    i18n::Locale,
};

async fn register(browser: &mut Browser, login: &str, email: &str) -> Answer {
    browser
        .submit("/api/register", &[("login", login), ("email", email), ("password", PASSWORD)])
        .await
}

/// Returns the field error of a registration with this login, from a network of its own.
async fn refusal(t: &TestApp, network: u32, login: &str) -> String {
    let mut browser = t.browser().json().on_network(network);
    let email = format!("new{network}@mail.example");
    let answer = register(&mut browser, login, &email).await;
    if answer.status.is_success() { String::new() } else { answer.field("login") }
}

db_test!(host_beyond_ascii_is_one_address_however_it_is_written, |t| {
    const WIRE: &str = "Anna@xn--bcher-kva.example";
    let mut browser = t.browser();
    let page = register(&mut browser, "anna", "Anna@BÜCHER.example").await;
    page.assert_text("Anna@bücher.example");
    let code = t.code(WIRE, "confirm-address").await;
    let page = browser.submit("/api/register_code", &[("code", &code)]).await;
    page.assert_text("Anna@bücher.example");
    assert_eq!(t.find("anna").await.email, WIRE, "as letters travel");
    assert!(t.email(WIRE, "welcome").await.text.contains("Anna@bücher.example"));
    t.advance(DAY);
    for typed in ["anna@bücher.example", "anna@xn--bcher-kva.example", "ANNA@bu\u{308}cher.example"]
    {
        assert_eq!(t.browser().json().sign_in(typed, PASSWORD).await.status, 200, "{typed}");
        register(&mut t.browser(), "bert", typed).await.assert_text("Confirm your e-mail");
    }
    assert_eq!(t.count(WIRE, "confirm-address").await, 1, "nobody else gets it");
    assert_eq!(t.count(WIRE, "address-in-use").await, 1, "and its owner is told, once a day");
    t.advance(DAY);
    t.browser().ask_for_code("anna@bücher.example").await;
    assert_eq!(t.count(WIRE, "recovery-code").await, 1);
    let page = t.browser().submit("/api/find_login", &[("email", "anna@bücher.example")]).await;
    page.assert_text("A letter is on its way");
    assert_eq!(t.count(WIRE, "login-reminder").await, 1);
});

db_test!(mailboxes_that_differ_in_a_letter_are_two, |t| {
    t.account_with("berta", "straße@mail.example", PASSWORD).await;
    t.account_with("carla", "strasse@mail.example", PASSWORD).await;
    assert_eq!(t.find("STRAßE@mail.example").await.login, "berta");
    assert_eq!(t.find("Strasse@mail.example").await.login, "carla");
    t.browser().ask_for_code("strasse@mail.example").await;
    assert_eq!(t.count("strasse@mail.example", "recovery-code").await, 1);
    assert_eq!(t.emails().await.len(), 1, "and to nobody else");
});

db_test!(what_cannot_be_seen_is_dropped_wherever_a_name_is_read, |t| {
    let unseen = ['\u{200b}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{200e}', '\u{202c}', '\u{200d}'];
    for (n, c) in (0..).zip(unseen) {
        let (login, email) = (format!("anna-{n}{n}"), format!("anna{n}@mail.example"));
        let (half, rest) = (format!("{c}\u{a0}an"), format!("na-{n}{n}{c} "));
        let typed = format!("{half}{c}{rest}");
        let address = format!(" {c}an{c}na{n}@mail.exam{c}ple{c}");
        let mut browser = t.browser().on_network(n);
        register(&mut browser, &typed, &address).await.assert_text(&email);
        let code = t.code(&email, "confirm-address").await;
        let page = browser.submit("/api/register_code", &[("code", &code)]).await;
        page.assert_text(&format!("Hello, {login}"));
        let anna = t.find(&login).await;
        assert_eq!((anna.login.as_str(), anna.email.as_str()), (login.as_str(), email.as_str()));
        for name in [&typed, &address, &format!("{login}{c}"), &email] {
            let mut browser = t.browser().json().on_network(n);
            assert_eq!(browser.sign_in(name, PASSWORD).await.status, 200, "{name:?}");
        }
        let mut browser = t.browser().on_network(n);
        browser.ask_for_code(&typed).await;
        assert_eq!(t.count(&email, "recovery-code").await, 1, "{c:?}");
        browser.submit("/api/find_login", &[("email", &address)]).await;
        assert_eq!(t.count(&email, "login-reminder").await, 1, "{c:?}");
        let mut owner = t.browser().json().on_network(n);
        owner.sign_in_and_prove(&login, PASSWORD).await;
        assert_eq!(
            owner.post("/api/login", &[("login", &typed)]).await.field("login"),
            "login_same"
        );
        assert_eq!(
            owner.post("/api/email", &[("email", &address)]).await.field("email"),
            "email_same"
        );
    }
});

db_test!(address_at_a_number_is_refused_at_the_field, |t| {
    t.account("anna").await;
    let mut owner = t.browser().json();
    owner.sign_in_and_prove("anna", PASSWORD).await;
    for typed in [
        "a@10.0.0.5",
        "a@[127.0.0.1]",
        "a@[IPv6:2001:db8::1]",
        "a@shop.123",
        "a@１０.0.0.5",
        "a@shop.0x7f",
    ] {
        let answer = register(&mut t.browser().json(), "bert", typed).await;
        assert_eq!(answer.field("email"), "email_number", "{typed}");
        let answer = owner.post("/api/email", &[("email", typed)]).await;
        assert_eq!(answer.field("email"), "email_number", "{typed}");
        let answer = t.browser().json().post("/api/find_login", &[("email", typed)]).await;
        assert_eq!(answer.field("email"), "email_number", "{typed}");
    }
    register(&mut t.browser(), "bert", "a@10.0.0.5")
        .await
        .assert_text("What follows the @ is a number");
    let emails = t.emails().await;
    assert!(emails.iter().all(|message| message.kind == "new-device"), "of the owner's sign-in");
    register(&mut t.browser(), "bert", "a@3com.example").await.assert_text("Confirm your e-mail");
});

db_test!(login_may_be_of_every_script_that_people_write, |t| {
    let names = [
        "田中さくら",
        "サクラ田中",
        "हिन्दी",
        "ที่รัก",
        "தமிழ்",
        "김철수",
        "李小龙abc",
        "ㄅㄆ注音",
        "עברית",
        "محمد",
        "ქართული",
        "Ἀθῆναι",
        "Đặng_Thị",
        "ⵜⵉⴼⵉⵏⴰⵖ",
        "น้ำใส",
    ];
    for (n, name) in (0..).zip(names) {
        let mut browser = t.browser().on_network(n);
        let email = format!("who{n}@mail.example");
        register(&mut browser, name, &email).await.assert_text("Confirm your e-mail");
        let code = t.code(&email, "confirm-address").await;
        browser
            .submit("/api/register_code", &[("code", &code)])
            .await
            .assert_text(&format!("Hello, {name}"));
        assert_eq!(t.browser().json().sign_in(name, PASSWORD).await.status, 200, "{name}");
    }
    for (n, (name, kind)) in (100..).zip([
        ("аdmin1", "login_mixed_scripts"),
        ("Ωmega", "login_mixed_scripts"),
        ("さくらан", "login_mixed_scripts"),
        ("anna٣٤", "login_mixed_scripts"),
        ("हिन्दी1२", "login_mixed_scripts"),
        ("\u{301}anna", "login_characters"),
        ("an_\u{301}na", "login_characters"),
        ("anna\u{323}\u{323}", "login_characters"),
        ("an.na", "login_characters"),
        ("ann🦊", "login_characters"),
        ("\u{3164}\u{3164}\u{3164}", "login_missing"),
    ]) {
        assert_eq!(refusal(&t, n, name).await, kind, "{name:?}");
    }
});

db_test!(dotted_capital_is_the_same_person, |t| {
    t.account_with("İpek", "ipek@mail.example", PASSWORD).await;
    for (n, name) in (0..).zip(["ipek", "IPEK", "İPEK", "i\u{307}pek", "ıpek"]) {
        assert_eq!(refusal(&t, n, name).await, "login_taken", "{name}");
    }
    for name in ["ipek", "İpek", "IPEK", "i\u{307}pek"] {
        assert_eq!(t.browser().json().sign_in(name, PASSWORD).await.status, 200, "{name}");
    }
});

db_test!(look_alike_of_a_login_is_taken_and_signs_nobody_in, |t| {
    t.account("limes11").await;
    t.account("coco").await;
    t.account("MARNIE").await;
    let alike = [
        "Iimes11", "lirnes11", "limesl1", "LIMES1l", "сосо", "СОСО", "Coсo", "rnarnie", "c0c0",
        "marn1e",
    ];
    for (n, name) in (0..).zip(alike) {
        let expected = match name {
            "Coсo" => "login_mixed_scripts",
            // `0` looks like a capital O, and `1` like a small l: both are easily told from `o` and `i`.
            "c0c0" | "marn1e" => "",
            _ => "login_taken",
        };
        assert_eq!(refusal(&t, n, name).await, expected, "{name}");
        let mut browser = t.browser().json().on_network(1000 + n);
        assert_eq!(browser.sign_in(name, PASSWORD).await.status, 401, "{name}");
    }
    // The answer is the same as for a taken login, letter by letter.
    let taken = register(&mut t.browser(), "limes11", "new@mail.example").await;
    let alike = register(&mut t.browser(), "Iimes11", "new@mail.example").await;
    assert_eq!(taken.words(), alike.words());
    // Nor by a change of the login.
    t.account("bert").await;
    let mut bert = t.browser().json();
    bert.sign_in_and_prove("bert", PASSWORD).await;
    assert_eq!(
        bert.post("/api/login", &[("login", "Iimes11")]).await.field("login"),
        "login_taken"
    );
    assert_eq!(t.find("bert").await.login, "bert", "nothing half done");
});

db_test!(look_alike_of_a_former_and_of_a_deleted_login_is_taken, |t| {
    t.account("limes11").await;
    let mut owner = t.browser().json();
    owner.sign_in_and_prove("limes11", PASSWORD).await;
    assert_eq!(owner.post("/api/login", &[("login", "other")]).await.status, 200);
    assert_eq!(refusal(&t, 1, "Iimes11").await, "login_taken");
    // The owner may: it can be mistaken for no other account.
    t.advance(30 * DAY);
    owner.sign_in_and_prove("other", PASSWORD).await;
    assert_eq!(owner.post("/api/login", &[("login", "Iimes11")]).await.status, 200);
    t.advance(30 * DAY);
    owner.sign_in_and_prove("other", PASSWORD).await;
    assert_eq!(owner.post("/api/login", &[("login", "limes11")]).await.status, 200);
    let account = t.find("limes11").await;
    crate::account::deletion::purge::purge(&t.state, &account.id, false).await.expect("deleted");
    for (n, name) in (2..).zip(["limes11", "Iimes11", "lirnes11", "0ther", "othеr"]) {
        let expected = match name {
            "0ther" => "",
            "othеr" => "login_mixed_scripts",
            _ => "login_taken",
        };
        assert_eq!(refusal(&t, n, name).await, expected, "{name}");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers").await, 0, "nothing can be read");
});

db_test!(look_alikes_from_before_stay_and_go_back_to_their_names, |t| {
    t.account("limes11").await;
    let twin = t.account("twin").await;
    // As it was stored before look-alikes were refused.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(
        "UPDATE identifiers SET key = 'iimes11', skeleton = 'iirnesll', spelled_skeleton = 'lirnesll' WHERE key = 'twin'",
        args![],
    )
    .await
    .expect("done");
    tx.execute("UPDATE accounts SET login = 'Iimes11' WHERE id = $1", args![&twin.id])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("iimes11", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "second")]).await.status, 200);
    t.advance(30 * DAY);
    browser.sign_in_and_prove("second", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "Iimes11")]).await.status, 200);
    assert_eq!(t.find("second").await.login, "Iimes11");
    assert_eq!(t.find("limes11").await.login, "limes11");
});

db_test!(of_look_alikes_at_the_same_moment_one_wins, |t| {
    async fn create(
        state: &crate::state::AppState,
        login: &str,
    ) -> Result<crate::db::Tx, CreateError> {
        let mut tx = state.db.begin().await?;
        let now = state.clock.now();
        let email = format!("{}@mail.example", state.random.id::<String>(now));
        let new = NewAccount {
            id: &state.random.id(now),
            login: &Login::parse(login).expect("a login"),
            email: &EmailAddress::parse(&email).expect("an address"),
            password_hash: "x",
            locale: Locale::En,
            role: Role::Shopper,
        };
        accounts::create(&mut tx, &state.keys, &new, now).await.map(|()| tx)
    }
    let first = create(&t.state, "limes11").await.expect("it is free");
    let state = t.state.clone();
    let second = tokio::spawn(async move { create(&state, "Iimes11").await.map(drop) });
    t.until_it_waits(&second).await;
    first.commit().await.expect("a commit");
    let second = second.await.expect("no panic");
    assert!(matches!(second, Err(CreateError::LoginTaken)), "{second:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 1);
});

db_test!(names_of_the_shop_are_kept_for_it, |t| {
    let kept = [
        "admin",
        "Administrator",
        "ADMIN",
        "ADM1N",
        "ad-min",
        "root",
        "support",
        "supp0rt",
        "Support_Team",
        "help",
        "postmaster",
        "abuse",
        "no-reply",
        "noreply",
        "hostmaster",
        "админ",
        "Поддержка",
        "corner_shop",
        "CornerShop",
        "corner-shop-support",
        "security-cornershop",
    ];
    for (n, name) in (0..).zip(kept) {
        let expected = match name {
            "Support_Team" => "",
            _ => "login_reserved",
        };
        assert_eq!(refusal(&t, n, name).await, expected, "{name}");
    }
    for (n, name) in (500..).zip(["adminka", "helpful", "corner", "shopper"]) {
        assert_eq!(refusal(&t, n, name).await, "", "{name}");
    }
    register(&mut t.browser(), "support", "a@mail.example").await.assert_text("kept for the shop");
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    assert_eq!(
        browser.post("/api/login", &[("login", "admin")]).await.field("login"),
        "login_reserved"
    );
    assert_eq!(
        browser.post("/api/login", &[("login", "anna-b")]).await.status,
        200,
        "it was no change"
    );
    // The command line may assign one (it makes accounts as the tests do), and its owner may return to it.
    t.account("support").await;
    browser = t.browser().json();
    browser.sign_in_and_prove("support", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "olga")]).await.status, 200);
    t.advance(30 * DAY);
    browser.sign_in_and_prove("support", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "Support")]).await.status, 200);
});

db_test!(own_address_in_another_spelling_is_taken_without_a_code, |t| {
    t.account_with("anna", "Anna@bücher.example", PASSWORD).await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.submit("/api/email", &[("email", "anna@XN--BCHER-KVA.example")]).await;
    page.assert_text("spelled as you typed it");
    page.assert_text("anna@bücher.example");
    assert_eq!(t.find("anna").await.email, "anna@xn--bcher-kva.example");
    assert!(browser.is_signed_in().await);
    let emails = t.emails().await;
    assert!(emails.iter().all(|message| message.kind == "new-device"));
    let same = browser.submit("/api/email", &[("email", "anna@bücher.example")]).await;
    same.assert_text("This is your e-mail already");
    // The address was not changed: it cannot be reclaimed by another, and none is held.
    assert_eq!(t.number("SELECT COUNT(*) FROM address_changes").await, 0);
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers WHERE kind = 'email'").await, 1);
    t.browser().sign_in("ANNA@bücher.example", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(password_is_the_same_however_its_letters_are_composed, |t| {
    const COMPOSED: &str = "gr\u{fc}ne Lampe sieben";
    const APART: &str = "gru\u{308}ne Lampe sieben";
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    browser.enter_code(&code).await;
    let fields = [("new_password", APART), ("new_password_again", COMPOSED)];
    assert_eq!(browser.post("/api/recover_password", &fields).await.status, 200);
    browser.sign_in_and_prove("anna", COMPOSED).await;
    let fields =
        [("old_password", APART), ("new_password", PASSWORD), ("new_password_again", "green lamp")];
    let answer = browser.post("/api/change_password", &fields).await;
    assert_eq!(answer.field("new_password_again"), "passwords_differ");
});

db_test!(phones_correct_neither_logins_nor_codes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let pages = [
        ("/sign-in", vec!["login", "password"]),
        ("/register", vec!["login", "email", "password"]),
        ("/recover", vec!["login"]),
        ("/recover/login", vec!["email"]),
    ];
    for (path, fields) in pages {
        let page = browser.get(path).await;
        for field in fields {
            leaves_alone(&page, field);
        }
    }
    let page = browser.ask_for_code("anna").await;
    leaves_alone(&page, "code");
});

/// Checks that the field of this name is neither corrected nor capitalised.
#[track_caller]
fn leaves_alone(page: &Answer, field: &str) {
    let name = format!("name=\"{field}\"");
    let tag = page.body.split("<input").find(|tag| tag.contains(&name)).unwrap_or_default();
    let tag = tag.split('>').next().unwrap_or_default();
    for attribute in ["autocorrect=\"off\"", "autocapitalize=\"none\"", "spellcheck=\"false\""] {
        assert!(tag.contains(attribute), "{attribute} is missing: {tag}");
    }
}

#[test]
fn face_shows_whole_signs() {
    use crate::components::avatar::initials;
    for (name, expected) in [
        ("Anna Arbat", "AA"),
        ("anna_b", "AB"),
        ("🦊", "🦊"),
        ("🦊 Anna", "🦊A"),
        ("👩‍👩‍👧 und ich", "👩‍👩‍👧U"),
        ("❤️", "❤️"),
        ("🇩🇪", "🇩🇪"),
        ("ß", "ß"),
        ("ßtraße", "ß"),
        ("हिन्दी", "हि"),
        ("e\u{301}mile", "E\u{301}"),
        ("(anna)", "A"),
        ("!?", "!"),
        ("ǆ", "ǅ"),
    ] {
        assert_eq!(initials(name), expected, "{name}");
    }
}
