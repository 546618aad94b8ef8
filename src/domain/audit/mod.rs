//! The audit log: what happened to accounts, who did it, when and from where (ASVS 16.2).

mod kind;

pub use self::kind::EventKind;
use self::kind::id_of;
use crate::{
    args,
    clock::{DAY, Timestamp},
    db::{Db, DbError, Tx},
    domain::{
        client::Client,
        ids::{AccountId, EventId},
        rate_limit::Key,
    },
    random::Random,
};

/// Records an event; `account` is `None` when the name typed belongs to no account.
pub async fn record(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    kind: EventKind,
    account: Option<&AccountId>,
    client: &Client,
) -> Result<(), DbError> {
    tracing::info!(
        event = kind.as_str(),
        account = account.map(AccountId::as_str),
        network = client.network,
        "event"
    );
    let id = kind.once_a_minute(account, client, now).unwrap_or_else(|| random.id(now));
    note(tx, &id, account, kind);
    tx.defer(
        INSERT_ONCE,
        args![id, account, kind.as_str(), &*client.network, &*client.user_agent, now],
    )
    .await
}

/// An event that was recorded in a transaction: later records refer to it.
struct Recorded {
    id: EventId,
    account: AccountId,
    kind: EventKind,
}

/// Notes the event in the transaction: an email that is written in it may refer to the event.
fn note(tx: &mut Tx, id: &EventId, account: Option<&AccountId>, kind: EventKind) {
    if let Some(account) = account {
        let (id, account) = (id.to_owned(), account.to_owned());
        tx.note(Recorded { id, account, kind });
    }
}

/// Returns the id of the account's last event of these `kinds` that was recorded in this transaction, if any.
#[must_use]
pub fn recorded_in(tx: &Tx, account: &AccountId, kinds: &[EventKind]) -> Option<EventId> {
    let mut latest_first = tx.noted::<Recorded>().rev();
    let found = latest_first.find(|it| it.account == *account && kinds.contains(&it.kind));
    found.map(|found| found.id.clone())
}

/// As [`record`], for an account, with a detail.
pub async fn record_detail(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    kind: EventKind,
    account: &AccountId,
    client: &Client,
    detail: &str,
) -> Result<(), DbError> {
    tracing::info!(
        event = kind.as_str(),
        account = account.as_str(),
        network = client.network,
        "event"
    );
    let id = random.id(now);
    note(tx, &id, Some(account), kind);
    tx.defer(
        "INSERT INTO events (id, account_id, kind, network, user_agent, at, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![id, account, kind.as_str(), &*client.network, &*client.user_agent, now, detail],
    )
    .await
}

const INSERT_ONCE: &str = "INSERT INTO events (id, account_id, kind, network, user_agent, at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO NOTHING";

/// Records that a caller who has to wait until `until` tried all the same: once for each network and wait, which
/// `whose` identifies. Nothing was judged, so it belongs to no account.
pub async fn record_wait(
    tx: &mut Tx,
    now: Timestamp,
    kind: EventKind,
    whose: &Key,
    until: Timestamp,
    client: &Client,
) -> Result<(), DbError> {
    let id = id_of(&format!("{}:{}:{}", whose.as_str(), client.network, until.as_millis()));
    let none: Option<&str> = None;
    let written = tx
        .execute(
            INSERT_ONCE,
            args![id, none, kind.as_str(), &*client.network, &*client.user_agent, now],
        )
        .await?;
    if written == 1 {
        tracing::info!(event = kind.as_str(), network = client.network, waits = true, "event");
    }
    Ok(())
}

/// Records what a staff member did to an account.
pub async fn record_staff(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    kind: EventKind,
    account: &AccountId,
    actor: Option<&AccountId>,
    detail: Option<&str>,
) -> Result<(), DbError> {
    tracing::info!(
        event = kind.as_str(),
        account = account.as_str(),
        actor = actor.map(AccountId::as_str),
        "event"
    );
    let id = random.id(now);
    note(tx, &id, Some(account), kind);
    // Where an operator works from is nothing that the shopper needs to know.
    tx.defer(
        "INSERT INTO events (id, account_id, kind, network, user_agent, at, detail, actor_id)
         VALUES ($1, $2, $3, '', '', $4, $5, $6)",
        args![id, account, kind.as_str(), now, detail, actor],
    )
    .await
}

/// Records that a staff member searched for an account by a name, and which one was found: `None` if there is none.
pub async fn record_search(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    found: Option<&AccountId>,
    actor: &AccountId,
) -> Result<(), DbError> {
    let kind = EventKind::OperatorLooked.as_str();
    tracing::info!(
        event = kind,
        account = found.map(AccountId::as_str),
        actor = actor.as_str(),
        search = true,
        "event"
    );
    tx.defer(
        "INSERT INTO events (id, account_id, kind, network, user_agent, at, detail, actor_id)
         VALUES ($1, $2, $3, '', '', $4, 'search', $5)",
        args![random.id::<EventId>(now), found, kind, now, actor],
    )
    .await
}

