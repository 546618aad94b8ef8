//! The one error type that crosses the wire, and what the shopper reads for each.

use std::collections::BTreeMap;

use http::StatusCode;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::{
    forms::MessageProblem,
    i18n::{self, Locale},
    server::{
        Fault,
        clock::Millis,
        codes::{CheckError, SendError, seconds_until},
        hashing::HashError,
        when,
    },
};

/// What went wrong, for the whole form or for one field. The names are part of the contract
/// with callers that read JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the texts in locales/ say what each means")]
pub enum Kind {
    // The whole form.
    CheckFields,
    BadCredentials,
    TooManyTries,
    TooManyFromNetwork,
    SlideAgain,
    CodeTooEarly,
    TooManyLetters,
    TooManyLettersLookBack,
    FlowExpired,
    StartAgain,
    SignedOut,
    ProofNeeded,
    SessionGone,
    LinkGone,
    ChangedElsewhere,
    Busy,
    Unavailable,
    Malformed,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    // A field.
    LoginMissing,
    LoginTooShort,
    LoginTooLong,
    LoginCharacters,
    LoginMixedScripts,
    LoginTaken,
    LoginReserved,
    EmailMissing,
    EmailMalformed,
    EmailTooLong,
    EmailNumber,
    EmailNotCarried,
    EmailTaken,
    PasswordMissing,
    PasswordTooShort,
    PasswordTooLong,
    PasswordCommon,
    PasswordPersonal,
    PasswordsDiffer,
    OldPasswordWrong,
    PasswordWrong,
    PasswordUseCode,
    LoginSame,
    LoginTooSoon,
    EmailSame,
    EmailTakenMeanwhile,
    DisplayNameTooLong,
    DeviceNameTooLong,
    TimeZoneUnknown,
    LanguageUnknown,
    PictureTooLarge,
    PictureUnknown,
    PictureEmpty,
    PictureBroken,
    PictureTooManyPixels,
    ConfirmationWrong,
    CodeMissing,
    CodeMalformed,
    CodeNotSent,
    CodeWrong,
    CodeReplaced,
    CodeExpired,
    CodeExhausted,
    // Of saved codes.
    SavedCodeMissing,
    SavedCodeMalformed,
    SavedCodeWrong,
    SavedCodeExhausted,
    SavedCodesReplaced,
    // Of signing in by QR code.
    QrGone,
    QrStaff,
    QrNumberMissing,
    QrNumberWrong,
    QrPasswordOff,
    ShortCodeMissing,
    ShortCodeWrong,
    // Of support.
    MessageMissing,
    MessageTooLong,
    AttachmentTooLarge,
    TooManyMessages,
    TooManyConversations,
    // Of the console.
    TakenByOther,
    ConversationClosed,
    ConversationGone,
    NotOnDuty,
    AboutNoAccount,
    PlaceholderLeft,
    PlaceholderUnknown,
    // Of assisted recovery.
    AssistedNobody,
    AssistedStaff,
    AssistedDisabled,
    AssistedAlive,
    AssistedAdminOnly,
    AssistedTooMany,
    AssistedUnchecked,
    AssistedRemarkTooLong,
    AssistedMoved,
    AssistedOwn,
    AssistedTooNew,
    AssistedRelated,
    AssistedOpenerGone,
    // Of staff.
    LoginUnknown,
    RoleUnknown,
    RoleSame,
    RoleOwn,
    RoleUnfit,
    StaffStays,
    // End.
}

/// What a form answers when it refuses: `{"error": KIND, "fields": {NAME: KIND}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// What it is about.
    pub error: Kind,
    /// What is wrong with which field.
    #[serde(default)]
    pub fields: BTreeMap<String, Kind>,
    /// How long to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// How many tries are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
    /// When the letter to use was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
    /// How many failures in a row, from which on the way to recovery is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<i64>,
    /// The screen that tells it, if not the form's own.
    #[serde(skip)]
    pub screen: Option<&'static str>,
    /// The price that the next proof of work must have.
    #[serde(skip)]
    pub price: Option<u32>,
    /// Whether the proof of work that came along was not looked at yet, and is good for the next try.
    #[serde(skip)]
    pub keeps_proof: bool,
}

