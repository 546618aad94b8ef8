//! Delivers an email to an SMTP server, or into the development mailbox.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use url::{Host, Url};

use super::{
    outbox::Envelope,
    smtp::{Offers, Smtp, Wire},
};
use crate::{
    clock::Timestamp,
    config::ConfigError,
    domain::{ids::EmailId, values::EmailAddress},
};

/// Where emails go.
#[derive(Clone)]
pub enum Mailer {
    /// An SMTP server.
    Smtp(Arc<Smtp>),
    /// `.eml` files in a folder: the development mailbox.
    Folder(PathBuf),
}

/// Why an email was not delivered.
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
    /// The server is unavailable, busy, greylists, or refuses *us*: try later.
    Later,
    /// The server refuses the recipient for good.
    Never,
}

/// A row of the outbox, unsealed.
pub(super) struct Opened {
    pub id: EmailId,
    pub kind: String,
    pub message_id: String,
    pub created_at: Timestamp,
    pub envelope: Envelope,
}

impl Mailer {
    /// Creates a mailer for the configured SMTP server, which is greeted in the name of `base_url`.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn smtp(url: &str, base_url: &Url) -> Result<Self, ConfigError> {
        Smtp::new(url, base_url).map(|smtp| Self::Smtp(Arc::new(smtp)))
    }

    /// Returns what the SMTP server offers; `None` where there is none.
    ///
    /// # Errors
    /// The stage at which it refused us, and its numbers.
    pub async fn test(&self) -> Result<Option<Offers>, String> {
        match self {
            Self::Smtp(smtp) => smtp.ask().await.map(Some).map_err(|refusal| refusal.to_string()),
            Self::Folder(_) => Ok(None),
        }
    }

    /// Asks the SMTP server what it offers, for [`Mailer::carries`]. Whether it answers shows with the first email.
    pub(super) async fn learn(&self) {
        if let Err(reason) = self.test().await {
            tracing::warn!(reason, "the SMTP server did not say what it offers");
        }
    }

    /// Returns whether an email to this address can be sent: not every server accepts a part before the `@` beyond
    /// ASCII. Until the server was reached once, all are accepted.
    #[must_use]
    pub fn carries(&self, email: &EmailAddress) -> bool {
        match self {
            Self::Smtp(smtp) => {
                email.user().is_ascii() || smtp.carries_beyond_ascii() != Some(false)
            }
            Self::Folder(_) => true,
        }
    }

    pub(super) async fn send(&self, from: &Mailbox, opened: &Opened) -> Result<(), MailerError> {
        let message = message(from, opened)
            .map_err(|e| MailerError { failure: SendFailure::Never, reason: e })?;
        match self {
            Self::Smtp(smtp) => {
                let to = message.envelope().to().first();
                let (Some(from), Some(to)) = (message.envelope().from(), to) else {
                    let reason = "the letter has no sender or no recipient".to_owned();
                    return Err(MailerError { failure: SendFailure::Never, reason });
                };
                let wire = Wire { from, to, content: &message.formatted() };
                smtp.send(&wire).await.map_err(|refusal| MailerError {
                    failure: if refusal.is_final() {
                        SendFailure::Never
                    } else {
                        SendFailure::Later
                    },
                    reason: refusal.to_string(),
                })
            }
            Self::Folder(folder) => {
                let later = |e: std::io::Error| MailerError {
                    failure: SendFailure::Later,
                    reason: e.to_string(),
                };
                tokio::fs::create_dir_all(folder).await.map_err(later)?;
                let temporary = folder.join(format!("{}.tmp", opened.id));
                tokio::fs::write(&temporary, message.formatted()).await.map_err(later)?;
                tokio::fs::rename(&temporary, folder.join(format!("{}.eml", opened.id)))
                    .await
                    .map_err(later)
            }
        }
    }
}

fn message(from: &Mailbox, opened: &Opened) -> Result<Message, String> {
    let envelope = &opened.envelope;
    let to: Address = envelope.to.parse().map_err(|_| "the recipient is no address".to_owned())?;
    let at = SystemTime::UNIX_EPOCH
        + Duration::from_millis(u64::try_from(opened.created_at.as_millis()).unwrap_or_default());
    let mut builder = Message::builder()
        .from(Mailbox::new(from.name.clone(), on_the_wire(&from.email)))
        .to(Mailbox::new(None, on_the_wire(&to)))
        .subject(&envelope.subject)
        .date(at)
        .message_id(Some(opened.message_id.clone()))
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        // Exchange and Outlook ignore the header above: no "out of office", no receipts.
        .raw_header(header("X-Auto-Response-Suppress", "All".to_owned()))
        .raw_header(header("X-Latchkey-Letter", opened.kind.clone()));
    if let Some(login) = &envelope.login {
        builder = builder.raw_header(header("X-Latchkey-Account", login.clone()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(envelope.text.clone(), envelope.html.clone()))
        .map_err(|e| e.to_string())
}

/// Returns the address as every server accepts it: a domain beyond ASCII has an ASCII form (UTS #46), which needs no
/// SMTPUTF8.
fn on_the_wire(address: &Address) -> Address {
    match Host::parse(address.domain()) {
        Ok(Host::Domain(domain)) if !address.domain().is_ascii() => {
            Address::new(address.user(), domain).unwrap_or_else(|_| address.clone())
        }
        _ => address.clone(),
    }
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}
