//! Names of event kinds for users, and the groups by which they are filtered.

use crate::{
    domain::{
        accounts::Role,
        audit::{Event, EventKind},
        roles,
    },
    i18n::{self, Locale},
};

/// A group of event kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// All kinds.
    All,
    /// Sign-ins and sign-outs, including refused ones.
    SignIns,
    /// Changes to the account.
    Changes,
    /// Codes and recoveries.
    Recovery,
    /// Sent emails.
    Letters,
}

impl Group {
    /// All groups, in the order of the filter.
    pub(crate) const ALL: [Self; 5] =
        [Self::All, Self::SignIns, Self::Changes, Self::Recovery, Self::Letters];

    /// The value in the query string: `?kind=…`.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::SignIns => "sign-ins",
            Self::Changes => "changes",
            Self::Recovery => "recovery",
            Self::Letters => "letters",
        }
    }

    /// The label in the filter.
    #[must_use]
    pub(crate) const fn name(self, locale: Locale) -> &'static str {
        match self {
            Self::All => i18n::activity::all(locale),
            Self::SignIns => i18n::activity::sign_ins(locale),
            Self::Changes => i18n::activity::changes(locale),
            Self::Recovery => i18n::activity::recovery(locale),
            Self::Letters => i18n::activity::letters(locale),
        }
    }

    /// Returns the kinds in the group.
    #[must_use]
    pub(crate) fn kinds(self) -> Vec<EventKind> {
        EventKind::ALL
            .into_iter()
            .filter(|kind| self == Self::All || group(*kind) == self)
            .collect()
    }
}

/// Returns the group of a kind.
const fn group(kind: EventKind) -> Group {
    match kind {
        EventKind::SignedIn
        | EventKind::SignInRefused
        | EventKind::SignedOut
        | EventKind::SessionEnded
        | EventKind::OthersEnded
        | EventKind::AllEnded
        | EventKind::Confirmed
        | EventKind::ConfirmRefused
        | EventKind::QrScanned
        | EventKind::QrApproved
        | EventKind::QrDenied => Group::SignIns,
        EventKind::RecoveryAsked
        | EventKind::CodeSent
        | EventKind::CodeWrong
        | EventKind::CodeRight
        | EventKind::LoginAsked
        | EventKind::PasswordRecovered
        | EventKind::Reclaimed
        | EventKind::SavedCodesVoided
        | EventKind::SavedCodeUsed
        | EventKind::SavedCodeWrong
        | EventKind::SupportAsked
        | EventKind::OperatorLooked
        | EventKind::AssistedOpened
        | EventKind::AssistedConfirmed
        | EventKind::AssistedApproved
        | EventKind::AssistedRefused
        | EventKind::AssistedStopped
        | EventKind::AssistedReady
        | EventKind::AssistedDone
        | EventKind::AssistedEnded => Group::Recovery,
        EventKind::LetterSent => Group::Letters,
        _ => Group::Changes,
    }
}

/// Returns whether a kind is, or may be, bad news.
#[must_use]
pub(crate) const fn is_warning(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::SignInRefused
            | EventKind::CodeWrong
            | EventKind::PasswordChangeRefused
            | EventKind::ConfirmRefused
            | EventKind::EmailTakenBack
            | EventKind::Reclaimed
            | EventKind::Frozen
            | EventKind::SavedCodeWrong
            | EventKind::QrDenied
            | EventKind::AssistedOpened
            | EventKind::AssistedApproved
    )
}