impl AppError {
    /// About the form as a whole.
    #[must_use]
    pub const fn new(error: Kind) -> Self {
        Self {
            error,
            fields: BTreeMap::new(),
            seconds: None,
            left: None,
            at: None,
            failures: None,
            screen: None,
            price: None,
            keeps_proof: false,
        }
    }

    /// About some fields.
    #[must_use]
    pub fn fields(fields: impl IntoIterator<Item = (&'static str, Kind)>) -> Self {
        let fields = fields.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect();
        Self { fields, ..Self::new(Kind::CheckFields) }
    }

    /// About one field.
    #[must_use]
    pub fn field(name: &'static str, kind: Kind) -> Self {
        Self::fields([(name, kind)])
    }

    /// With the time to wait.
    #[must_use]
    pub fn wait(self, wait: Millis) -> Self {
        Self { seconds: Some(seconds_until(wait, 0)), ..self }
    }

    /// Told on another screen.
    #[must_use]
    pub fn on(self, screen: &'static str) -> Self {
        Self { screen: Some(screen), ..self }
    }

    /// The status for callers that do not accept html.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self.error {
            Kind::BadCredentials | Kind::SignedOut => StatusCode::UNAUTHORIZED,
            Kind::TooManyTries
            | Kind::TooManyFromNetwork
            | Kind::CodeTooEarly
            | Kind::TooManyLetters
            | Kind::TooManyLettersLookBack
            | Kind::TooManyMessages
            | Kind::TooManyConversations
            | Kind::AssistedTooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::FlowExpired
            | Kind::StartAgain
            | Kind::ChangedElsewhere
            | Kind::TakenByOther
            | Kind::ConversationClosed
            | Kind::AssistedAlive
            | Kind::AssistedMoved => StatusCode::CONFLICT,
            Kind::ProofNeeded
            | Kind::AssistedStaff
            | Kind::AssistedAdminOnly
            | Kind::AssistedOwn
            | Kind::AssistedTooNew
            | Kind::AssistedRelated
            | Kind::AssistedOpenerGone => StatusCode::FORBIDDEN,
            Kind::Busy | Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Malformed => StatusCode::BAD_REQUEST,
            Kind::Forbidden | Kind::QrStaff => StatusCode::FORBIDDEN,
            Kind::NotFound | Kind::SessionGone => StatusCode::NOT_FOUND,
            Kind::LinkGone | Kind::QrGone | Kind::ConversationGone => StatusCode::GONE,
            Kind::SavedCodesReplaced => StatusCode::CONFLICT,
            Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The sentence that sums it up.
    #[must_use]
    pub fn summary(&self, locale: Locale) -> String {
        // One wrong field says it better than "check the fields".
        match (self.error, self.fields.values().next()) {
            (Kind::CheckFields, Some(only)) if self.fields.len() == 1 => self.text(*only, locale),
            (kind, _) => self.text(kind, locale),
        }
    }

    /// What stands beside the field, if anything is wrong with it.
    #[must_use]
    pub fn beside(&self, field: &str, locale: Locale) -> Option<String> {
        self.fields.get(field).map(|kind| self.text(*kind, locale))
    }

    fn text(&self, kind: Kind, locale: Locale) -> String {
        use i18n::errors as t;
        let wait = || when::span(locale, self.seconds.unwrap_or(1));
        let fixed = match kind {
            Kind::TooManyTries => return t::too_many_tries(locale, wait()),
            Kind::TooManyFromNetwork => return t::too_many_from_network(locale, wait()),
            Kind::CodeTooEarly => return t::code_too_early(locale, wait()),
            Kind::TooManyLetters => return t::too_many_letters(locale, wait()),
            Kind::TooManyLettersLookBack => return t::too_many_letters_look_back(locale, wait()),
            Kind::CodeWrong => {
                return match self.left {
                    Some(left) => t::code_wrong(locale, left),
                    None => t::long_code_wrong(locale).to_owned(),
                };
            }
            Kind::CheckFields => t::check_fields(locale),
            Kind::BadCredentials => t::bad_credentials(locale),
            Kind::SlideAgain => t::slide_again(locale),
            Kind::FlowExpired => t::flow_expired(locale),
            Kind::StartAgain => t::start_again(locale),
            Kind::SignedOut => t::signed_out(locale),
            Kind::SessionGone => t::session_gone(locale),
            Kind::LinkGone => t::link_gone(locale),
            Kind::ProofNeeded => t::proof_needed(locale),
            Kind::ChangedElsewhere => t::changed_elsewhere(locale),
            Kind::Busy => t::busy(locale),
            Kind::Unavailable => t::unavailable(locale),
            Kind::Malformed => t::malformed(locale),
            Kind::Forbidden => t::forbidden(locale),
            Kind::NotFound => t::not_found(locale),
            Kind::MethodNotAllowed => t::method_not_allowed(locale),
            Kind::TooLarge => t::too_large(locale),
            Kind::LoginMissing => t::login_missing(locale),
            Kind::LoginTooShort => t::login_too_short(locale),
            Kind::LoginTooLong => t::login_too_long(locale),
            Kind::LoginCharacters => t::login_characters(locale),
            Kind::LoginMixedScripts => t::login_mixed_scripts(locale),
            Kind::LoginTaken => t::login_taken(locale),
            Kind::LoginReserved => t::login_reserved(locale),
            Kind::EmailMissing => t::email_missing(locale),
            Kind::EmailMalformed => t::email_malformed(locale),
            Kind::EmailTooLong => t::email_too_long(locale),
            Kind::EmailNumber => t::email_number(locale),
            Kind::EmailNotCarried => t::email_not_carried(locale),
            Kind::EmailTaken => t::email_taken(locale),
            Kind::PasswordMissing => t::password_missing(locale),
            Kind::PasswordTooShort => t::password_too_short(locale),
            Kind::PasswordTooLong => t::password_too_long(locale),
            Kind::PasswordCommon => t::password_common(locale),
            Kind::PasswordPersonal => t::password_personal(locale),
            Kind::PasswordsDiffer => t::passwords_differ(locale),
            Kind::OldPasswordWrong => t::old_password_wrong(locale),
            Kind::PasswordWrong => t::password_wrong(locale),
            Kind::PasswordUseCode => t::password_use_code(locale),
            Kind::LoginSame => t::login_same(locale),
            Kind::LoginTooSoon => return t::login_too_soon(locale, wait()),
            Kind::EmailTakenMeanwhile => t::email_taken_meanwhile(locale),
            Kind::EmailSame => t::email_same(locale),
            Kind::DisplayNameTooLong => t::display_name_too_long(locale),
            Kind::DeviceNameTooLong => t::device_name_too_long(locale),
            Kind::TimeZoneUnknown => t::time_zone_unknown(locale),
            Kind::LanguageUnknown => t::language_unknown(locale),
            Kind::PictureTooLarge => t::picture_too_large(locale),
            Kind::PictureUnknown => t::picture_unknown(locale),
            Kind::PictureBroken => t::picture_broken(locale),
            Kind::PictureEmpty => t::picture_empty(locale),
            Kind::PictureTooManyPixels => t::picture_too_many_pixels(locale),
            Kind::ConfirmationWrong => t::confirmation_wrong(locale),
            Kind::CodeMissing => t::code_missing(locale),
            Kind::CodeMalformed => t::code_malformed(locale),
            Kind::CodeNotSent => t::code_not_sent(locale),
            Kind::CodeReplaced => t::code_replaced(locale),
            Kind::CodeExpired => t::code_expired(locale),
            Kind::CodeExhausted => t::code_exhausted(locale),
            // Of saved codes.
            Kind::SavedCodeWrong => {
                return t::saved_code_wrong(locale, self.left.unwrap_or_default());
            }
            Kind::SavedCodeMissing => t::saved_code_missing(locale),
            Kind::SavedCodeMalformed => t::saved_code_malformed(locale),
            Kind::SavedCodeExhausted => t::saved_code_exhausted(locale),
            Kind::SavedCodesReplaced => t::saved_codes_replaced(locale),
            // Of signing in by QR code.
            Kind::QrGone => t::qr_gone(locale),
            Kind::QrStaff => t::qr_staff(locale),
            Kind::QrNumberMissing => t::qr_number_missing(locale),
            Kind::QrNumberWrong => t::qr_number_wrong(locale),
            Kind::QrPasswordOff => t::qr_password_off(locale),
            Kind::ShortCodeMissing => t::short_code_missing(locale),
            Kind::ShortCodeWrong => t::short_code_wrong(locale),
            // Of support.
            Kind::MessageMissing => t::message_missing(locale),
            Kind::MessageTooLong => t::message_too_long(locale),
            Kind::AttachmentTooLarge => t::attachment_too_large(locale),
            Kind::TooManyMessages => return t::too_many_messages(locale, wait()),
            Kind::TooManyConversations => return t::too_many_conversations(locale, wait()),
            // Of the console.
            Kind::TakenByOther => t::taken_by_other(locale),
            Kind::ConversationClosed => t::conversation_closed(locale),
            Kind::ConversationGone => t::conversation_gone(locale),
            Kind::NotOnDuty => t::not_on_duty(locale),
            Kind::AboutNoAccount => t::about_no_account(locale),
            Kind::PlaceholderLeft => t::placeholder_left(locale),
            Kind::PlaceholderUnknown => t::placeholder_unknown(locale),
            // Of assisted recovery.
            Kind::AssistedNobody => t::assisted_nobody(locale),
            Kind::AssistedStaff => t::assisted_staff(locale),
            Kind::AssistedDisabled => t::assisted_disabled(locale),
            Kind::AssistedAlive => t::assisted_alive(locale),
            Kind::AssistedAdminOnly => t::assisted_admin_only(locale),
            Kind::AssistedTooMany => return t::assisted_too_many(locale, wait()),
            Kind::AssistedUnchecked => t::assisted_unchecked(locale),
            Kind::AssistedRemarkTooLong => t::assisted_remark_too_long(locale),
            Kind::AssistedMoved => t::assisted_moved(locale),
            Kind::AssistedOwn => t::assisted_own(locale),
            Kind::AssistedTooNew => t::assisted_too_new(locale),
            Kind::AssistedRelated => t::assisted_related(locale),
            Kind::AssistedOpenerGone => t::assisted_opener_gone(locale),
            // Of staff.
            Kind::LoginUnknown => t::login_unknown(locale),
            Kind::RoleUnknown => t::role_unknown(locale),
            Kind::RoleSame => t::role_same(locale),
            Kind::RoleOwn => t::role_own(locale),
            Kind::RoleUnfit => t::role_unfit(locale),
            Kind::StaffStays => t::staff_stays(locale),
            // End.
        };
        fixed.to_owned()
    }
}

impl From<MessageProblem> for Kind {
    fn from(problem: MessageProblem) -> Self {
        match problem {
            MessageProblem::Missing => Self::MessageMissing,
            MessageProblem::TooLong => Self::MessageTooLong,
        }
    }
}

/// What the server could not do, without saying more than that.
impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Hash(HashError::Busy) => Self { seconds: Some(2), ..Self::new(Kind::Busy) },
            Fault::Hash(HashError::Unusable) | Fault::Db(_) => {
                tracing::error!(error = %fault, "a request failed");
                Self { seconds: Some(10), ..Self::new(Kind::Unavailable) }
            }
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        Fault::Db(error).into()
    }
}

