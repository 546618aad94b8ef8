//! What a letter says: the same blocks become plain text and HTML.

use askama::Template;

use crate::{
    forms::Code,
    i18n::{self, Locale},
    server::{config::Config, format},
};

/// The kinds of letters; header `X-Latchkey-EmailMessage` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailKind {
    /// The code that confirms an address at registration.
    ConfirmAddress,
    /// Somebody registered with an address that has an account.
    AddressInUse,
    /// The registration data, to be found again years later.
    Welcome,
    /// The code for recovery.
    RecoveryCode,
    /// "No account here for this address."
    UnknownAddress,
    /// The password was changed.
    PasswordChanged,
    /// Somebody tried to get into a disabled account.
    AccountDisabled,
    /// Which account an address has, or had.
    LoginReminder,
    /// Somebody signed in from a browser that the account did not know.
    NewDevice,
    /// Somebody signed in, for those who want to hear of each time.
    SignedIn,
    /// A new address was asked for.
    AddressChanging,
    /// The address was changed, or taken back.
    AddressChanged,
    /// The login name was changed.
    LoginChanged,
    /// A copy of all data was made.
    ExportReady,
    /// The account will be deleted.
    DeletionStarted,
    /// The account is deleted.
    DeletionDone,
    /// A computer was signed in by QR code.
    QrSignIn,
    /// Saved codes were made, and older ones are void.
    SavedCodesMade,
    /// A saved code was used.
    SavedCodeUsed,
    /// An assisted recovery was approved: who asked, and how to stop it.
    AssistedRecovery,
    /// An assisted recovery waited long enough.
    AssistedReady,
    /// Support has answered in the chat.
    AnswerWaits,
    /// To all admins: what an account may do was changed.
    RoleChanged,
    /// The code with which staff signs in.
    StaffCode,
}

impl EmailKind {
    /// As in the header and the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmAddress => "confirm-address",
            Self::AddressInUse => "address-in-use",
            Self::Welcome => "welcome",
            Self::RecoveryCode => "recovery-code",
            Self::UnknownAddress => "unknown-address",
            Self::PasswordChanged => "password-changed",
            Self::AccountDisabled => "account-disabled",
            Self::LoginReminder => "login-reminder",
            Self::NewDevice => "new-device",
            Self::SignedIn => "signed-in",
            Self::AddressChanging => "address-changing",
            Self::AddressChanged => "address-changed",
            Self::LoginChanged => "login-changed",
            Self::ExportReady => "export-ready",
            Self::DeletionStarted => "deletion-started",
            Self::DeletionDone => "deletion-done",
            Self::QrSignIn => "qr-sign-in",
            Self::SavedCodesMade => "saved-codes-made",
            Self::SavedCodeUsed => "saved-code-used",
            Self::AssistedRecovery => "assisted-recovery",
            Self::AssistedReady => "assisted-ready",
            Self::AnswerWaits => "answer-waits",
            Self::RoleChanged => "role-changed",
            Self::StaffCode => "staff-code",
        }
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

    /// Whether it says how to object to something that cannot be undone later.
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

    /// Whether it is worth nothing once its code has expired.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Self::ConfirmAddress | Self::RecoveryCode | Self::StaffCode)
    }

    /// How soon it is sent when others wait, too.
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

    /// How many of it an account gets in an hour and in a day; `None`: the codes count theirs themselves.
    #[must_use]
    pub const fn most(self) -> Option<(i64, i64)> {
        match self {
            _ if self.is_code() => None,
            // Each has a link that nothing else has: no door leads so far, this is only for one that is forgotten.
            _ if self.lets_object() => Some((40, 100)),
            // All admins hear of each other's doings.
            Self::RoleChanged => Some((60, 200)),
            // The first says all that matters; the rest is in Activity.
            Self::NewDevice => Some((4, 10)),
            _ => Some((10, 30)),
        }
    }
}