/// Records that an email of this kind was sent; `cause` is the event that it reported, if any.
pub async fn record_email(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    account: &AccountId,
    email: &str,
    cause: Option<&EventId>,
) -> Result<(), DbError> {
    tx.defer(
        "INSERT INTO events (id, account_id, kind, network, user_agent, at, detail, cause_id)
         VALUES ($1, $2, $3, '', '', $4, $5, $6)",
        args![
            random.id::<EventId>(now),
            account,
            EventKind::LetterSent.as_str(),
            now,
            email,
            cause
        ],
    )
    .await
}

/// An event of an account, as it is shown.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// UUIDv7; the cursor of the list.
    pub id: EventId,
    /// See [`EventKind`].
    pub kind: String,
    /// Where it came from.
    pub network: String,
    /// The browser it came from.
    pub user_agent: String,
    /// When it happened.
    pub at: Timestamp,
    /// See [`EventKind::LetterSent`], [`EventKind::SavedCodesVoided`].
    pub detail: Option<String>,
    /// How many emails were sent that reported it; only [`list`] counts them.
    #[sqlx(default)]
    pub emails: i64,
}

/// Returns up to `most` events of an account, newest first: those of `kinds` (empty: all), older than the event
/// `before` if there is one of this account.
///
/// An email that reported an event is counted there and is no event of its own, unless only emails are requested.
pub async fn list(
    db: &Db,
    account: &AccountId,
    kinds: &[EventKind],
    before: Option<&str>,
    most: i64,
) -> Result<Vec<Event>, DbError> {
    let alone = kinds == [EventKind::LetterSent];
    db.fetch_all(
        "SELECT id, kind, network, user_agent, at, detail,
            (SELECT COUNT(*) FROM events email WHERE email.cause_id = events.id) AS emails
         FROM events
         WHERE account_id = $1
           AND ($5 OR cause_id IS NULL)
           AND ($2 = '' OR $2 LIKE '%,' || kind || ',%')
           AND ($3 = '' OR NOT EXISTS (SELECT 1 FROM events WHERE id = $3 AND account_id = $1)
                OR (at, id) < (SELECT at, id FROM events WHERE id = $3 AND account_id = $1))
         ORDER BY at DESC, id DESC LIMIT $4",
        args![account, among(kinds), before.unwrap_or_default(), most, alone],
    )
    .await
}

/// Returns the newest event of a kind since `since`, if there is one.
pub async fn newest_since(
    db: &Db,
    account: &AccountId,
    kind: EventKind,
    since: Timestamp,
) -> Result<Option<Event>, DbError> {
    db.fetch_optional(
        "SELECT id, kind, network, user_agent, at, detail FROM events
         WHERE account_id = $1 AND kind = $2 AND at >= $3 ORDER BY at DESC, id DESC LIMIT 1",
        args![account, kind.as_str(), since],
    )
    .await
}

/// Returns when an event of this kind last happened to an account.
pub async fn last_at(
    tx: &mut Tx,
    account: &AccountId,
    kind: EventKind,
) -> Result<Option<Timestamp>, DbError> {
    let (at,): (Option<Timestamp>,) = tx
        .fetch_one(
            "SELECT MAX(at) FROM events WHERE account_id = $1 AND kind = $2",
            args![account, kind.as_str()],
        )
        .await?;
    Ok(at)
}

/// Returns whether any of these happened to an account after `since`.
pub async fn any_since(
    tx: &mut Tx,
    account: &AccountId,
    kinds: &[EventKind],
    since: Timestamp,
) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .fetch_optional(
            "SELECT at FROM events WHERE account_id = $1 AND at > $2 AND $3 LIKE '%,' || kind || ',%' LIMIT 1",
            args![account, since, among(kinds)],
        )
        .await?;
    Ok(found.is_some())
}

/// Joins any number of kinds into one text: a list of names between commas.
fn among(kinds: &[EventKind]) -> String {
    kinds.iter().map(|kind| format!(",{},", kind.as_str())).collect()
}

/// Removes the person from the events of a deleted account: what happened and when stay.
pub async fn anonymize(tx: &mut Tx, account: &AccountId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE events SET account_id = NULL, network = '', user_agent = '', detail = NULL WHERE account_id = $1",
        args![account],
    )
    .await
    .map(drop)
}

/// Deletes old events: those of no account after a month, those of accounts after two years.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    // Events recorded at the moment in which an account was deleted. Looked for only on a day with deletions.
    let recent = args![EventKind::Deleted.as_str(), now - DAY];
    let deleted: Option<(i64,)> = tx
        .fetch_optional("SELECT at FROM events WHERE kind = $1 AND at > $2 LIMIT 1", recent)
        .await?;
    if deleted.is_some() {
        tx.execute(
            "UPDATE events SET account_id = NULL, network = '', user_agent = '', detail = NULL
             WHERE account_id IS NOT NULL AND at > $1
               AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = events.account_id)",
            args![now - 2 * DAY],
        )
        .await?;
    }
    tx.execute(
        "DELETE FROM events WHERE at < $1 OR (account_id IS NULL AND at < $2)",
        args![now - 730 * DAY, now - 30 * DAY],
    )
    .await
    .map(drop)
}
