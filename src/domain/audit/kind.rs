//! The kinds of events.

use crate::{
    clock::{MINUTE, Timestamp},
    domain::{
        client::Client,
        ids::{AccountId, EventId},
    },
};
use sha2::{Digest as _, Sha256};

/// A kind of event. The names in the table and in logs never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum EventKind {
    /// An account was created.
    Registered,
    /// A user signed in.
    SignedIn,
    /// A sign-in was refused: wrong password, unknown name, disabled account or password.
    SignInRefused,
    /// A user signed out.
    SignedOut,
    /// Recovery was requested.
    RecoveryAsked,
    /// A code was requested by email.
    CodeSent,
    /// A wrong code was typed.
    CodeWrong,
    /// The right code was typed.
    CodeRight,
    /// The password was set by recovery.
    PasswordRecovered,
    /// The password was changed with the old one.
    PasswordChanged,
    /// The old password was typed wrongly while changing it.
    PasswordChangeRefused,
    /// A user reauthenticated, by password or code.
    Confirmed,
    /// A password for reauthentication was wrong.
    ConfirmRefused,
    /// Display name, picture, language or time zone was saved.
    ProfileChanged,
    /// The choice of optional emails was changed.
    LettersChosen,
    /// The username was changed.
    LoginChanged,
    /// A change of address was requested.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// The account was reclaimed from an old address.
    EmailTakenBack,
    /// The reader of the mailbox reported that a new password was not theirs.
    Reclaimed,
    /// Two addresses claim the account: it is frozen.
    Frozen,
    /// A session was ended from the list of devices.
    SessionEnded,
    /// All other sessions were ended.
    OthersEnded,
    /// The shop ended all sessions.
    AllEnded,
    /// A user asked which login an address has.
    LoginAsked,
    /// A copy of all data was made.
    Exported,
    /// Deletion was requested.
    DeletionAsked,
    /// Deletion was cancelled.
    DeletionStopped,
    /// The account was deleted; the event belongs to no account.
    Deleted,
    /// The shop disabled the account, or enabled it again.
    StateChanged,
    /// An email was sent; the detail is its kind.
    LetterSent,
    /// The role of the account was changed; the detail is the role.
    RoleChanged,
    /// Backup codes were made, and older ones were voided.
    SavedCodesMade,
    /// Backup codes were voided; the detail is how many, and when they had been made.
    SavedCodesVoided,
    /// A backup code was used.
    SavedCodeUsed,
    /// A wrong backup code was typed.
    SavedCodeWrong,
    /// A computer's request to sign in by QR code was opened on a phone.
    QrScanned,
    /// A computer was signed in by QR code.
    QrApproved,
    /// A computer was refused, or the number that it shows was typed wrongly.
    QrDenied,
    /// A conversation with support began.
    SupportAsked,
    /// An operator looked at the details of the account.
    OperatorLooked,
    /// An operator began an assisted recovery.
    AssistedOpened,
    /// The address for an assisted recovery was confirmed.
    AssistedConfirmed,
    /// An assisted recovery was approved: its wait begins.
    AssistedApproved,
    /// An assisted recovery was refused.
    AssistedRefused,
    /// An assisted recovery was stopped by the owner.
    AssistedStopped,
    /// The wait of an assisted recovery is over.
    AssistedReady,
    /// The account was recovered with help.
    AssistedDone,
    /// An assisted recovery expired, or was overtaken.
    AssistedEnded,
}

impl EventKind {
    /// Returns the name as stored and logged.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the id of the single row a minute that is kept of events that say no more when repeated: codes sent to
    /// no account, by network, and what a user changes back and forth, by account. This keeps them from filling the
    /// table. The id is a hash, because an event outlives its account.
    pub(super) fn once_a_minute(
        self,
        account: Option<&AccountId>,
        client: &Client,
        now: Timestamp,
    ) -> Option<EventId> {
        let whose = match (self, account) {
            (Self::ProfileChanged | Self::LettersChosen | Self::Confirmed, Some(account)) => {
                account.as_str()
            }
            (Self::CodeSent, None) => client.network.as_str(),
            _ => return None,
        };
        Some(id_of(&format!("{} {whose} {}", self.as_str(), now.number_of(MINUTE))))
    }

    /// Parses a stored name; `None` for a kind that a newer version wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// All kinds.
    pub const ALL: [Self; 49] = [
        Self::Registered,
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::RecoveryAsked,
        Self::CodeSent,
        Self::CodeWrong,
        Self::CodeRight,
        Self::PasswordRecovered,
        Self::PasswordChanged,
        Self::PasswordChangeRefused,
        Self::Confirmed,
        Self::ConfirmRefused,
        Self::ProfileChanged,
        Self::LettersChosen,
        Self::LoginChanged,
        Self::EmailChangeAsked,
        Self::EmailChanged,
        Self::EmailTakenBack,
        Self::Reclaimed,
        Self::Frozen,
        Self::SessionEnded,
        Self::OthersEnded,
        Self::AllEnded,
        Self::LoginAsked,
        Self::Exported,
        Self::DeletionAsked,
        Self::DeletionStopped,
        Self::Deleted,
        Self::StateChanged,
        Self::LetterSent,
        Self::RoleChanged,
        Self::SavedCodesMade,
        Self::SavedCodesVoided,
        Self::SavedCodeUsed,
        Self::SavedCodeWrong,
        Self::QrScanned,
        Self::QrApproved,
        Self::QrDenied,
        Self::SupportAsked,
        Self::OperatorLooked,
        Self::AssistedOpened,
        Self::AssistedConfirmed,
        Self::AssistedApproved,
        Self::AssistedRefused,
        Self::AssistedStopped,
        Self::AssistedReady,
        Self::AssistedDone,
        Self::AssistedEnded,
    ];
}

/// Returns the id that `text` always maps to, a UUID as every other (RFC 9562 §5.8): written twice it is one row.
pub(super) fn id_of(text: &str) -> EventId {
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(Sha256::digest(text)) {
        *byte = hashed;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid().into()
}
