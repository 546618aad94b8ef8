//! The development mailbox: reads the `.eml` files back.

use std::path::PathBuf;

use mail_parser::{HeaderForm, MessageParser};
use serde::Serialize;

/// An email in the development mailbox, as `/dev/mail.json` returns it.
#[derive(Serialize)]
pub struct DevEmail {
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// `X-Latchkey-Letter`.
    pub kind: String,
    /// `X-Latchkey-Account`, empty when the email is about no account.
    pub account: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Name of the file, without `.eml`.
    #[serde(skip)]
    pub id: String,
}

/// The folder with the emails.
pub struct DevMailbox(pub PathBuf);

impl DevMailbox {
    /// Returns all emails, newest first. What cannot be read is left out.
    pub async fn emails(&self) -> Vec<DevEmail> {
        let folder = self.0.clone();
        let read = move || {
            let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
                .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
                .unwrap_or_default();
            names.retain(|path| path.extension().is_some_and(|ext| ext == "eml"));
            // The names are UUIDv7: their order is chronological.
            names.sort_unstable_by(|a, b| b.cmp(a));
            names.iter().filter_map(|path| email(path)).collect()
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    }
}

fn email(path: &std::path::Path) -> Option<DevEmail> {
    let raw = std::fs::read(path).ok()?;
    let message = MessageParser::default().parse(&raw)?;
    let header = |name: &'static str| {
        let values = message.header_as(name, HeaderForm::Text);
        values.first().and_then(|value| value.as_text()).unwrap_or_default().to_owned()
    };
    Some(DevEmail {
        to: message.to()?.first()?.address()?.to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        kind: header("X-Latchkey-Letter"),
        account: header("X-Latchkey-Account"),
        text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        at: message.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
        id: path.file_stem()?.to_string_lossy().into_owned(),
    })
}
