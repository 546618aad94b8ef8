//! What one client can do to others, with or without accounts of its own: to the tables, to the queue of the hashing
//! threads, to the turns for pictures and estimates. Limits are on, and no client does a proof of work.

use http::Method;

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    args,
    clock::{HOUR, MINUTE, SECOND},
    domain::{
        accounts::Role,
        known_browser::{self, DeviceTokens},
        password_help,
    },
    realtime::{GUESTS_OF_NETWORK, Realtime},
};

/// Requests that one client makes in a minute, while the clock is stopped.
const REQUESTS: usize = 300;
/// Rows that it may write with them, in all tables together.
const MOST: i64 = 100;
/// Names and accounts that it targets.
const NAMES: usize = 40;

/// Returns how many rows each table has.
async fn rows(t: &TestApp) -> Vec<(String, i64)> {
    let sql = if t.state.db.is_postgres() {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    let tables: Vec<(String,)> = t.state.db.fetch_all(sql, args![]).await.expect("the schema");
    let mut all = Vec::new();
    for (table,) in tables {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        all.push((table, t.number(Box::leak(sql.into_boxed_str())).await));
    }
    all
}

/// Counts the rows that are written through each endpoint, and collects the endpoints that write too many.
struct Doors<'a> {
    t: &'a TestApp,
    before: Vec<(String, i64)>,
    /// Each endpoint is tried from a network of its own.
    network: u32,
    wide: Vec<String>,
    /// Whether to act as a browser, whose second press gets the first one's answer, or as a program.
    html: bool,
}

impl<'a> Doors<'a> {
    async fn of(t: &'a TestApp) -> Self {
        Self { t, before: Vec::new(), network: 1_000, wide: Vec::new(), html: false }
    }

    /// Returns a browser in the network of this endpoint.
    fn browser(&self) -> Browser {
        let browser = self.t.browser().on_network(self.network);
        if self.html { browser } else { browser.json() }
    }

    fn browsers(&self, number: usize) -> Vec<Browser> {
        (0..number).map(|_| self.browser()).collect()
    }