impl From<SendError> for AppError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::TooEarly(wait) => Self::new(Kind::CodeTooEarly).wait(wait),
            SendError::TooMany { wait, roams: true } => {
                Self::new(Kind::TooManyLettersLookBack).wait(wait)
            }
            SendError::TooMany { wait, roams: false } => Self::new(Kind::TooManyLetters).wait(wait),
            SendError::TooManyFromNetwork(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            SendError::Db(error) => error.into(),
        }
    }
}

impl From<CheckError> for AppError {
    fn from(error: CheckError) -> Self {
        let field = |kind| Self::field("code", kind);
        match error {
            CheckError::Missing => field(Kind::CodeMissing),
            CheckError::Malformed => field(Kind::CodeMalformed),
            CheckError::NoneSent => field(Kind::CodeNotSent),
            CheckError::Wrong(left) => Self { left, ..field(Kind::CodeWrong) },
            CheckError::Replaced(at) => Self { at: Some(at), ..field(Kind::CodeReplaced) },
            CheckError::Expired => field(Kind::CodeExpired),
            CheckError::Exhausted => field(Kind::CodeExhausted),
            CheckError::TooMany(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            CheckError::Db(error) => error.into(),
        }
    }
}

/// A post that the framework could not even read.
impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::new(Kind::Malformed)
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.error)
    }
}

impl std::error::Error for AppError {}
