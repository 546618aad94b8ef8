//! The stream of new messages in a conversation.

use std::time::Duration;

use axum::{
    Extension,
    response::{IntoResponse as _, Response},
};
use http::HeaderMap;
use tokio::time::Instant;

use super::{
    PAGE, access,
    view::{Reader, cursor, is_closed, seq_in},
};
use crate::{
    db::DbError,
    domain::ids::ConversationId,
    error::{AppError, InternalError, RequestProblem},
    http::{
        context::RequestContext,
        sse::{self, Gone, Outlet},
    },
    islands::{ChatEvent, ChatStatus},
    realtime::{Change, Event, Listener},
    support::conversation::{self, Author, Conversation, State, Translated},
};

/// How long "Support is typing" is shown after each sign of it.
const TYPING: Duration = Duration::from_secs(5);
/// How often read permission is checked again, whatever happens.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Messages read at once.
const AT_ONCE: i64 = 50;

/// `GET /support/stream`: everything after `Last-Event-ID`, then what is new. It needs the cookie of the conversation,
/// or the account that wrote it. A message that was sent does not count as seen: the browser reports that
/// ([`super::seen`]).
pub(super) async fn listen(
    Extension(mut request): Extension<RequestContext>,
    headers: HeaderMap,
) -> Response {
    let opened = async {
        let not_found = || AppError::new(RequestProblem::NotFound);
        // Reconnecting does not count as use of the session either: the browser does it by itself.
        request.listen().await?;
        let conversation = access::still_mine(&request).await?.ok_or_else(not_found)?;
        // Before the first read, so that no change is missed.
        let network = request.state.config.limits.then_some(request.client.network.as_str());
        let topic = conversation::topic(&conversation.id);
        let listener = request.state.realtime.listen_as_guest(&topic, network);
        let listener = listener.ok_or_else(|| AppError::new(RequestProblem::Busy))?;
        let last = sse::last_id(&headers, request.query("last"));
        Ok::<_, AppError>((conversation, listener, last))
    };
    match opened.await {
        Ok((conversation, listener, last)) => {
            sse::open(request.is_head, move |outlet| async move {
                // A browser without a cursor shows nothing yet.
                let seq = last.map_or(Some(0), |last| seq_in(&conversation, &last));
                // The page shows another, earlier conversation.
                let Some(seq) = seq else { return outlet.go(PAGE).await };
                let id = conversation.id;
                // Something may have been translated between the page and the listening.
                let translated = Translated::Lately;
                let mut stream =
                    Stream { request, id, listener, seq, translated, typing: None, shown: None };
                stream.run(&outlet).await
            })
        }
        Err(error) => error.into_response(),
    }
}

struct Stream {
    request: RequestContext,
    id: ConversationId,
    listener: Listener,
    /// The last message that was sent.
    seq: i64,
    /// The messages that may have been translated since they were sent.
    translated: Translated,
    /// Until when "typing" is shown.
    typing: Option<Instant>,
    /// The line below the messages, and whether the conversation is closed.
    shown: Option<(ChatStatus, bool)>,
}

/// Why a stream ends.
enum End {
    Gone,
    Failed(InternalError),
    /// The conversation belongs to another user by now, or does not exist any more.
    NotMine,
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<DbError> for End {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<InternalError> for End {
    fn from(fault: InternalError) -> Self {
        Self::Failed(fault)
    }
}

impl Stream {
    async fn run(&mut self, outlet: &Outlet) -> Result<(), Gone> {
        loop {
            match self.tell(outlet).await {
                Ok(()) => {}
                Err(End::Gone) => return Err(Gone),
                Err(End::NotMine) => return outlet.go(PAGE).await,
                Err(End::Failed(error)) => {
                    // The browser reconnects, and continues where it was.
                    tracing::warn!(%error, "a stream of a conversation ended");
                    return Ok(());
                }
            }
            if !self.wait().await {
                return Ok(());
            }
        }
    }

    /// Sends everything that is new.
    async fn tell(&mut self, outlet: &Outlet) -> Result<(), End> {
        let db = &self.request.state.db;
        let conversation = access::still_mine(&self.request).await?.filter(|c| c.id == self.id);
        let conversation = conversation.ok_or(End::NotMine)?;
        let reader = Reader::of(&self.request);
        let translated = std::mem::take(&mut self.translated);
        for message in conversation::translated(db, &self.id, translated, self.seq).await? {
            if let Some(message) = reader.message(&message) {
                outlet.send(None, &ChatEvent::Message(message)).await?;
            }
        }
        loop {
            let messages = conversation::messages_after(db, &self.id, self.seq, AT_ONCE).await?;
            if messages.is_empty() {
                break;
            }
            for message in &messages {
                if message.author() == Author::Operator {
                    self.typing = None;
                }
                let id = cursor(&conversation, message.seq);
                if let Some(message) = reader.message(message) {
                    outlet.send(Some(&id), &ChatEvent::Message(message)).await?;
                }
                self.seq = message.seq;
            }
        }
        self.tell_below(outlet, &conversation, &reader).await
    }

    async fn tell_below(
        &mut self,
        outlet: &Outlet,
        conversation: &Conversation,
        reader: &Reader,
    ) -> Result<(), End> {
        let db = &self.request.state.db;
        // Only a user who waits needs to know how long it takes, and whether the message was read.
        let (own, usual) = if conversation.state() == State::Waiting {
            let own = conversation::last_by(db, &self.id, Author::Shopper).await?;
            (own, conversation::usual_wait(db).await?)
        } else {
            (0, None)
        };
        let status = reader.status(conversation, self.typing.is_some(), own, usual);
        let below = (status, is_closed(conversation));
        if self.shown.as_ref() != Some(&below) {
            outlet.send(None, &ChatEvent::Below(below.clone())).await?;
            self.shown = Some(below);
        }
        Ok(())
    }

    /// Waits until there may be something new; returns false when the server stops.
    async fn wait(&mut self) -> bool {
        let mut until = Instant::now() + LOOK_AGAIN;
        if let Some(typing) = self.typing {
            until = until.min(typing);
        }
        loop {
            tokio::select! {
                signal = self.listener.next() => match signal {
                    Event::Stop => return false,
                    // The user's own typing.
                    Event::Changed(Change::TypingShopper) => continue,
                    Event::Changed(Change::TypingOperator) => {
                        self.typing = Some(Instant::now() + TYPING);
                        return true;
                    }
                    signal => {
                        self.translated = Translated::said(&signal);
                        return true;
                    }
                },
                () = tokio::time::sleep_until(until) => {
                    if self.typing.is_some_and(|typing| typing <= Instant::now()) {
                        self.typing = None;
                    }
                    return true;
                }
            }
        }
    }
}