/// What is sent first when many letters wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody sits before a screen and waits for it.
    Code,
    /// It lets its reader object to what cannot be undone later.
    Objection,
    /// All others.
    Rest,
}

impl Urgency {
    /// As stored.
    #[must_use]
    pub const fn as_number(self) -> i64 {
        match self {
            Self::Code => 0,
            Self::Objection => 1,
            Self::Rest => 2,
        }
    }
}

/// A part of a letter.
pub enum Block {
    /// A paragraph.
    Text(String),
    /// The code, alone on its line.
    Code(Code),
    /// Names and values: login, address, when, from where.
    Facts(Vec<(&'static str, String)>),
    /// A button that leads to one of our pages (an address, complete).
    Button(&'static str, String),
    /// What to do if it was not you, what never to do: set apart.
    Care(String),
}

/// A letter to one person.
pub struct EmailMessage {
    /// What kind.
    pub kind: EmailKind,
    /// The stored address, never a typed spelling.
    pub to: String,
    /// The account it is about.
    pub account_id: Option<String>,
    /// Its login, for header `X-Latchkey-Account`.
    pub login: Option<String>,
    /// The language.
    pub locale: Locale,
    /// The subject line.
    pub subject: String,
    /// The parts, in order. The first text is also what mailboxes show beside the subject.
    pub blocks: Vec<Block>,
}

#[derive(Template)]
#[template(
    path = "letter.txt",
    escape = "none",
    config = "src/server/outbox/templates/askama.toml"
)]
struct TextPart<'a> {
    letter: &'a EmailMessage,
    greeting: String,
    signature: String,
    automatic: String,
}

#[derive(Template)]
#[template(
    path = "letter.html",
    escape = "html",
    config = "src/server/outbox/templates/askama.toml"
)]
struct HtmlPart<'a> {
    letter: &'a EmailMessage,
    shop: &'a str,
    home: String,
    accent: String,
    greeting: String,
    signature: String,
    automatic: String,
}

impl EmailMessage {
    /// A letter that is written like one and never sent (see [`super::enqueue`]).
    #[must_use]
    pub fn decoy(config: &Config) -> Self {
        Self {
            kind: EmailKind::RecoveryCode,
            to: "nobody@localhost.invalid".to_owned(),
            account_id: None,
            login: None,
            locale: Locale::En,
            subject: i18n::letter::recovery_code::subject(Locale::En, "000000", &config.shop_name),
            blocks: vec![
                Block::Text(i18n::letter::recovery_code::intro(Locale::En, "nobody")),
                Block::Code(Code::made("000000".to_owned())),
                Block::Care(i18n::letter::never_tell(Locale::En).to_owned()),
            ],
        }
    }

    /// The text and the HTML part.
    #[must_use]
    pub fn render(&self, config: &Config) -> (String, String) {
        let shop = &*config.shop_name;
        let greeting = match &self.login {
            Some(login) => i18n::letter::greeting_name(self.locale, login),
            None => i18n::letter::greeting(self.locale).to_owned(),
        };
        let signature = i18n::letter::signature(self.locale, shop);
        let automatic = i18n::letter::automatic(self.locale, config.origin());
        let text = TextPart {
            letter: self,
            greeting: greeting.clone(),
            signature: signature.clone(),
            automatic: automatic.clone(),
        };
        let html = HtmlPart {
            letter: self,
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

    /// "When" and "from where" as every letter gives them.
    #[must_use]
    pub fn origin_facts(
        locale: Locale,
        zone: &format::Zone,
        at: i64,
        client: &crate::server::client::Client,
    ) -> Vec<(&'static str, String)> {
        vec![
            (i18n::letter::facts::when(locale), format::datetime(locale, zone, at)),
            (i18n::letter::facts::device(locale), format::browser(locale, &client.user_agent)),
            (i18n::letter::facts::network(locale), client.network.clone()),
        ]
    }
}
