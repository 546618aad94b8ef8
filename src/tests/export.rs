//! Export and deletion, compared with the schema: a new table that names accounts cannot be forgotten.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read as _},
};

use serde_json::Value;

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    account::export::store::TABLES,
    clock::{DAY, MILLISECOND},
    server,
};

const ANNA: &str = "anna@mail.example";

/// Returns every table and column of the schema.
async fn columns(t: &TestApp) -> Vec<(String, String)> {
    let sql = if t.state.db.is_postgres() {
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    };
    let all: Vec<(String, String)> =
        t.state.db.fetch_all(sql, crate::args![]).await.expect("the schema");
    all.into_iter()
        .filter(|(table, _)| !table.starts_with("_sqlx") && !table.starts_with("sqlite_"))
        .collect()
}

/// Creates an account that has rows in every table.
async fn busy_account(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let picture = super::profile::png(300, 200);
    let fields = [("display_name", "Anna Arbat"), ("locale", "en"), ("time_zone", "Europe/Berlin")];
    browser.upload("/api/profile", &fields, ("picture", "image/png", &picture)).await;
    browser.post("/api/letters", &[("signed_in", "on")]).await;
    let (session,): (String,) =
        t.state.db.fetch_one("SELECT id FROM sessions", crate::args![]).await.expect("a session");
    browser.post("/api/name_session", &[("id", &session), ("name", "Laptop of Arbat")]).await;
    browser.prove(PASSWORD).await;
    browser.post("/api/login", &[("login", "anna-b")]).await;
    browser.post("/api/email", &[("email", "anna.b@mail.example")]).await;
    let code = t.code("anna.b@mail.example", "confirm-address").await;
    browser.post("/api/email_code", &[("code", &code)]).await;
    let mut elsewhere = t.browser();
    elsewhere.ask_for_code("anna-b").await;
    elsewhere.sign_in("anna-b", "wrong password").await;
    super::qr_sign_in::scanned(t, &mut browser).await;
    super::assisted::opened_for(t, &t.find("anna-b").await).await;
    let fields = [("topic", "order"), ("message", "This is Anna."), ("nonce", "one")];
    let begun =
        browser.upload("/api/support_begin", &fields, ("picture", "image/png", &picture)).await;
    assert_eq!(begun.location(), "/support", "{begun:?}");
    browser.prove(PASSWORD).await;
    browser.post("/account/settings/codes", &[]).await;
    t.emails().await;
    browser
}

fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    (0..zip.len())
        .map(|number| {
            let mut file = zip.by_index(number).expect("a file");
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("it unpacks");
            (file.name().expect("a name").into_owned(), content)
        })
        .collect()
}

