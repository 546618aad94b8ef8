//! The rules of the support chat.

mod email;

pub(super) use self::email::{EmailCodeRequest, ask_email, confirm_email, send_code, set_email};

use crate::{
    clock::{Duration, HOUR, MINUTE},
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account},
        client::Client,
        ids::ConversationId,
        rate_limit::{self, Key},
        values::{MessageProblem, MessageText, UsernameProblem, identifier_key, tidy},
        verification::codes::{CheckError, SendError},
    },
    error::{InternalError, Problem},
    i18n::Locale,
    images::{self, Busy, Drawn, PictureProblem, Shape, Whose},
    security::Token,
    state::AppState,
    support::conversation::{
        self, Author, Conversation, ConversationProblem, NewConversation, NewMessage, Side, Topic,
        happened,
    },
};

/// Conversations that a network may begin per hour.
const NEW_AN_HOUR: i64 = 10;
/// Messages of one conversation per minute, and pictures per hour.
const MESSAGES_A_MINUTE: i64 = 30;
const PICTURES_AN_HOUR: i64 = 20;
/// The same for one network, in all its conversations, because it may begin many.
const MESSAGES_A_MINUTE_AND_NETWORK: i64 = 30;
const PICTURES_AN_HOUR_AND_NETWORK: i64 = 40;
/// Conversations that a network may end per minute: each end is recorded in the conversation, and so is the message
/// that reopens it.
const ENDS_A_MINUTE_AND_NETWORK: i64 = 10;
/// Longest side of a picture, in pixels.
const SIDE: u32 = 1_600;
/// Longest stored name of an account, in bytes.
const CLAIMED_MAX: usize = 254;
/// Longest nonce that is accepted from a form.
const NONCE_MAX: usize = 64;

/// What was posted.
pub(super) struct MessageForm<'a> {
    pub account: Option<&'a Account>,
    pub message: &'a str,
    pub picture: Option<Vec<u8>>,
    pub picture_too_large: bool,
    /// A file was chosen, but it is empty.
    pub picture_empty: bool,
    pub nonce: &'a str,
    pub locale: Locale,
    pub client: &'a Client,
}

