//! What a mail server refused, and whether that is final.

use lettre::transport::smtp::Error as SmtpError;
use std::{error::Error as _, fmt};

/// The stage that a conversation reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Greeting,
    Login,
    Sender,
    Recipient,
    Data,
    Letter,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "greeting",
            Self::Login => "login",
            Self::Sender => "MAIL",
            Self::Recipient => "RCPT",
            Self::Data => "DATA",
            Self::Letter => "letter",
        })
    }
}

/// Why an email was not accepted. The server's words may contain an address: only its numbers are kept.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) stage: Stage,
    pub(super) why: Why,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// A reply, and its enhanced status code (RFC 3463) if it has one.
    Reply(String, Option<String>),
    /// No answer in time, or the connection broke.
    Silence(&'static str),
    /// The server does not offer what the email needs.
    Lacks(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Reply(code, None) => write!(f, "at {}: {code}", self.stage),
            Why::Reply(code, Some(enhanced)) => write!(f, "at {}: {code} {enhanced}", self.stage),
            Why::Silence(what) => write!(f, "at {}: {what}", self.stage),
            Why::Lacks(what) => write!(f, "at {}: the server does not offer {what}", self.stage),
        }
    }
}

impl Refusal {
    pub(super) fn of(stage: Stage, error: &SmtpError) -> Self {
        let why = match error.status() {
            Some(code) => Why::Reply(code.to_string(), enhanced(error)),
            None if error.is_timeout() => Why::Silence("no answer in time"),
            None if error.is_tls() => Why::Silence("no encrypted connection"),
            None if error.is_client() => {
                Why::Lacks("what the settings ask for (STARTTLS, a way to log in)")
            }
            None if error.is_response() => {
                Why::Silence("the connection ended, or the answer was no SMTP")
            }
            None => Why::Silence("no connection"),
        };
        Self { stage, why }
    }

    /// Returns whether trying again cannot help: the refusal is about the recipient (5.1.x, 5.2.x). Any other is about
    /// us (our sender, our host, our login, the moment), and may be resolved while the email waits.
    pub(super) fn is_final(&self) -> bool {
        let Why::Reply(code, Some(enhanced)) = &self.why else { return false };
        let past_sender = matches!(self.stage, Stage::Recipient | Stage::Data | Stage::Letter);
        // 5.1.7 and 5.1.8 are about the sender's address.
        let recipient = (enhanced.starts_with("5.1.") || enhanced.starts_with("5.2."))
            && !matches!(enhanced.as_str(), "5.1.7" | "5.1.8");
        past_sender && code.starts_with('5') && recipient
    }

    /// Returns whether the server closes the connection, which says nothing about the email.
    pub(super) fn closes(&self) -> bool {
        matches!(&self.why, Why::Reply(code, _) if code == "421")
    }

    /// Returns whether the connection was dead before the email was sent.
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.why, Why::Silence(_)) && self.stage != Stage::Letter
    }

    /// Returns whether the connection can carry another email.
    pub(super) fn leaves_connection(&self) -> bool {
        matches!(self.why, Why::Reply(..) | Why::Lacks(_)) && !self.closes()
    }
}

/// Returns the enhanced status code, such as `5.1.1`, at the beginning of the server's reply.
fn enhanced(error: &SmtpError) -> Option<String> {
    let said = error.source()?.to_string();
    let word = said.split_whitespace().next()?;
    let mut parts = word.split('.');
    let is = |part: Option<&str>, most: usize| {
        part.is_some_and(|part| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let good = is(parts.next(), 1) && is(parts.next(), 3) && is(parts.next(), 3);
    (good && parts.next().is_none()).then(|| word.to_owned())
}