db_test!(export_holds_every_table_that_names_the_account, |t| {
    let mut browser = busy_account(&t).await;
    browser.prove(PASSWORD).await;
    let answer = browser.post("/api/export", &[]).await;
    assert_eq!(answer.header("content-type"), "application/zip");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let files = unzip(&answer.bytes);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["my-account.json", "my-account.html", "picture.jpg"]);
    assert!(names[3].starts_with("support/") && names.len() == 4, "{names:?}");

    let schema = columns(&t).await;
    let naming: BTreeSet<&str> = schema
        .iter()
        .filter(|(table, column)| {
            let names =
                column == "account_id" || column == "conversation_id" || table == "accounts";
            // The notes that the staff keeps for itself are not handed to the account's owner.
            names && table != "notes"
        })
        .map(|(table, _)| table.as_str())
        .collect();
    assert_eq!(
        naming,
        TABLES.iter().copied().collect(),
        "each table that names an account, and no other"
    );

    let json: Value = serde_json::from_slice(&files[0].1).expect("JSON");
    for table in TABLES {
        let rows = json[table].as_array().unwrap_or_else(|| panic!("{table} is missing"));
        assert!(!rows.is_empty(), "{table} is empty: the test leaves no trace there");
        // Every column that a person could read is there; credentials are not.
        let held: BTreeSet<&str> =
            rows[0].as_object().expect("a row").keys().map(String::as_str).collect();
        for (_, column) in schema.iter().filter(|(theirs, _)| theirs == table) {
            let secret = matches!(
                column.as_str(),
                "password_hash"
                    | "token_hash"
                    | "browser_hash"
                    | "mac"
                    | "short_mac"
                    | "number"
                    | "sealed"
                    | "image"
                    | "message_id"
            );
            let inner = matches!(
                column.as_str(),
                "account_id"
                    | "credential_version"
                    | "proved_version"
                    | "flow_id"
                    | "long"
                    | "looks_long"
                    | "roams"
                    | "urgent"
                    | "urgency"
                    | "turn"
                    | "whom"
                    | "next_try_at"
                    | "leased_until"
                    | "expires_at"
                    | "login"
                    | "next"
                    | "device_id"
                    | "ready_at"
                    | "subject"
                    | "arranged"
                    | "nonce"
                    | "session_id"
                    | "conversation_id"
                    | "claimed_id"
                    | "last_seq"
                    | "shopper_read"
                    | "shopper_read_at"
                    | "operator_read"
                    | "operator_read_at"
                    | "waiting_since"
                    | "unread_since"
                    // Which member of the staff it was, and what they note about it, is for the shop to disclose.
                    | "actor_id"
                    | "operator_id"
                    | "claimed_by"
                    | "opened_by"
                    | "decided_by"
                    | "remark"
                    | "role_given_by"
            );
            assert!(
                held.contains(column.as_str()) || secret || inner,
                "{table}.{column} is left out"
            );
            assert!(!(secret && held.contains(column.as_str())), "{table}.{column} is a secret");
        }
    }
    let html = String::from_utf8(files[1].1.clone()).expect("text");
    for words in [
        "Anna Arbat",
        "anna-b",
        "anna.b@mail.example",
        ANNA,
        "Europe/Berlin",
        "Signed-in devices",
        "Name you gave it",
        "Laptop of Arbat",
    ] {
        assert!(html.contains(words), "{words:?} is not in the readable part");
    }
    assert!(
        !html.contains("<dt>Further</dt>") && !html.contains("<h2>Further</h2>"),
        "everything has a name"
    );
    assert!(files[2].1.starts_with(&[0xff, 0xd8]), "a JPEG");
    assert_eq!(t.count("anna.b@mail.example", "export-ready").await, 1);
});

db_test!(after_deletion_nothing_of_the_person_is_left, |t| {
    let mut browser = busy_account(&t).await;
    let id = t.find("anna-b").await.id;
    browser.prove(PASSWORD).await;
    let answer = browser.submit("/api/delete", &[("confirmation", "anna-b")]).await;
    answer.assert_text("Your account will be deleted on 27 November 2026.");
    assert_eq!(t.count("anna.b@mail.example", "deletion-started").await, 1);
    t.advance(14 * DAY - MILLISECOND);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.find("anna-b").await.id, id, "not a moment earlier");
    t.advance(MILLISECOND);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.count("anna.b@mail.example", "deletion-done").await, 1);

    let mut traces = Vec::new();
    for (table, column) in columns(&t).await {
        let sql = format!("SELECT COALESCE(CAST({column} AS TEXT), '') FROM {table}");
        let sql: &'static str = Box::leak(sql.into_boxed_str());
        // A column that is not text cannot be read as such; it holds MACs, hashes or sealed values.
        let Ok(rows) = t.state.db.fetch_all::<(String,)>(sql, crate::args![]).await else {
            continue;
        };
        for (value,) in rows {
            let lower = value.to_lowercase();
            if value.contains(id.as_str())
                || lower.contains("anna")
                || lower.contains("arbat")
                || lower.contains("berlin")
            {
                traces.push(format!("{table}.{column}: {value}"));
            }
        }
    }
    assert!(traces.is_empty(), "{traces:#?}");
    // It is still recorded that something happened.
    assert!(t.number("SELECT COUNT(*) FROM events WHERE kind = 'email_changed'").await == 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE kind = 'deleted'").await, 1);
    assert_eq!(
        t.number("SELECT COUNT(*) FROM events WHERE network <> '' AND kind = 'signed_in'").await,
        0
    );

    // Another user never gets the old usernames; the address is free.
    let take = async |login: &str| {
        let fields =
            [("login", login), ("email", "anna.b@mail.example"), ("password", "blue lamp eight")];
        t.browser().json().post("/api/register", &fields).await
    };
    for login in ["anna", "ANNA-B"] {
        assert_eq!(take(login).await.field("login"), "login_taken");
    }
    assert_eq!(take("somebody-new").await.status, 200);
});

