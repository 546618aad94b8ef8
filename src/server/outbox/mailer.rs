//! Handing a letter over: to an SMTP server, or into the development mailbox.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::Envelope;
use crate::server::{clock::Millis, config::ConfigError};

/// How long one SMTP command may take; a whole conversation is bounded by the worker's lease.
const COMMAND_PATIENCE: Duration = Duration::from_secs(15);

/// Where letters go.
#[derive(Clone)]
pub enum Mailer {
    /// An SMTP server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// `.eml` files in a folder: the development mailbox.
    Folder(PathBuf),
}

/// Why a letter was not handed over.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct MailerError {
    /// Whether it is worth trying again.
    pub failure: SendFailure,
    reason: String,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// The server is away, busy, greylists, or refuses *us*: later.
    Later,
    /// The server refuses this letter or its recipient for good.
    Never,
}

/// A row of the outbox, opened.
pub(super) struct Opened {
    pub id: String,
    pub kind: String,
    pub message_id: String,
    pub created_at: Millis,
    pub envelope: Envelope,
}

impl Mailer {
    /// For the SMTP server of the settings.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn smtp(url: &str) -> Result<Self, ConfigError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|e| ConfigError::new("smtp_url", e.to_string()))?
            .timeout(Some(COMMAND_PATIENCE))
            .build();
        Ok(Self::Smtp(transport))
    }

    /// Whether the SMTP server answers.
    ///
    /// # Errors
    /// What it said, without secrets.
    pub async fn test(&self) -> Result<(), String> {
        match self {
            Self::Smtp(smtp) => match smtp.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err("the SMTP server did not answer".to_owned()),
                Err(error) => Err(error.to_string()),
            },
            Self::Folder(_) => Ok(()),
        }
    }

    pub(super) async fn send(&self, from: &Mailbox, opened: &Opened) -> Result<(), MailerError> {
        let message = message(from, opened)
            .map_err(|e| MailerError { failure: SendFailure::Never, reason: e })?;
        match self {
            Self::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| {
                // Only a refusal of this recipient or letter is final. Anything else that
                // the server will not have (a login, a sender) is our mistake to mend.
                let code = error.status().map(|code| code.to_string());
                let never = matches!(code.as_deref(), Some("550" | "551" | "552" | "553" | "554"))
                    && error.is_permanent();
                MailerError {
                    failure: if never { SendFailure::Never } else { SendFailure::Later },
                    // The server's words may hold the address: the code is enough for the log.
                    reason: code.map_or_else(
                        || "the SMTP server cannot be reached".to_owned(),
                        |c| format!("SMTP {c}"),
                    ),
                }
            }),
            Self::Folder(folder) => {
                let later = |e: std::io::Error| MailerError {
                    failure: SendFailure::Later,
                    reason: e.to_string(),
                };
                tokio::fs::create_dir_all(folder).await.map_err(later)?;
                let draft = folder.join(format!("{}.tmp", opened.id));
                tokio::fs::write(&draft, message.formatted()).await.map_err(later)?;
                tokio::fs::rename(&draft, folder.join(format!("{}.eml", opened.id)))
                    .await
                    .map_err(later)
            }
        }
    }
}

fn message(from: &Mailbox, opened: &Opened) -> Result<Message, String> {
    let envelope = &opened.envelope;
    let to: Mailbox = envelope.to.parse().map_err(|_| "the recipient is no address".to_owned())?;
    let at = SystemTime::UNIX_EPOCH
        + Duration::from_millis(u64::try_from(opened.created_at).unwrap_or_default());
    let mut builder = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&envelope.subject)
        .date(at)
        .message_id(Some(opened.message_id.clone()))
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header("X-Latchkey-Letter", opened.kind.clone()));
    if let Some(login) = &envelope.login {
        builder = builder.raw_header(header("X-Latchkey-Account", login.clone()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(envelope.text.clone(), envelope.html.clone()))
        .map_err(|e| e.to_string())
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}