    /// Returns a signed-in browser in the network of this endpoint.
    async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let fields = [("login", login), ("password", PASSWORD)];
        let answer = browser.post("/api/sign_in", &fields).await;
        assert!(browser.cookie("session").is_some(), "{login}: {answer:?}");
        browser
    }

    /// Counts the rows before an endpoint is tried.
    async fn begin(&mut self) {
        self.before = rows(self.t).await;
    }

    /// Compares the rows after `door` was tried.
    async fn end(&mut self, door: &str) {
        let after = rows(self.t).await;
        let grown: Vec<String> = after
            .iter()
            .zip(&self.before)
            .filter(|(now, then)| now.1 != then.1)
            .map(|(now, then)| format!("{} +{}", now.0, now.1 - then.1))
            .collect();
        let sum = |all: &[(String, i64)]| all.iter().map(|(_, rows)| rows).sum::<i64>();
        let written = sum(&after) - sum(&self.before);
        if written > MOST {
            self.wide.push(format!("{door}: {written} rows ({})", grown.join(", ")));
        }
        self.network += 1;
    }

    /// Tries an endpoint that needs no preparation: `fields` are those of the n-th request, each sent by a new browser.
    async fn strangers(
        &mut self,
        door: &str,
        path: &str,
        fields: impl Fn(usize) -> Vec<(&'static str, String)>,
    ) {
        self.begin().await;
        for n in 0..REQUESTS {
            post(&mut self.browser(), path, &fields(n)).await;
        }
        self.end(door).await;
    }

    /// Tries an endpoint as [`Self::strangers`] does, with these browsers in turn.
    async fn through(
        &mut self,
        door: &str,
        path: &str,
        browsers: &mut [Browser],
        fields: impl Fn(usize) -> Vec<(&'static str, String)>,
    ) {
        self.begin().await;
        let all = browsers.len();
        for n in 0..REQUESTS {
            post(&mut browsers[n % all], path, &fields(n)).await;
        }
        self.end(door).await;
    }
}

async fn post(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post(path, &fields).await;
    assert!(
        answer.status != 500 && answer.status != 404 || path.contains("support"),
        "{path}: {answer:?}"
    );
}

fn known(n: usize) -> String {
    format!("known{}", n % NAMES)
}

fn fields(all: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    all.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

async fn with_accounts(t: &TestApp) {
    let hash = t.account("known0").await.password_hash;
    for n in 1..NAMES {
        let name = known(n);
        t.account_hashed(&name, &format!("{name}@mail.example"), &hash).await;
    }
}

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_signing_in, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    let typed =
        |login: String, password: &str| vec![("login", login), ("password", password.to_owned())];
    let path = "/api/sign_in";
    doors.strangers("sign in: one name", path, |_| typed("known0".into(), "wrong words")).await;
    doors
        .strangers("sign in: a name each", path, |n| typed(format!("nobody{n}"), "wrong words"))
        .await;
    doors.strangers("sign in: an account each", path, |n| typed(known(n + 1), "wrong words")).await;
    doors.strangers("sign in: right, new browsers", path, |_| typed(known(30), PASSWORD)).await;
    let mut one = doors.browsers(1);
    doors
        .through("sign in: right, one browser", path, &mut one, |_| typed(known(31), PASSWORD))
        .await;
    doors.begin().await;
    for _ in 0..REQUESTS {
        let mut browser = doors.browser();
        post(&mut browser, path, &typed(known(32), PASSWORD)).await;
        post(&mut browser, "/api/sign_out", &[]).await;
    }
    doors.end("sign in and out").await;
    doors.strangers("QR code", "/api/qr_new", |_| Vec::new()).await;
    doors
        .strangers("language", "/api/language", |_| fields(&[("lang", "ru"), ("back", "/")]))
        .await;
    doors
        .strangers("password help", "/api/password_help", |n| {
            vec![("password", format!("green lamp seven {n}"))]
        })
        .await;
    doors
        .strangers("fields while they are typed", "/api/check_registration_field", |n| {
            vec![("field", "login".to_owned()), ("value", format!("anna{n}"))]
        })
        .await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_registering_and_recovering, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    let of = |n: usize| format!("nobody{n}@mail.example");
    doors
        .strangers("register", "/api/register", |n| {
            vec![("login", format!("nobody{n}")), ("email", of(n)), ("password", PASSWORD.into())]
        })
        .await;
    doors
        .strangers("register: addresses in use", "/api/register", |n| {
            let email = format!("{}@mail.example", known(n));
            vec![("login", format!("other{n}")), ("email", email), ("password", PASSWORD.into())]
        })
        .await;
    doors
        .strangers("register: one address", "/api/register", |n| {
            let email = "somebody@mail.example".to_owned();
            vec![("login", format!("third{n}")), ("email", email), ("password", PASSWORD.into())]
        })
        .await;
    doors.strangers("find login", "/api/find_login", |n| vec![("email", of(n))]).await;
    doors
        .strangers("find login: known", "/api/find_login", |n| {
            vec![("email", format!("{}@mail.example", known(n)))]
        })
        .await;
    doors.strangers("recover", "/api/recover", |n| vec![("login", of(n))]).await;
    doors.strangers("recover: known", "/api/recover", |n| vec![("login", known(n))]).await;
    for (class, name) in [
        (
            "nobody",
            Box::new(|n| format!("nobody{}@mail.example", n % NAMES))
                as Box<dyn Fn(usize) -> String>,
        ),
        ("known", Box::new(known)),
    ] {
        // So that the counters of accounts start again for this endpoint.
        t.advance(24 * HOUR);
        let mut browsers = doors.browsers(NAMES);
        for (n, browser) in browsers.iter_mut().enumerate() {
            post(browser, "/api/recover", &[("login", name(n))]).await;
        }
        let door = format!("send code: {class}");
        doors.through(&door, "/api/recover_email", &mut browsers, |_| Vec::new()).await;
        let wrong = |n: usize| vec![("code", format!("{n:06}"))];
        doors.through(&format!("code: {class}"), "/api/recover_code", &mut browsers, wrong).await;
        let wrong = |_| fields(&[("saved_code", "ABCD-EFGH-JKMN-PQRS")]);
        let door = format!("saved code: {class}");
        doors.through(&door, "/api/recover_saved_code", &mut browsers, wrong).await;
        t.advance(HOUR);
        let mut one = doors.browsers(1);
        post(&mut one[0], "/api/recover", &[("login", name(1))]).await;
        let arranged = |n: usize| vec![("email", of(n))];
        let door = format!("arranged: {class}");
        doors.through(&door, "/api/recover_arranged", &mut one, arranged).await;
        doors
            .through(&format!("{door}, again"), "/api/recover_arranged_again", &mut one, |_| {
                Vec::new()
            })
            .await;
    }
    let mut registering = doors.browsers(1);
    let begun = [("login", "fourth"), ("email", "fourth@mail.example"), ("password", PASSWORD)];
    post(&mut registering[0], "/api/register", &fields(&begun)).await;
    let wrong = |n: usize| vec![("code", format!("{n:06}"))];
    doors.through("register: code", "/api/register_code", &mut registering, wrong).await;
    doors
        .through("register: resend", "/api/register_resend", &mut registering, |_| Vec::new())
        .await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_asking_support, |t| {
    with_accounts(&t).await;
    t.staff("oleg", Role::Operator).await;
    let mut doors = Doors::of(&t).await;
    let first =
        |n: usize| vec![("topic", "password".into()), ("message", format!("I cannot get in {n}."))];
    doors.strangers("support: begin", "/api/support_begin", first).await;
    let mut browsers = doors.browsers(10);
    for (n, browser) in browsers.iter_mut().enumerate() {
        post(browser, "/api/support_begin", &first(n)).await;
    }
    let more = |n: usize| vec![("message", format!("Is anybody there? {n} 123456"))];
    doors.through("support: send", "/api/support_send", &mut browsers, more).await;
    t.advance(HOUR);
    let address = |n: usize| vec![("email", format!("nobody{n}@mail.example"))];
    doors.through("support: address", "/api/support_email", &mut browsers, address).await;
    doors.begin().await;
    for n in 0..REQUESTS {
        let browser = &mut browsers[n % 10];
        post(browser, "/api/support_end", &[]).await;
        post(browser, "/api/support_send", &more(n)).await;
    }
    doors.end("support: end and begin again").await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_signed_in, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    let mut one = vec![doors.signed_in(&known(0)).await];
    let password = |word: &str| fields(&[("password", word)]);
    doors.through("confirm: wrong", "/api/confirm", &mut one, |_| password("wrong words")).await;
    let mut one = vec![doors.signed_in(&known(1)).await];
    doors.through("confirm: right", "/api/confirm", &mut one, |_| password(PASSWORD)).await;
    for path in ["/api/confirm_email", "/api/settings_password_email"] {
        let one = doors.signed_in(&known(2)).await;
        doors.begin().await;
        for _ in 0..REQUESTS {
            // The clone starts without the flow's cookie each time.
            post(&mut one.clone(), path, &[]).await;
        }
        doors.end(path).await;
    }
    let mut one = vec![doors.signed_in(&known(3)).await];
    let change = |n: usize| {
        let (old, new) = if n.is_multiple_of(2) {
            (PASSWORD, "blue lamp eight")
        } else {
            ("blue lamp eight", PASSWORD)
        };
        fields(&[("old_password", old), ("new_password", new), ("new_password_again", new)])
    };
    doors.through("change password", "/api/change_password", &mut one, change).await;
    let mut one = vec![doors.signed_in(&known(4)).await];
    let name = |n: usize| vec![("display_name", format!("Anna {n}"))];
    doors.through("profile", "/api/profile", &mut one, name).await;
    let emails =
        |n: usize| if n.is_multiple_of(2) { fields(&[("signed_in", "on")]) } else { Vec::new() };
    doors.through("letters", "/api/letters", &mut one, emails).await;
    doors.through("letter switches", "/api/letter_switch", &mut one, emails).await;
    doors.through("end others", "/api/end_other_sessions", &mut one, |_| Vec::new()).await;
    // The only session that is left.
    let sql =
        "SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.login = $1";
    let (id,): (String,) =
        t.state.db.fetch_one(sql, crate::args![known(4)]).await.expect("a session");
    let device = |n: usize| vec![("id", id.clone()), ("name", format!("Laptop {n}"))];
    doors.through("device", "/api/name_session", &mut one, device).await;
    let mut one = vec![doors.signed_in(&known(5)).await];
    one[0].prove(PASSWORD).await;
    let email = |n: usize| vec![("email", format!("new{n}@mail.example"))];
    doors.through("e-mail", "/api/email", &mut one, email).await;
    let mut one = vec![doors.signed_in(&known(6)).await];
    one[0].prove(PASSWORD).await;
    doors
        .through("login", "/api/login", &mut one, |n| vec![("login", format!("renamed{n}"))])
        .await;
    doors.through("login taken", "/api/login", &mut one, |n| vec![("login", known(n))]).await;
    doors.begin().await;
    for _ in 0..REQUESTS {
        one[0].request(Method::POST, "/account/saved-codes", Some(String::new())).await;
        one[0].request(Method::POST, "/account/settings/export", Some(String::new())).await;
    }
    doors.end("saved codes and export").await;
    let wrong = |_| fields(&[("short_code", "ABCD-EFGH")]);
    doors.through("short code", "/api/qr_type", &mut one, wrong).await;
    let mut one = [doors.signed_in(&known(7)).await];
    doors.begin().await;
    // Each round is two hashes: after twenty there are no more sign-ins.
    for _ in 0..40 {
        post(&mut one[0], "/api/confirm", &fields(&[("password", PASSWORD)])).await;
        post(&mut one[0], "/api/delete", &fields(&[("confirmation", &known(7))])).await;
        post(&mut one[0], "/api/sign_in", &[("login", known(7)), ("password", PASSWORD.into())])
            .await;
        post(&mut one[0], "/api/keep", &[]).await;
    }
    doors.end("delete and keep").await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_as_staff, |t| {
    with_accounts(&t).await;
    let olga = t.staff("olga", Role::Admin).await;
    let mut doors = Doors::of(&t).await;
    let mut shopper = doors.browser();
    let first = [("topic", "password".into()), ("message", "I cannot get in.".into())];
    post(&mut shopper, "/api/support_begin", &first).await;
    let sql = "SELECT id FROM conversations";
    let found: Vec<(String,)> = t.state.db.fetch_all(sql, args![]).await.expect("rows");
    let id = found.first().expect("a conversation").0.clone();
    let about = |more: Vec<(&'static str, String)>| {
        [vec![("conversation", id.clone()), ("back", format!("open={id}"))], more].concat()
    };
    let mut one = [t.staff_browser(&olga).await.json()];
    one[0].prove(PASSWORD).await;
    one[0].html = false;
    doors.through("take", "/api/operator_take", &mut one, |_| about(Vec::new())).await;
    let answers =
        |n: usize| about(vec![("message", format!("Good day {n}")), ("nonce", format!("{n:036}"))]);
    t.advance(MINUTE);
    doors.through("answer", "/api/operator_answer", &mut one, answers).await;
    t.advance(MINUTE);
    let notes = |n: usize| about(vec![("note", format!("called twice {n}"))]);
    doors.through("note", "/api/operator_note", &mut one, notes).await;
    t.advance(MINUTE);
    doors.begin().await;
    for n in 0..REQUESTS / 2 {
        post(&mut one[0], "/api/operator_close", &about(vec![("solved", "yes".into())])).await;
        post(&mut one[0], "/api/operator_reopen", &about(Vec::new())).await;
        post(&mut one[0], "/api/operator_claim", &about(vec![("claimed", known(n))])).await;
        post(&mut one[0], "/api/operator_look", &about(Vec::new())).await;
    }
    doors.end("close, reopen, claim, look").await;
    t.advance(MINUTE);
    let duty = |n: usize| {
        let on = if n.is_multiple_of(2) { "on" } else { "off" };
        vec![("duty", on.to_owned())]
    };
    doors.through("duty", "/api/operator_duty", &mut one, duty).await;
    t.advance(MINUTE);
    let canned = |n: usize| {
        vec![
            ("answer_locale", "en".to_owned()),
            ("title", format!("Hello {n}")),
            ("text", format!("Good day {n}")),
        ]
    };
    doors.through("canned", "/api/operator_canned", &mut one, canned).await;
    t.advance(MINUTE);
    let roles = |n: usize| {
        let role = if n.is_multiple_of(2) { "operator" } else { "shopper" };
        vec![("login", known(n / 2)), ("role", role.to_owned())]
    };
    doors.through("role", "/api/staff_role", &mut one, roles).await;
    t.advance(MINUTE);
    let mut ids = Vec::new();
    for n in 0..NAMES {
        ids.push(t.find(&known(n)).await.id.to_string());
    }
    doors
        .through("recovery with support", "/api/assisted_open", &mut one, |n| {
            vec![
                ("conversation", id.clone()),
                ("account", ids[n % NAMES].clone()),
                ("checked[]", "the date of registration".to_owned()),
                ("remark", "sounds like her".to_owned()),
            ]
        })
        .await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_pressing_buttons, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    doors.html = true;
    doors
        .strangers("register", "/api/register", |n| {
            let email = format!("nobody{n}@mail.example");
            vec![("login", format!("nobody{n}")), ("email", email), ("password", PASSWORD.into())]
        })
        .await;
    let mut one = [doors.signed_in(&known(1)).await];
    let next = |n: usize| {
        let next = format!("/account/activity?page={n}");
        vec![("password", PASSWORD.to_owned()), ("next", next)]
    };
    doors.through("confirm", "/api/confirm", &mut one, next).await;
    let mut one = [doors.signed_in(&known(4)).await];
    let name = |n: usize| vec![("display_name", format!("Anna {n}"))];
    doors.through("profile", "/api/profile", &mut one, name).await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(refusals_while_one_waits_are_recorded_once_a_wait_and_network, |t| {
    t.account("anna").await;
    let events = "SELECT COUNT(*) FROM events";
    for _ in 0..5 {
        t.browser().sign_in("anna", "wrong password").await;
    }
    assert_eq!(t.number(events).await, 5);
    for network in [1, 2] {
        for _ in 0..50 {
            let mut browser = t.browser().on_network(network);
            browser.sign_in("anna", PASSWORD).await.assert_text("Please try again in 30 seconds");
        }
    }
    assert_eq!(t.number(events).await, 7);
    // The event does not name the account: the password was not checked.
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE account_id IS NULL").await, 2);
    t.advance(20 * SECOND);
    t.browser().on_network(1).sign_in("anna", PASSWORD).await.assert_text("in 10 seconds");
    assert_eq!(t.number(events).await, 7, "it is the same wait");
    t.advance(10 * SECOND);
    t.browser().sign_in("anna", "wrong password").await.assert_text("not right");
    t.browser().on_network(1).sign_in("anna", PASSWORD).await.assert_text("in 60 seconds");
    assert_eq!(t.number(events).await, 9, "it is another");
});

db_test!(saved_codes_refused_unjudged_write_next_to_nothing, |t| {
    t.account("anna").await;
    let mut browsers: Vec<_> = (0..6).map(|_| t.browser()).collect();
    for browser in &mut browsers {
        browser.post("/api/recover", &[("login", "anna")]).await;
    }
    let saved = [("saved_code", "ABCD-EFGH-JKMN-PQRS")];
    for n in 0..20 {
        browsers[n % 6].post("/api/recover_saved_code", &saved).await;
    }
    let judged = t.number("SELECT COUNT(*) FROM events WHERE kind = 'saved_code_wrong'").await;
    assert_eq!(judged, 20);
    let before: i64 = rows(&t).await.iter().map(|(_, rows)| rows).sum();
    for n in 0..100 {
        browsers[n % 6].post("/api/recover_saved_code", &saved).await;
    }
    let after: i64 = rows(&t).await.iter().map(|(_, rows)| rows).sum();
    assert!(after - before <= 3, "{} rows", after - before);
});

db_test!(right_passwords_are_limited_by_account_and_network_and_tell_strangers_nothing, |t| {
    for name in ["anna", "bert"] {
        t.account(name).await;
    }
    let mut signed_in = 0;
    for _ in 0..60 {
        let mut browser = t.browser().on_network(1).json();
        let fields = [("login", "anna"), ("password", PASSWORD)];
        let answer = browser.post("/api/sign_in", &fields).await;
        match answer.status.as_u16() {
            200 => signed_in += 1,
            429 => assert_eq!(answer.error(), "too_many_tries"),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(signed_in, 20);
    // A wrong password gets the usual answer.
    for name in ["anna", "bert", "nobody"] {
        t.browser().on_network(1).sign_in(name, "wrong password").await.assert_text("not right");
    }
    // Others in this network, and the same account elsewhere, can sign in.
    t.browser().on_network(1).sign_in("bert", PASSWORD).await.assert_text("Hello, bert");
    t.browser().on_network(2).sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    t.advance(HOUR);
    t.browser().on_network(1).sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(free_passes_without_proof_are_limited_for_the_whole_site, |t| {
    let mut free = 0;
    for network in 0..40 {
        for n in 0..10 {
            let mut browser = t.browser().on_network(network);
            let login = format!("nobody{network}-{n}");
            browser.post("/api/recover", &[("login", &login), ("proof", "")]).await;
            let page = browser.get("/recover/method").await.words();
            free += usize::from(page.contains("How shall we check"));
            // Nobody is refused: beyond the limit the user waits.
            assert!(
                page.contains("How shall we check") || page.contains("One moment, please"),
                "{page}"
            );
        }
    }
    assert_eq!(free, 300);
    t.advance(HOUR);
    let mut later = t.browser().on_network(41);
    later.post("/api/recover", &[("login", "anna")]).await;
    later.get("/recover/method").await.assert_text("How shall we check");
});

db_test!(free_passes_of_one_v6_allocation_leave_those_of_the_site_to_others, |t| {
    let mut free = 0;
    for network in 0..40 {
        for n in 0..3 {
            let mut browser = t.browser().on_v6_network(network);
            let login = format!("nobody{network}-{n}");
            browser.post("/api/recover", &[("login", &login), ("proof", "")]).await;
            let page = browser.get("/recover/method").await.words();
            free += usize::from(page.contains("How shall we check"));
        }
    }
    assert_eq!(free, 30, "the whole /48 is one client");
    let mut other = t.browser().on_network(1);
    other.post("/api/recover", &[("login", "anna")]).await;
    other.get("/recover/method").await.assert_text("How shall we check");
});

db_test!(n3_2_2_the_hundred_failures_are_counted_by_account_whichever_name_is_typed, |t| {
    t.account("anna").await;
    let count =
        "SELECT COALESCE(MAX(count), 0) FROM throttles WHERE key LIKE 'refused-elsewhere:%'";
    let mut network = 0;
    for _ in 0..20 {
        for name in ["anna", "anna@mail.example"] {
            network += 1;
            t.browser().on_network(network).sign_in(name, "wrong password").await;
        }
        t.advance(16 * MINUTE);
    }
    let failures = t.number(count).await;
    // By one name twenty; by both, the first four of the second name more, and no others.
    assert!((20..=24).contains(&failures), "{failures}");
    // The other name of the account is checked, as users try it: it has a counter of its own at first.
    let fresh = t.account_with("bert", "bert@mail.example", PASSWORD).await;
    for _ in 0..5 {
        t.browser().on_network(900).sign_in("bert", "wrong password").await;
    }
    t.browser()
        .on_network(900)
        .sign_in("bert", PASSWORD)
        .await
        .assert_text("Too many tries in a row");
    t.browser().on_network(900).sign_in(&fresh.email, PASSWORD).await.assert_text("Hello, bert");
});

db_test!(recovery_of_its_owner_does_not_end_the_wait_that_strangers_see, |t| {
    t.account("anna").await;
    for name in ["anna", "anna@mail.example", "nobody"] {
        for network in 0..5 {
            t.browser().on_network(network).sign_in(name, "wrong password").await;
        }
    }
    let mut owner = t.browser().on_network(50);
    owner.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password("blue lamp eight").await.assert_text("Your password is new");
    // For strangers nothing changed, under any name.
    for name in ["anna", "anna@mail.example", "nobody"] {
        let mut stranger = t.browser().on_network(60);
        stranger
            .sign_in(name, "wrong password")
            .await
            .assert_text("Please try again in 30 seconds");
    }
    // The owner is known in the browser in which she recovered, and does not wait there.
    owner.sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
    t.advance(30 * SECOND);
    t.browser().on_network(70).sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
});

/// Returns the `device` cookie: a list, one token for each account that was used in a browser.
fn device(browser: &Browser) -> String {
    browser.cookie("device").expect("a device cookie")
}

db_test!(copied_device_token_is_worth_nothing_after_the_next_sign_in, |t| {
    t.account("anna").await;
    t.account("bert").await;
    // Copied at a shared computer before the victim signs in there.
    let mut shared = t.browser();
    shared.sign_in("bert", PASSWORD).await;
    let mut before = t.browser().on_network(1);
    before.set_cookie("device", &device(&shared));
    shared.sign_in("anna", PASSWORD).await;
    let mut after = t.browser().on_network(2);
    after.set_cookie("device", &device(&shared));
    before.sign_in("anna", "wrong password").await;
    let known = "SELECT COUNT(*) FROM throttles WHERE key LIKE 'refused-device:%'";
    assert_eq!(t.number(known).await, 0, "before: a stranger");
    after.sign_in("anna", "wrong password").await;
    assert_eq!(t.number(known).await, 1, "after: known, until …");
    shared.sign_in("anna", PASSWORD).await;
    after.sign_in("anna", "wrong password").await;
    let refused = "SELECT COALESCE(MAX(count), 0) FROM throttles WHERE key LIKE 'refused-device:%'";
    assert_eq!(t.number(refused).await, 0, "… the next sign-in in that browser");
    // The browser still knows the other account.
    shared.sign_in("bert", "wrong password").await;
    assert_eq!(t.number(refused).await, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM devices").await, 2);
});

db_test!(known_browser_keeps_its_count_when_its_token_changes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let ids = "SELECT id FROM devices";
    let first: Vec<(String,)> = t.state.db.fetch_all(ids, args![]).await.expect("rows");
    let token = device(&browser);
    browser.sign_in("anna", PASSWORD).await;
    assert_ne!(device(&browser), token);
    let second: Vec<(String,)> = t.state.db.fetch_all(ids, args![]).await.expect("rows");
    assert_eq!(first, second);
    assert_eq!(t.count("anna@mail.example", "new-device").await, 1);
});

db_test!(two_tabs_that_sign_in_at_once_keep_the_browser_known, |t| {
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let devices = DeviceTokens::parse(&device(&browser));
    // Both were looked up before either was finished.
    let known = known_browser::find(&t.state.db, &anna.id, &devices).await.expect("an answer");
    assert!(known.is_some());
    let mut left = Vec::new();
    for _ in 0..2 {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let given = known_browser::remember(
            &mut tx,
            &t.state.random,
            t.now(),
            &anna.id,
            &devices,
            known.as_ref(),
        );
        left.push(given.await.expect("done").expose_secret());
        tx.commit().await.expect("a commit");
    }
    // Whichever answer came last, the browser is known.
    for tokens in left {
        let mut browser = t.browser();
        browser.set_cookie("device", &tokens);
        browser.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    }
    assert_eq!(t.count("anna@mail.example", "new-device").await, 1);
});

db_test!(old_device_cookies_stay_good_for_every_account_that_they_know, |t| {
    t.account("anna").await;
    t.account("bert").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let token = device(&browser);
    assert!(!token.contains('.'));
    // As previous versions wrote it: one token for all accounts.
    browser.sign_in("bert", PASSWORD).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "UPDATE devices SET token_hash = $1";
    let hash = crate::security::Token::parse(&token).expect("a token").hash();
    tx.execute(sql, args![hash]).await.expect("done");
    tx.commit().await.expect("a commit");
    browser.set_cookie("device", &token);
    for name in ["anna", "bert", "anna"] {
        browser.sign_in(name, PASSWORD).await;
    }
    for name in ["anna", "bert"] {
        assert_eq!(t.count(&format!("{name}@mail.example"), "new-device").await, 1, "{name}");
    }
});

// Many connections with correct passwords: one network, accounts of its own.
db_test!(one_client_with_accounts_of_his_own_delays_nobodys_sign_in, |t| {
    with_accounts(&t).await;
    let flood: Vec<_> = (0..75)
        .map(|n| {
            let mut browser = t.browser().on_network(1).json();
            tokio::spawn(async move {
                post(
                    &mut browser,
                    "/api/sign_in",
                    &[("login", known(n % 20)), ("password", PASSWORD.into())],
                )
                .await;
            })
        })
        .collect();
    let others: Vec<_> = (20..26)
        .map(|n| {
            let mut browser = t.browser().on_network(100 + u32::try_from(n).expect("few")).json();
            tokio::spawn(async move {
                let fields = [("login", known(n)), ("password", PASSWORD.to_owned())];
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
                browser.post("/api/sign_in", &fields).await
            })
        })
        .collect();
    for other in others {
        let answer = other.await.expect("no panic");
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    for one in flood {
        one.await.expect("no panic");
    }
});

db_test!(pictures_of_one_client_wait_for_each_other_and_nobody_else_for_them, |t| {
    let state = &t.state;
    let long = std::time::Duration::from_secs(10);
    let drawing = state.pictures.take("flood", "a", long).await.expect("the first turn");
    let mut order = Vec::new();
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for (network, who) in
        [("flood", "a"), ("flood", "a"), ("flood", "b"), ("other", "c"), ("third", "d")]
    {
        let (turns, told) = (state.pictures.clone(), told.clone());
        let waits = state.pictures.waiting();
        let task = async move {
            let turn = turns.take(network, who, long).await;
            told.send((network, who, turn.is_some())).expect("somebody listens");
            drop(turn);
        };
        tokio::spawn(task);
        while state.pictures.waiting() == waits {
            tokio::task::yield_now().await;
        }
    }
    drop(drawing);
    for _ in 0..5 {
        order.push(heard.recv().await.expect("a turn"));
    }
    let order: Vec<_> = order.into_iter().map(|(network, who, _)| (network, who)).collect();
    assert_eq!(
        order,
        [("other", "c"), ("third", "d"), ("flood", "b"), ("flood", "a"), ("flood", "a")]
    );
    // A flood is refused at once, and leaves room for others.
    let drawing = state.pictures.take("flood", "a", long).await.expect("a turn");
    let mut waiting = Vec::new();
    for n in 0..100 {
        let turns = state.pictures.clone();
        waiting.push(tokio::spawn(async move {
            turns.take("flood", &n.to_string(), long).await.is_some()
        }));
        tokio::task::yield_now().await;
    }
    while waiting.iter().filter(|task| task.is_finished()).count() < 50 {
        tokio::task::yield_now().await;
    }
    let turns = state.pictures.clone();
    let other = tokio::spawn(async move { turns.take("other", "c", long).await.is_some() });
    drop(drawing);
    assert!(other.await.expect("no panic"));
});

/// Passwords that are the most expensive to estimate, and the scores of good and bad ones of any length.
#[test]
fn hostile_passwords_are_estimated_in_bounded_work_and_judged_right() {
    let words = |text: &str| password_help::estimate(text, &["anna", "Corner Shop"]);
    for (text, least, most) in [
        ("a".repeat(128), 0, 1),
        ("password".repeat(16), 0, 2),
        ("Tr0ub4dor&3 lamp green seventeen".to_owned(), 4, 4),
        (format!("{}x7#kQ!vW2@pLz9&mB4", "a".repeat(40)), 4, 4),
        ("long words are what a person remembers well when they are not from a book and nobody else ever said them".to_owned(), 4, 4),
    ] {
        let (score, _) = words(&text);
        assert!((least..=most).contains(&score), "{text}: {score}");
    }
    // The cost of an estimate grows with the cube of the characters that are estimated at once: 128 hostile ones took a
    // second and a half, 24 take some milliseconds.
    for hostile in ["4@8({[<369!1|0$57%2", "p4$$w0rd!1|", "1/1/11", "aaab", "ж"] {
        let text: String = hostile.chars().cycle().take(128).collect();
        let pieces = password_help::pieces(&text);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= 24), "{pieces:?}");
        assert_eq!(pieces.concat(), text);
    }
}

db_test!(help_with_passwords_is_limited_by_network_and_others_are_helped, |t| {
    let mut helped = 0;
    for n in 0..200 {
        let mut browser = t.browser().on_network(1).json();
        let password = format!("green lamp seven {n}");
        let answer = browser.post("/api/password_help", &[("password", &password)]).await;
        match answer.status.as_u16() {
            200 => helped += 1,
            429 => assert_eq!(answer.error(), "too_many_from_network"),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(helped, 120);
    let ask = [("password", "green lamp seven")];
    let other = t.browser().on_network(2).json().post("/api/password_help", &ask).await;
    assert_eq!(other.status, 200);
    t.advance(MINUTE);
    let later = t.browser().on_network(1).json().post("/api/password_help", &ask).await;
    assert_eq!(later.status, 200);
});

db_test!(fields_judged_while_they_are_typed_are_limited_by_network, |t| {
    let path = "/api/check_registration_field";
    let ask = [("field", "login"), ("value", "anna")];
    let mut judged = 0;
    for _ in 0..300 {
        let answer = t.browser().on_network(1).json().post(path, &ask).await;
        match answer.status.as_u16() {
            200 => judged += 1,
            429 => assert_eq!(answer.error(), "too_many_from_network"),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(judged, 240);
    // Neither others nor other requests of this network wait.
    assert_eq!(t.browser().on_network(2).json().post(path, &ask).await.status, 200);
    let help = [("password", "green lamp seven")];
    let help = t.browser().on_network(1).json().post("/api/password_help", &help).await;
    assert_eq!(help.status, 200);
    t.advance(MINUTE);
    assert_eq!(t.browser().on_network(1).json().post(path, &ask).await.status, 200);
});

#[test]
fn streams_of_one_network_leave_places_for_others() {
    let live = Realtime::default();
    let topic = |n: usize| format!("conversation:{n}");
    let one = Some("192.0.2.0/24");
    let all: Vec<_> =
        (0..GUESTS_OF_NETWORK + 50).map(|n| live.listen_as_guest(&topic(n), one)).collect();
    assert_eq!(all.iter().flatten().count(), GUESTS_OF_NETWORK);
    assert!(live.listen_as_guest(&topic(0), Some("198.51.100.0/24")).is_some());
    assert!(live.listen(&topic(0)).is_some(), "the staff hears");
    drop(all);
    assert!(live.listen_as_guest(&topic(0), one).is_some(), "who goes makes room");
}