/// Why nothing was posted.
#[derive(Debug, thiserror::Error)]
pub(super) enum SupportError {
    #[error("a field is wrong")]
    Field(&'static str, Problem),
    #[error("too many")]
    TooMany(Problem, Duration),
    /// Too many pictures are waiting.
    #[error("busy")]
    Busy,
    /// The conversation was deleted meanwhile.
    #[error("the conversation is gone")]
    Gone,
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for SupportError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Busy> for SupportError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

/// Validated content of a message.
struct Content {
    text: Option<MessageText>,
    picture: Option<Drawn>,
    nonce: String,
}

/// Begins a conversation with its first message; returns the token for the browser. Under a `token` that the browser
/// got before the first message, the same post sent twice begins one conversation.
#[tracing::instrument(skip_all)]
pub(super) async fn begin(
    state: &AppState,
    entry: MessageForm<'_>,
    token: Option<Token>,
    topic: &str,
    claimed: &str,
) -> Result<Token, SupportError> {
    let text = text_of(&entry)?;
    let claimed = tidy(claimed);
    let claimed = claimed.as_str();
    if claimed.len() > CLAIMED_MAX || claimed.chars().any(char::is_control) {
        return Err(SupportError::Field("account", UsernameProblem::TooLong.into()));
    }
    // A message refused for its text does not count as a conversation.
    let network = Key::new(&state.keys, "conversations-network", &[&entry.client.network]);
    within(state, &network, HOUR, NEW_AN_HOUR, ConversationProblem::TooManyConversations).await?;
    let (account, locale, client) = (entry.account, entry.locale, entry.client);
    // A signed-in user asks about their own account.
    let claimed = account.map_or(claimed, |account| &account.login);
    let named = accounts::find(&state.db, &identifier_key(claimed)).await?;
    let claimed_id = account.or(named.as_ref()).map(|account| &account.id);
    let content = judge(state, entry, text).await?;
    let mut tx = state.db.begin().await?;
    lock(&mut tx, account).await?;
    let new = NewConversation {
        account_id: account.map(|account| &account.id),
        claimed: Some(claimed).filter(|claimed| !claimed.is_empty()),
        claimed_id,
        topic: Topic::parse(topic).unwrap_or(Topic::Other),
        locale,
        client,
    };
    let mut token = token.unwrap_or_else(|| Token::new(&state.random));
    let (mut id, begun) = conversation::begin_under(state, &mut tx, &new, &token).await?;
    if !begun {
        let before = conversation::get_for_update(&mut tx, &id).await?;
        if before.is_some_and(|before| before.may_be_of(new.account_id)) {
            if let Some(account_id) = new.account_id {
                conversation::adopt(state, &mut tx, &id, account_id, client).await?;
            }
        } else {
            // Another user was signed in in this browser, and never learned that it began.
            (id, token) = conversation::begin(state, &mut tx, &new).await?;
        }
    }
    // `None`: it was already posted, and nothing is left to do.
    if post(state, &mut tx, &id, &content).await?.is_some() {
        tx.commit().await?;
    }
    Ok(token)
}

/// Posts a further message.
#[tracing::instrument(skip_all)]
pub(super) async fn send(
    state: &AppState,
    conversation: &Conversation,
    entry: MessageForm<'_>,
) -> Result<(), SupportError> {
    let text = text_of(&entry)?;
    let id = &conversation.id;
    let key = |what| Key::new(&state.keys, what, &[id]);
    let of_network = |what| Key::new(&state.keys, what, &[&entry.client.network]);
    let problem = ConversationProblem::TooManyMessages;
    within(state, &key("messages"), MINUTE, MESSAGES_A_MINUTE, problem).await?;
    let most = MESSAGES_A_MINUTE_AND_NETWORK;
    within(state, &of_network("messages-network"), MINUTE, most, problem).await?;
    if entry.picture.is_some() {
        within(state, &key("message-pictures"), HOUR, PICTURES_AN_HOUR, problem).await?;
        let most = PICTURES_AN_HOUR_AND_NETWORK;
        within(state, &of_network("message-pictures-network"), HOUR, most, problem).await?;
    }
    let (account, locale, client) = (entry.account, entry.locale, entry.client);
    let content = judge(state, entry, text).await?;
    let mut tx = state.db.begin().await?;
    lock(&mut tx, account).await?;
    if let Some(account) = account {
        // From now on, the conversation is found on every device.
        conversation::adopt(state, &mut tx, id, &account.id, client).await?;
    }
    if locale != conversation.locale() {
        conversation::set_locale(&mut tx, id, locale).await?;
    }
    if post(state, &mut tx, id, &content).await?.is_some() {
        tx.commit().await?;
        return Ok(());
    }
    drop(tx);
    // `None`: it was already posted, and nothing is left to do; or the conversation was deleted meanwhile.
    conversation::get(&state.db, id).await?.map(drop).ok_or(SupportError::Gone)
}

/// Locks the account before its conversations: in the same order as when it is deleted.
async fn lock(tx: &mut Tx, account: Option<&Account>) -> Result<(), SupportError> {
    match account {
        Some(account) if accounts::get_for_update(tx, &account.id).await?.is_none() => {
            Err(SupportError::Gone)
        }
        _ => Ok(()),
    }
}

/// Parses the text; none is needed beside a picture.
fn text_of(entry: &MessageForm<'_>) -> Result<Option<MessageText>, SupportError> {
    let has_picture = entry.picture.is_some() || entry.picture_too_large || entry.picture_empty;
    match MessageText::parse(entry.message) {
        Ok(text) => Ok(Some(text)),
        Err(MessageProblem::Missing) if has_picture => Ok(None),
        Err(problem) => Err(SupportError::Field("message", problem.into())),
    }
}

async fn judge(
    state: &AppState,
    entry: MessageForm<'_>,
    text: Option<MessageText>,
) -> Result<Content, SupportError> {
    let picture = match entry.picture {
        _ if entry.picture_too_large => {
            return Err(SupportError::Field(
                "picture",
                ConversationProblem::AttachmentTooLarge.into(),
            ));
        }
        _ if entry.picture_empty => {
            return Err(SupportError::Field("picture", PictureProblem::Empty.into()));
        }
        None => None,
        Some(file) => {
            let account = entry.account.map(|account| &account.id);
            let whose = Whose { client: entry.client, account };
            let drawn = images::redraw(state, file, Shape::Within(SIDE), whose).await?;
            Some(drawn.map_err(|problem| SupportError::Field("picture", problem.into()))?)
        }
    };
    let nonce = match entry.nonce {
        nonce if (1..=NONCE_MAX).contains(&nonce.len()) => nonce.to_owned(),
        _ => state.random.id(state.clock.now()),
    };
    Ok(Content { text, picture, nonce })
}

async fn post(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    content: &Content,
) -> Result<Option<i64>, DbError> {
    let picture = match &content.picture {
        Some(picture) => Some(conversation::keep_picture(state, tx, id, picture).await?),
        None => None,
    };
    let message = NewMessage {
        conversation: id,
        author: Author::Shopper,
        operator_id: None,
        text: content.text.as_ref(),
        picture: picture.as_ref(),
        nonce: &content.nonce,
    };
    conversation::post(state, tx, &message).await
}

/// Counts one more action; it stays counted, whatever becomes of it.
async fn within(
    state: &AppState,
    key: &Key,
    span: Duration,
    most: i64,
    problem: impl Into<Problem>,
) -> Result<(), SupportError> {
    if !state.config.limits {
        return Ok(());
    }
    let mut tx = state.db.begin_relaxed().await?;
    let counted = rate_limit::at_most(&mut tx, key, span, most, state.clock.now()).await?;
    tx.commit().await?;
    counted.map_err(|wait| SupportError::TooMany(problem.into(), wait))
}

/// Records that the user has seen the messages up to `seq`.
#[tracing::instrument(skip_all)]
pub(super) async fn seen(
    state: &AppState,
    conversation: &Conversation,
    seq: i64,
) -> Result<(), SupportError> {
    if conversation.shopper_read >= seq {
        return Ok(());
    }
    let mut tx = state.db.begin_relaxed().await?;
    conversation::mark_read(state, &mut tx, &conversation.id, Side::Shopper, seq).await?;
    Ok(tx.commit().await?)
}

/// Ends the conversation on the user's request.
#[tracing::instrument(skip_all)]
pub(super) async fn end(
    state: &AppState,
    conversation: &Conversation,
    client: &Client,
) -> Result<(), SupportError> {
    let network = Key::new(&state.keys, "conversations-ended", &[&client.network]);
    within(
        state,
        &network,
        MINUTE,
        ENDS_A_MINUTE_AND_NETWORK,
        ConversationProblem::TooManyMessages,
    )
    .await?;
    let mut tx = state.db.begin().await?;
    conversation::get_for_update(&mut tx, &conversation.id).await?;
    conversation::close(state, &mut tx, &conversation.id, happened::ENDED).await?;
    Ok(tx.commit().await?)
}
