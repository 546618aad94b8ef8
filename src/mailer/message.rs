//! The content of an email: the same blocks become plain text and HTML.

use askama::Template;

use crate::{
    clock::Timestamp,
    config::Config,
    domain::{format, ids::AccountId, values::Code},
    i18n::{self, Locale},
};

/// The kinds of emails, named in the header `X-Latchkey-Letter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum EmailKind {
    /// The code that confirms an address at registration.
    ConfirmAddress,
    /// An address that has an account was used to register.
    AddressInUse,
    /// The registration data, to be found again years later.
    Welcome,
    /// The code for recovery.
    RecoveryCode,
    /// "No account here for this address."
    UnknownAddress,
    /// The password was changed.
    PasswordChanged,
    /// An attempt to get into a disabled account.
    AccountDisabled,
    /// Which account an address has, or had.
    LoginReminder,
    /// A sign-in from a browser that the account did not know.
    NewDevice,
    /// A sign-in, for users who want to be told of each one.
    SignedIn,
    /// A new address was requested.
    AddressChanging,
    /// The address was changed, or reclaimed.
    AddressChanged,
    /// The username was changed.
    LoginChanged,
    /// A copy of all data was made.
    ExportReady,
    /// The account will be deleted.
    DeletionStarted,
    /// The account is deleted.
    DeletionDone,
    /// A computer was signed in by QR code.
    QrSignIn,
    /// Backup codes were made, and older ones are void.
    SavedCodesMade,
    /// A backup code was used.
    SavedCodeUsed,
    /// An assisted recovery was approved: who requested it, and how to stop it.
    AssistedRecovery,
    /// The wait of an assisted recovery is over.
    AssistedReady,
    /// Support has answered in the chat.
    AnswerWaits,
    /// For all admins: the role of an account was changed.
    RoleChanged,
    /// The code with which staff sign in.
    StaffCode,
}

impl EmailKind {
    /// Returns the name in the header and the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl EmailKind {
    /// All kinds.
    pub const ALL: [Self; 24] = [
        Self::ConfirmAddress,
        Self::AddressInUse,
        Self::Welcome,
        Self::RecoveryCode,
        Self::UnknownAddress,
        Self::PasswordChanged,
        Self::AccountDisabled,
        Self::LoginReminder,
        Self::NewDevice,
        Self::SignedIn,
        Self::AddressChanging,
        Self::AddressChanged,
        Self::LoginChanged,
        Self::ExportReady,
        Self::DeletionStarted,
        Self::DeletionDone,
        Self::QrSignIn,
        Self::SavedCodesMade,
        Self::SavedCodeUsed,
        Self::AssistedRecovery,
        Self::AssistedReady,
        Self::AnswerWaits,
        Self::RoleChanged,
        Self::StaffCode,
    ];

    /// Returns whether it lets its reader reclaim or stop what cannot be undone later.
    #[must_use]
    pub const fn lets_object(self) -> bool {
        matches!(
            self,
            Self::AddressChanging
                | Self::AddressChanged
                | Self::DeletionStarted
                | Self::AssistedRecovery
                | Self::PasswordChanged
        )
    }

    /// Returns whether it is useless once its code has expired.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Self::ConfirmAddress | Self::RecoveryCode | Self::StaffCode)
    }

    /// Returns how soon it is sent when others wait, too.
    #[must_use]
    pub const fn urgency(self) -> Urgency {
        if self.is_code() {
            Urgency::Code
        } else if self.lets_object() {
            Urgency::Objection
        } else {
            Urgency::Rest
        }
    }

    /// Returns how many of its kind an account gets in an hour and in a day; `None`: codes have limits of their own.
    #[must_use]
    pub const fn most(self) -> Option<(i64, i64)> {
        match self {
            _ if self.is_code() => None,
            // Each has a link that exists nowhere else: no feature sends this many, this only catches a forgotten
            // limit.
            _ if self.lets_object() => Some((40, 100)),
            // Every admin is notified of what the others do.
            Self::RoleChanged => Some((60, 200)),
            // The first contains all that matters; the rest is in Activity.
            Self::NewDevice => Some((4, 10)),
            _ => Some((10, 30)),
        }
    }
}

