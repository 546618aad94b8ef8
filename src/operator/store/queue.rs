//! Conversations as the queue lists them.

use crate::{
    args,
    forms::{EmailAddress, tidy},
    i18n::Locale,
    server::{
        clock::Millis,
        conversations::{State, Topic},
        db::{Db, DbError},
    },
};

/// Most that a list shows: whoever needs more searches.
const OPEN_MOST: i64 = 200;
const CLOSED_MOST: i64 = 50;
const FOUND_MOST: i64 = 50;

/// A conversation in a list.
#[derive(Clone, sqlx::FromRow)]
pub(in crate::operator) struct QueueRow {
    pub id: String,
    topic: String,
    locale: String,
    state: String,
    pub solved: bool,
    /// The account that it is said to be about, as typed.
    pub claimed: Option<String>,
    /// Whether its shopper is signed in.
    pub signed_in: bool,
    pub operator_id: Option<String>,
    /// The login of whoever took it.
    pub operator: Option<String>,
    pub waiting_since: Option<Millis>,
    pub updated_at: Millis,
    pub last_seq: i64,
    /// The beginning of the newest message, if there is one: empty where a picture came alone.
    newest: Option<String>,
    /// The same in another language, and the tag of that.
    translation: Option<String>,
    translated_to: Option<String>,
    /// Whether it is the user's, and nobody of the staff has read it.
    pub is_unread: bool,
}

impl QueueRow {
    /// The language of its shopper.
    pub(in crate::operator) fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }

    /// What it is about.
    pub(in crate::operator) fn topic(&self) -> Topic {
        Topic::parse(&self.topic).unwrap_or(Topic::Other)
    }

    /// Whether somebody waits.
    pub(in crate::operator) fn state(&self) -> State {
        State::parse(&self.state)
    }

    /// Whether its shopper waits for an answer.
    pub(in crate::operator) fn is_waiting(&self) -> bool {
        self.state() == State::Waiting
    }

    /// The beginning of the newest message, in the reader's language if it was translated to that.
    pub(in crate::operator) fn newest(&self, reader: Locale) -> Option<&str> {
        let is_readers = self.translated_to.as_deref() == Some(reader.tag());
        let translation = self.translation.as_deref().filter(|_| is_readers);
        translation.or(self.newest.as_deref())
    }
}

/// What [`CannedAnswerForm`] is read from: those of which `$which` holds, in `$order`, up to `$limit`; with the newest message of each.
macro_rules! entries {
    ($which:expr, $order:literal, $limit:literal) => {
        concat!(
            "SELECT c.*, SUBSTR(n.text, 1, 160) AS newest, SUBSTR(n.translation, 1, 160) AS translation, n.translated_to,
                COALESCE(n.author = 'shopper' AND n.seq > c.operator_read, FALSE) AS is_unread
             FROM (
                SELECT c.id, c.topic, c.locale, c.state, c.solved, c.claimed, c.account_id IS NOT NULL AS signed_in,
                    c.operator_id, o.login AS operator, c.waiting_since, c.updated_at, c.closed_at, c.last_seq,
                    c.operator_read, (
                        SELECT m.seq FROM messages m WHERE m.conversation_id = c.id AND m.author <> 'system'
                        ORDER BY m.seq DESC LIMIT 1
                    ) AS newest_seq
                FROM conversations c LEFT JOIN accounts o ON o.id = c.operator_id
                WHERE ", $which, " ORDER BY ", $order, " LIMIT ", $limit, "
             ) c LEFT JOIN messages n ON n.conversation_id = c.id AND n.seq = c.newest_seq
             ORDER BY ", $order
        )
    };
}

/// Those that are not closed, of which `$which` holds. Not by "<> 'closed'", which no index serves; below neither.
macro_rules! open_entries {
    ($which:literal) => {
        entries!(
            concat!("c.state IN ('waiting', 'answered') ", $which),
            "CASE WHEN c.state = 'waiting' THEN 0 ELSE 1 END, c.waiting_since, c.updated_at DESC, c.id",
            "$1"
        )
    };
}

/// Those that are not closed: who waits longest comes first, then those that were answered, the newest first.
pub(in crate::operator) async fn open_ones(db: &Db) -> Result<Vec<QueueRow>, DbError> {
    db.fetch_all(open_entries!(""), args![OPEN_MOST]).await
}

/// As [`open_ones`], of those that an operator took.
pub(in crate::operator) async fn own_ones(
    db: &Db,
    operator: &str,
) -> Result<Vec<QueueRow>, DbError> {
    db.fetch_all(open_entries!("AND c.operator_id = $2"), args![OPEN_MOST, operator]).await
}

/// Those that are closed, the newest first.
pub(in crate::operator) async fn closed_ones(db: &Db) -> Result<Vec<QueueRow>, DbError> {
    db.fetch_all(entries!("c.state = 'closed'", "c.closed_at DESC, c.id", "$1"), args![CLOSED_MOST])
        .await
}

/// Those in which somebody wrote `words`, or that are about an account that was typed so; the newest first. An address
/// is found only by all of it: the screens mask it, and a search for one part after the other would tell it.
pub(in crate::operator) async fn found(db: &Db, words: &str) -> Result<Vec<QueueRow>, DbError> {
    // Neither engine folds the case of all scripts: what is usual is tried (as typed, small, with a capital).
    let small = words.to_lowercase();
    // Names are kept without what cannot be seen, and messages with it: joiners make one picture of several.
    let name = tidy(&words.to_lowercase());
    let as_typed = tidy(words);
    // An address is one, in however many letters its host is written.
    let (wire, read) = EmailAddress::parse(words).map_or_else(
        |_| (name.clone(), name.clone()),
        |email| (email.as_str().to_lowercase(), email.shown().to_lowercase()),
    );
    if name.is_empty() {
        return Ok(Vec::new());
    }
    db.fetch_all(
        entries!(
            r"c.claimed NOT LIKE '%@%' AND (LOWER(c.claimed) LIKE $7 ESCAPE '\' OR c.claimed LIKE $8 ESCAPE '\')
               OR LOWER(TRIM(c.claimed)) IN ($5, $9, $10) OR TRIM(c.claimed) = $6 OR EXISTS (
                SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.author <> 'system' AND (
                    LOWER(m.text) LIKE $1 ESCAPE '\' OR m.text LIKE $2 ESCAPE '\' OR m.text LIKE $3 ESCAPE '\'))",
            "c.updated_at DESC, c.id",
            "$4"
        ),
        args![
            pattern(&small),
            pattern(words),
            pattern(&capital(&small)),
            FOUND_MOST,
            &name,
            &as_typed,
            pattern(&name),
            pattern(&as_typed),
            wire,
            read
        ],
    )
    .await
}

/// Any text that holds `words`: what `LIKE` takes for a wildcard stands for itself.
fn pattern(words: &str) -> String {
    let escaped = words.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// With its first letter as a capital.
fn capital(small: &str) -> String {
    let mut letters = small.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How many there are behind each filter.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
pub(in crate::operator) struct Counts {
    pub waiting: i64,
    pub open: i64,
    pub mine: i64,
}

/// Counts those that are not closed.
pub(in crate::operator) async fn counts(db: &Db, operator: &str) -> Result<Counts, DbError> {
    db.fetch_one(
        "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting, COUNT(*) AS open,
            COUNT(CASE WHEN operator_id = $1 THEN 1 END) AS mine
         FROM conversations WHERE state IN ('waiting', 'answered')",
        args![operator],
    )
    .await
}