db_test!(signing_in_during_the_grace_offers_to_keep_the_account, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let mut other = t.browser();
    other.sign_in("anna", PASSWORD).await;
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser
        .submit("/api/delete", &[("confirmation", "bert")])
        .await
        .assert_text("This is not your login");
    assert!(browser.is_signed_in().await);
    browser.submit("/api/delete", &[("confirmation", " ANNA ")]).await;
    assert!(!browser.is_signed_in().await && !other.is_signed_in().await);

    let answer = browser.sign_in("anna", PASSWORD).await;
    answer.assert_text("Keep your account?");
    answer.assert_text("Your account will be deleted on 27 November 2026.");
    browser.get("/account").await.assert_text("Keep my account");
    browser.submit("/api/keep", &[]).await.assert_text("Your account stays");
    t.advance(20 * DAY);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.find("anna").await.delete_at, None);
});

db_test!(a6_3_7_letters_at_the_start_and_the_end_of_a_deletion_say_how_to_object, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.submit("/api/delete", &[("confirmation", "anna")]).await;
    let started = t.email(ANNA, "deletion-started").await;
    assert!(started.text.contains("27 November 2026") && started.text.contains("Keep my account"));
    t.advance(14 * DAY);
    server::sweep(&t.state).await.expect("swept");
    assert!(t.email(ANNA, "deletion-done").await.text.contains("anna"));
});

db_test!(export_during_deletion_is_whole_or_refused, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.post("/api/delete", &[("confirmation", "anna")]).await;
    // Signed out by it: no export without signing in again.
    assert_eq!(browser.clone().json().post("/api/export", &[]).await.status, 401);
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let (id, state) = (t.find("anna").await.id, t.state.clone());
    let purge =
        tokio::spawn(
            async move { crate::account::deletion::purge::purge(&state, &id, false).await },
        );
    let answer = browser.json().post("/api/export", &[]).await;
    assert!(purge.await.expect("no panic").expect("purged"));
    if answer.status == 200 {
        assert_eq!(unzip(&answer.bytes).len(), 2);
    } else {
        assert_eq!(answer.status, 401);
    }
});

db_test!(deletion_is_started_once_and_the_days_are_not_counted_anew, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let mut tab = browser.clone();
    browser.post("/api/delete", &[("confirmation", "anna")]).await;
    let at = t.find("anna").await.delete_at;
    t.emails().await;
    assert_eq!(
        tab.clone().json().post("/api/delete", &[("confirmation", "anna")]).await.status,
        401
    );
    t.advance(DAY);
    tab.sign_in_and_prove("anna", PASSWORD).await;
    tab.post("/api/delete", &[("confirmation", "anna")]).await;
    assert_eq!(t.find("anna").await.delete_at, at);
    assert_eq!(t.count(ANNA, "deletion-started").await, 1);
});

db_test!(a2_4_1_five_exports_an_hour, |t| {
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    for n in 0..7 {
        let answer = browser.post("/api/export", &[]).await;
        assert_eq!(answer.status, if n < 5 { 200 } else { 429 }, "{n}");
    }
    assert_eq!(t.count(ANNA, "export-ready").await, 5);
});

db_test!(a_disabled_account_is_not_deleted_under_the_shops_hands, |t| {
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.post("/api/delete", &[("confirmation", "anna")]).await;
    t.disable(&anna).await;
    t.advance(15 * DAY);
    server::sweep(&t.state).await.expect("swept");
    assert!(t.find("anna").await.delete_at.is_some());
});
