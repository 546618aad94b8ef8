//! Conversations as the queue lists them.

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError},
    domain::{
        ids::{AccountId, ConversationId},
        values::{EmailAddress, tidy},
    },
    i18n::Locale,
    support::conversation::{State, Topic},
};

/// Maximum lengths of the lists; for more, operators use the search.
const OPEN_MOST: i64 = 200;
const CLOSED_MOST: i64 = 50;
const FOUND_MOST: i64 = 50;

/// A conversation in a list.
#[derive(Clone, sqlx::FromRow)]
pub(in crate::support::console) struct QueueRow {
    pub id: ConversationId,
    topic: Topic,
    locale: String,
    state: State,
    pub solved: bool,
    /// The account that the conversation is said to be about, as typed.
    pub claimed: Option<String>,
    /// Whether the user is signed in.
    pub signed_in: bool,
    pub operator_id: Option<AccountId>,
    /// The login of the operator who took it.
    pub operator: Option<String>,
    pub waiting_since: Option<Timestamp>,
    pub updated_at: Timestamp,
    pub last_seq: i64,
    /// The beginning of the newest message, if there is one; empty for a picture without text.
    newest: Option<String>,
    /// Its translation, and the language tag of that.
    translation: Option<String>,
    translated_to: Option<String>,
    /// Whether the newest message is the user's and no staff member has read it.
    pub is_unread: bool,
}

impl QueueRow {
    /// Returns the user's language.
    pub(in crate::support::console) fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }

    /// Returns the topic.
    pub(in crate::support::console) fn topic(&self) -> Topic {
        self.topic
    }

    /// Returns the state.
    pub(in crate::support::console) fn state(&self) -> State {
        self.state
    }

    /// Returns whether the user waits for an answer.
    pub(in crate::support::console) fn is_waiting(&self) -> bool {
        self.state() == State::Waiting
    }

    /// Returns the beginning of the newest message, in the reader's language if it was translated into it.
    pub(in crate::support::console) fn newest(&self, reader: Locale) -> Option<&str> {
        let is_readers = self.translated_to.as_deref() == Some(reader.tag());
        let translation = self.translation.as_deref().filter(|_| is_readers);
        translation.or(self.newest.as_deref())
    }
}

/// The query behind [`QueueRow`]: the conversations for which `$which` holds, in `$order`, up to `$limit`, with the
/// newest message of each.
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

/// The query for open conversations for which `$which` holds. It avoids `<> 'closed'`, which cannot use an index; so
/// does the count below.
macro_rules! open_entries {
    ($which:literal) => {
        entries!(
            concat!("c.state IN ('waiting', 'answered') ", $which),
            "CASE WHEN c.state = 'waiting' THEN 0 ELSE 1 END, c.waiting_since, c.updated_at DESC, c.id",
            "$1"
        )
    };
}

/// Lists the open conversations: the longest waiting first, then the answered ones, newest first.
pub(in crate::support::console) async fn open_ones(db: &Db) -> Result<Vec<QueueRow>, DbError> {
    db.fetch_all(open_entries!(""), args![OPEN_MOST]).await
}

/// Like [`open_ones`], for the conversations that an operator took.
pub(in crate::support::console) async fn own_ones(
    db: &Db,
    operator: &str,
) -> Result<Vec<QueueRow>, DbError> {
    db.fetch_all(open_entries!("AND c.operator_id = $2"), args![OPEN_MOST, operator]).await
}

/// Lists the closed conversations, newest first.
pub(in crate::support::console) async fn closed_ones(db: &Db) -> Result<Vec<QueueRow>, DbError> {
    db.fetch_all(entries!("c.state = 'closed'", "c.closed_at DESC, c.id", "$1"), args![CLOSED_MOST])
        .await
}

/// Lists the conversations that contain `words` or are about an account that was typed so, newest first. An address is
/// found only as a whole: the pages mask it, and a search for one part after another would disclose it.
pub(in crate::support::console) async fn found(
    db: &Db,
    words: &str,
) -> Result<Vec<QueueRow>, DbError> {
    // Neither database engine folds the case of all scripts, so the usual variants are tried (as typed, lower case,
    // with a capital).
    let small = words.to_lowercase();
    // Names are stored without invisible characters, messages with them: joiners combine several emoji into one.
    let name = tidy(&words.to_lowercase());
    let as_typed = tidy(words);
    // An address has several spellings: its host may be written in ASCII or in its own script.
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

/// Returns a `LIKE` pattern for any text that contains `words`, with wildcards escaped.
fn pattern(words: &str) -> String {
    let escaped = words.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// Capitalises the first letter.
fn capital(small: &str) -> String {
    let mut chars = small.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The number of conversations behind each filter.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
pub(in crate::support::console) struct Counts {
    pub waiting: i64,
    pub open: i64,
    pub mine: i64,
}

/// Counts the open conversations.
pub(in crate::support::console) async fn counts(
    db: &Db,
    operator: &str,
) -> Result<Counts, DbError> {
    db.fetch_one(
        "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting, COUNT(*) AS open,
            COUNT(CASE WHEN operator_id = $1 THEN 1 END) AS mine
         FROM conversations WHERE state IN ('waiting', 'answered')",
        args![operator],
    )
    .await
}