/// The order in which waiting emails are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A user is waiting for it.
    Code,
    /// It lets its reader reclaim or stop what cannot be undone later.
    Objection,
    /// All others.
    Rest,
}

impl Urgency {
    /// Returns the stored number.
    #[must_use]
    pub const fn as_number(self) -> i64 {
        match self {
            Self::Code => 0,
            Self::Objection => 1,
            Self::Rest => 2,
        }
    }
}

/// A part of an email.
pub enum Block {
    /// A paragraph.
    Text(String),
    /// The code, alone on its line.
    Code(Code),
    /// Names and values: login, address, when, from where.
    Facts(Vec<(&'static str, String)>),
    /// A button that leads to one of our pages (a complete address).
    Button(&'static str, String),
    /// A warning, set apart: what to do if it was not you, what never to do.
    Care(String),
}

/// An email to one recipient.
pub struct EmailMessage {
    /// Its kind.
    pub kind: EmailKind,
    /// The stored address, never a typed spelling.
    pub to: String,
    /// The account it is about.
    pub account_id: Option<AccountId>,
    /// Its login, for header `X-Latchkey-Account`.
    pub login: Option<String>,
    /// The language.
    pub locale: Locale,
    /// The subject line.
    pub subject: String,
    /// The parts, in order. The first text is also the preview that mailboxes show beside the subject.
    pub blocks: Vec<Block>,
}

#[derive(Template)]
#[template(path = "email.txt", escape = "none", config = "src/mailer/templates/askama.toml")]
struct TextPart<'a> {
    email: &'a EmailMessage,
    greeting: String,
    signature: String,
    automatic: String,
}

#[derive(Template)]
#[template(path = "email.html", escape = "html", config = "src/mailer/templates/askama.toml")]
struct HtmlPart<'a> {
    email: &'a EmailMessage,
    shop: &'a str,
    home: String,
    accent: String,
    greeting: String,
    signature: String,
    automatic: String,
}

impl EmailMessage {
    /// Creates an email that is rendered like any other and never sent (see [`super::Outbox::enqueue`]).
    #[must_use]
    pub fn decoy(config: &Config) -> Self {
        Self {
            kind: EmailKind::RecoveryCode,
            to: "nobody@localhost.invalid".to_owned(),
            account_id: None,
            login: None,
            locale: Locale::En,
            subject: i18n::emails::recovery_code::subject(Locale::En, "000000", &config.shop_name),
            blocks: vec![
                Block::Text(i18n::emails::recovery_code::intro(Locale::En, "nobody")),
                Block::Code(Code::made("000000".to_owned())),
                Block::Care(i18n::emails::never_tell(Locale::En).to_owned()),
            ],
        }
    }

    /// Renders the text part and the HTML part.
    #[must_use]
    pub fn render(&self, config: &Config) -> (String, String) {
        let shop = &*config.shop_name;
        let greeting = match &self.login {
            Some(login) => i18n::emails::greeting_name(self.locale, login),
            None => i18n::emails::greeting(self.locale).to_owned(),
        };
        let signature = i18n::emails::signature(self.locale, shop);
        let automatic = i18n::emails::automatic(self.locale, config.origin());
        let text = TextPart {
            email: self,
            greeting: greeting.clone(),
            signature: signature.clone(),
            automatic: automatic.clone(),
        };
        let html = HtmlPart {
            email: self,
            shop,
            home: config.address_of("/"),
            accent: config.accent.hex(),
            greeting,
            signature,
            automatic,
        };
        // The templates are compiled in and write to a string: they cannot fail.
        (text.render().unwrap_or_default(), html.render().unwrap_or_default())
    }

    /// Returns "when" and "from where" as all emails show them.
    #[must_use]
    pub fn origin_facts(
        locale: Locale,
        zone: &format::Zone,
        at: Timestamp,
        client: &crate::domain::client::Client,
    ) -> Vec<(&'static str, String)> {
        vec![
            (i18n::emails::facts::when(locale), format::datetime(locale, zone, at)),
            (i18n::emails::facts::device(locale), format::browser(locale, &client.user_agent)),
            (i18n::emails::facts::network(locale), client.network.clone()),
        ]
    }
}
