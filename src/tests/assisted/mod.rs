//! Assisted recovery: the flow, who may decide, how the owner stops it, and its deadlines.

mod decide;
mod emails;
mod recover;
mod stop;
mod time;
mod way;

use super::{
    browser::{Answer, Browser},
    harness::{Engine, PASSWORD, TestApp, db_test, spawn_app_with},
};
use crate::{
    args,
    clock::{DAY, Duration, MINUTE, hours},
    domain::{
        accounts::{Account, Role},
        client::Client,
        ids::{AccountId, AssistedId, ConversationId},
    },
    i18n::Locale,
    mailer::DevEmail,
    recovery::assisted::process::{self, Assisted, State},
    support::conversation::{self, NewConversation, Topic},
};

const ANNA: &str = "anna@mail.example";
const NEW: &str = "anna.new@post.example";
const NEW_PASSWORD: &str = "blue lamp eight";
const CHECK: &str = "the date of registration";
const WAIT: Duration = hours(72);
/// The time until the same address gets another code.
const RESEND: Duration = MINUTE;

/// A shopper whose account is to be recovered, and two operators whose roles are old enough.
struct Story {
    anna: Account,
    olga: Account,
    oleg: Account,
}

async fn story(t: &TestApp) -> Story {
    let (anna, olga, oleg) = (
        t.account("anna").await,
        t.staff("olga", Role::Operator).await,
        t.staff("oleg", Role::Operator).await,
    );
    t.advance(8 * DAY);
    Story { anna, olga, oleg }
}

fn client() -> Client {
    Client {
        network: "203.0.113.0/24".to_owned(),
        user_agent: "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
            .to_owned(),
    }
}

/// Creates a conversation about an account; returns its id and the browser in which it began.
async fn chat(t: &TestApp, about: &Account) -> (ConversationId, Browser) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let client = client();
    let new = NewConversation {
        account_id: None,
        claimed: Some(&about.login),
        claimed_id: Some(&about.id),
        topic: Topic::Email,
        locale: Locale::En,
        client: &client,
    };
    let (id, token) = conversation::begin(&t.state, &mut tx, &new).await.expect("a conversation");
    tx.commit().await.expect("a commit");
    let mut browser = t.browser();
    browser.set_cookie("chat", &token.expose_secret());
    (id, browser)
}

/// Opens an assisted recovery for an account, as an operator does.
pub(super) async fn opened_for(t: &TestApp, about: &Account) {
    let staff = t.staff("ludmila", Role::Operator).await;
    let (conversation, _) = chat(t, about).await;
    open(t, &staff, &conversation, about).await;
}

/// Posts the form that opens an assisted recovery.
async fn try_open(t: &TestApp, staff: &Account, chat: &str, about: &Account) -> Answer {
    let mut browser = t.staff_browser(staff).await.json();
    browser
        .post(
            "/api/assisted_open",
            &[
                ("conversation", chat),
                ("account", &about.id),
                ("checked[]", CHECK),
                ("remark", "sounds like her"),
            ],
        )
        .await
}

/// Opens an assisted recovery; returns its id.
async fn open(t: &TestApp, staff: &Account, chat: &str, about: &Account) -> AssistedId {
    let answer = try_open(t, staff, chat, about).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let path = answer.json()["next"].as_str().expect("a path").to_owned();
    AssistedId::parse(path.trim_start_matches("/operator/assisted/")).expect("an id")
}

/// Confirms an address, as the shopper does.
async fn confirm(t: &TestApp, shopper: &mut Browser, email: &str) {
    shopper.submit("/api/assisted_email", &[("email", email)]).await.assert_text("Enter the code");
    let code = t.code(email, "confirm-address").await;
    shopper
        .submit("/api/assisted_code", &[("code", &code)])
        .await
        .assert_text("Your address is confirmed");
}

async fn approve(t: &TestApp, staff: &Account, id: &str) -> Answer {
    t.staff_browser(staff).await.json().post("/api/assisted_approve", &[("id", id)]).await
}

/// Returns a confirmed assisted recovery, with the browser of the shopper.
async fn confirmed(t: &TestApp, story: &Story) -> (AssistedId, Browser) {
    let (chat, mut shopper) = chat(t, &story.anna).await;
    let id = open(t, &story.olga, &chat, &story.anna).await;
    confirm(t, &mut shopper, NEW).await;
    (id, shopper)
}

/// Returns an assisted recovery that waits.
async fn waiting(t: &TestApp, story: &Story) -> (AssistedId, Browser) {
    let (id, shopper) = confirmed(t, story).await;
    let answer = approve(t, &story.oleg, &id).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    (id, shopper)
}

/// Returns an assisted recovery that is ready.
async fn ready(t: &TestApp, story: &Story) -> (AssistedId, Browser) {
    let (id, shopper) = waiting(t, story).await;
    t.advance(WAIT);
    release(t).await;
    assert_eq!(state_of(t, &id).await, State::Ready);
    (id, shopper)
}

async fn release(t: &TestApp) {
    process::release_due(&t.state).await.expect("done");
}

async fn process(t: &TestApp, id: &AssistedId) -> Assisted {
    process::get(&t.state.db, id).await.expect("the database answers").expect("a process")
}

/// Returns the stored state.
async fn state_of(t: &TestApp, id: &AssistedId) -> State {
    process(t, id).await.state()
}

/// Continues to the code page of the recovery that support arranged.
async fn arranged(browser: &mut Browser, login: &str, email: &str) -> Answer {
    browser.post("/api/recover", &[("login", login)]).await;
    browser.submit("/api/recover_arranged", &[("email", email)]).await
}

/// Returns the path of the link in the newest email of this kind.
async fn link(t: &TestApp, to: &str, kind: &str) -> String {
    path_in(&t.email(to, kind).await)
}

fn path_in(mail: &DevEmail) -> String {
    let at = mail.text.find("/letter/").unwrap_or_else(|| panic!("{}", mail.text));
    mail.text[at..].chars().take_while(|c| !c.is_whitespace()).collect()
}

/// Returns the messages of a conversation, by the names of what happened.
async fn happened(t: &TestApp, chat: &ConversationId) -> Vec<String> {
    let messages = conversation::messages_after(&t.state.db, chat, 0, 100).await.expect("messages");
    messages.into_iter().map(|message| message.text).collect()
}

/// Returns the events of an account about assisted recovery by kind, each with its actor.
async fn events(t: &TestApp, account: &Account) -> Vec<(String, Option<AccountId>)> {
    t.state
        .db
        .fetch_all(
            "SELECT kind, actor_id FROM events WHERE account_id = $1 AND kind LIKE 'assisted%' ORDER BY kind, at",
            args![&account.id],
        )
        .await
        .expect("the database answers")
}

#[test]
fn a6_4_6_addresses_keep_their_first_letters_and_no_more() {
    use crate::domain::mask::{address, claimed, email_local_part};
    assert_eq!(address(ANNA), "a•••@m•••.example");
    assert_eq!(address("анна@почта.рф"), "а•••@п•••.рф");
    assert_eq!(address("no address"), "•••");
    assert_eq!(email_local_part(ANNA), "a•••@mail.example");
    assert_eq!((claimed("anna").as_str(), claimed(ANNA).as_str()), ("anna", "a•••@m•••.example"));
}
