//! Translations between shopper and operator, by a service that the shop configured (LibreTranslate's protocol); off
//! otherwise. A message is stored and shown first; its translation is added later, or not at all.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    config::Config,
    db::DbError,
    domain::values::MessageText,
    i18n::Locale,
    realtime::Event,
    state::AppState,
    support::conversation::{self, QUEUE, TRANSLATED_WITHIN, Untranslated},
};

/// How long one translation may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest response that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// Messages of one round.
const AT_ONCE: i64 = 20;
/// How many of them are requested concurrently.
const SIDE_BY_SIDE: usize = 4;

/// The translation service.
pub(crate) struct Translator {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    address: Uri,
    patience: Duration,
}

#[derive(Serialize)]
struct Question<'a> {
    q: &'a str,
    source: &'static str,
    target: &'static str,
    format: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    translated_text: String,
    detected_language: Option<Detected>,
}

#[derive(Deserialize)]
struct Detected {
    language: String,
}

/// Why there is no translation.
#[derive(Debug, thiserror::Error)]
enum TranslationError {
    #[error("the question could not be put: {0}")]
    Question(String),
    #[error("no answer: {0}")]
    Away(#[from] hyper_util::client::legacy::Error),
    #[error("answered {0}")]
    Refused(StatusCode),
    #[error("the answer could not be read: {0}")]
    Unreadable(String),
    #[error("no answer in time")]
    Late,
}

impl Translator {
    /// Returns the service of the settings, if there is one.
    #[must_use]
    pub(crate) fn of(config: &Config) -> Option<Self> {
        let address = config.translate_url.as_ref()?.as_str().parse().ok()?;
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Some(Self { client, address, patience: PATIENCE })
    }

    /// Sets another time limit for one translation.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Translates `text` into another language; `None` if it is in that language already.
    async fn translate(
        &self,
        text: &str,
        target: Locale,
    ) -> Result<Option<String>, TranslationError> {
        let late = |_| TranslationError::Late;
        let answer =
            tokio::time::timeout(self.patience, self.ask(text, target)).await.map_err(late)??;
        let detected = answer.detected_language.and_then(|d| Locale::parse(&d.language));
        if detected == Some(target) {
            return Ok(None);
        }
        // Text that a machine wrote is checked like text that a person wrote.
        let translated = MessageText::parse(&answer.translated_text)
            .map_err(|problem| TranslationError::Unreadable(format!("{problem:?}")))?;
        Ok(Some(translated.as_str().to_owned()).filter(|translated| translated != text))
    }

    async fn ask(&self, text: &str, target: Locale) -> Result<Answer, TranslationError> {
        // People write in any language, whatever the language of their pages.
        let question = Question { q: text, source: "auto", target: target.tag(), format: "text" };
        let unputtable = |why: String| TranslationError::Question(why);
        let body = serde_json::to_vec(&question).map_err(|e| unputtable(e.to_string()))?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.address.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|e| unputtable(e.to_string()))?;
        // This client follows no redirects: the text goes where the shop configured, and nowhere else.
        let response = self.client.request(request).await?;
        if response.status() != StatusCode::OK {
            return Err(TranslationError::Refused(response.status()));
        }
        let unreadable = |why: String| TranslationError::Unreadable(why);
        let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await;
        let body = body.map_err(|e| unreadable(e.to_string()))?.to_bytes();
        serde_json::from_slice(&body).map_err(|e| unreadable(e.to_string()))
    }

    /// Translates recent messages that were not processed yet; returns how many there were.
    ///
    /// # Errors
    /// When the database fails. A service that fails leaves messages as they are.
    #[tracing::instrument(skip_all)]
    pub(crate) async fn pass(&self, state: &AppState) -> Result<usize, DbError> {
        let since = state.clock.now() - TRANSLATED_WITHIN;
        let due = conversation::untranslated(&state.db, since, AT_ONCE).await?;
        let count = due.len();
        let done: Vec<Result<(), DbError>> = stream::iter(due)
            .map(|message| async move { self.one(state, &message).await })
            .buffer_unordered(SIDE_BY_SIDE)
            .collect()
            .await;
        done.into_iter().collect::<Result<(), DbError>>()?;
        Ok(count)
    }

    async fn one(&self, state: &AppState, message: &Untranslated) -> Result<(), DbError> {
        let target = message.target();
        let mut tx = state.db.begin().await?;
        let taken = conversation::take_for_translation(&mut tx, message, target).await?;
        tx.commit().await?;
        if !taken {
            return Ok(());
        }
        match self.translate(&message.text, target).await {
            Ok(Some(translated)) => {
                let mut tx = state.db.begin().await?;
                conversation::set_translation(state, &mut tx, message, &translated).await?;
                tx.commit().await
            }
            Ok(None) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "a message was not translated");
                Ok(())
            }
        }
    }
}

/// Translates new messages, until `stopped`.
pub(crate) async fn run(state: AppState, mut stopped: watch::Receiver<bool>) {
    let Some(translator) = Translator::of(&state.config) else { return };
    let Some(mut queue) = state.realtime.listen(QUEUE) else { return };
    loop {
        match translator.pass(&state).await {
            // There may be more.
            Ok(1..) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "messages were not translated"),
        }
        tokio::select! {
            _ = stopped.changed() => return,
            signal = queue.next() => if signal == Event::Stop { return },
        }
    }
}