/// Describes in one line what happened.
#[must_use]
pub(crate) fn words(event: &Event, locale: Locale) -> String {
    use i18n::events as t;
    let Some(kind) = EventKind::parse(&event.kind) else { return t::other(locale).to_owned() };
    let words = match kind {
        EventKind::Registered => t::registered(locale),
        EventKind::SignedIn => t::signed_in(locale),
        EventKind::SignInRefused => t::sign_in_refused(locale),
        EventKind::SignedOut => t::signed_out(locale),
        EventKind::RecoveryAsked => t::recovery_asked(locale),
        EventKind::CodeSent => t::code_sent(locale),
        EventKind::CodeWrong => t::code_wrong(locale),
        EventKind::CodeRight => t::code_right(locale),
        EventKind::PasswordRecovered => t::password_recovered(locale),
        EventKind::PasswordChanged => t::password_changed(locale),
        EventKind::PasswordChangeRefused => t::password_change_refused(locale),
        EventKind::Confirmed => t::confirmed(locale),
        EventKind::ConfirmRefused => t::confirm_refused(locale),
        EventKind::ProfileChanged => t::profile_changed(locale),
        EventKind::LettersChosen => t::letters_chosen(locale),
        EventKind::LoginChanged => t::login_changed(locale),
        EventKind::EmailChangeAsked => t::email_change_asked(locale),
        EventKind::EmailChanged => t::email_changed(locale),
        EventKind::EmailTakenBack => t::email_taken_back(locale),
        EventKind::Reclaimed => t::reclaimed(locale),
        EventKind::Frozen => t::frozen(locale),
        EventKind::SessionEnded => t::session_ended(locale),
        EventKind::OthersEnded => t::others_ended(locale),
        EventKind::AllEnded => t::all_ended(locale),
        EventKind::LoginAsked => t::login_asked(locale),
        EventKind::Exported => t::exported(locale),
        EventKind::DeletionAsked => t::deletion_asked(locale),
        EventKind::DeletionStopped => t::deletion_stopped(locale),
        EventKind::Deleted => t::deleted(locale),
        EventKind::StateChanged => t::state_changed(locale),
        EventKind::RoleChanged => match event.detail.as_deref().and_then(Role::parse) {
            Some(role) => return t::role_changed_to(locale, roles::name(locale, role)),
            None => t::role_changed(locale),
        },
        EventKind::SavedCodesMade => t::saved_codes_made(locale),
        EventKind::SavedCodesVoided => t::saved_codes_voided(locale),
        EventKind::SavedCodeUsed => t::saved_code_used(locale),
        EventKind::SavedCodeWrong => t::saved_code_wrong(locale),
        EventKind::QrScanned => t::qr_scanned(locale),
        EventKind::QrApproved => t::qr_approved(locale),
        EventKind::QrDenied => t::qr_denied(locale),
        EventKind::SupportAsked => t::support_asked(locale),
        EventKind::OperatorLooked => t::operator_looked(locale),
        EventKind::AssistedOpened => t::assisted_opened(locale),
        EventKind::AssistedConfirmed => t::assisted_confirmed(locale),
        EventKind::AssistedApproved => t::assisted_approved(locale),
        EventKind::AssistedRefused => t::assisted_refused(locale),
        EventKind::AssistedStopped => t::assisted_stopped(locale),
        EventKind::AssistedReady => t::assisted_ready(locale),
        EventKind::AssistedDone => t::assisted_done(locale),
        EventKind::AssistedEnded => t::assisted_ended(locale),
        EventKind::LetterSent => {
            return t::letter_sent(
                locale,
                email(event.detail.as_deref().unwrap_or_default(), locale),
            );
        }
    };
    words.to_owned()
}

/// Returns the name of an email kind.
#[must_use]
pub(crate) fn email(kind: &str, locale: Locale) -> &'static str {
    use i18n::email_names as t;
    match kind {
        "confirm-address" => t::confirm_address(locale),
        "address-in-use" => t::address_in_use(locale),
        "welcome" => t::welcome(locale),
        "recovery-code" => t::recovery_code(locale),
        "password-changed" => t::password_changed(locale),
        "account-disabled" => t::account_disabled(locale),
        "login-reminder" => t::login_reminder(locale),
        "new-device" => t::new_device(locale),
        "signed-in" => t::signed_in(locale),
        "address-changing" => t::address_changing(locale),
        "address-changed" => t::address_changed(locale),
        "login-changed" => t::login_changed(locale),
        "export-ready" => t::export_ready(locale),
        "deletion-started" => t::deletion_started(locale),
        "qr-sign-in" => t::qr_sign_in(locale),
        "saved-codes-made" => t::saved_codes_made(locale),
        "saved-code-used" => t::saved_code_used(locale),
        "assisted-recovery" => t::assisted_recovery(locale),
        "assisted-ready" => t::assisted_ready(locale),
        "answer-waits" => t::answer_waits(locale),
        "role-changed" => t::role_changed(locale),
        "staff-code" => t::staff_code(locale),
        _ => t::other(locale),
    }
}
