//! The errors that refuse a request. Each feature has its own enum of problems, a [`FormError`]; [`AppError`] carries
//! them to the user and knows none of them.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use http::StatusCode;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::{AsRefStr, VariantArray};

use crate::{
    clock::{Duration, Timestamp, seconds, seconds_up},
    db::DbError,
    domain::format,
    i18n::{Locale, errors as t},
    security::password_hashing::HashError,
};

/// A problem with a form or with one of its fields. Its string form is its name, which is part of the contract with
/// callers that read JSON: `{"error": NAME, "fields": {FIELD: NAME}}`.
pub trait FormError: AsRef<str> + fmt::Debug + Send + Sync + 'static {
    /// Returns the status for callers that do not accept HTML.
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }

    /// Returns the message to show; `error` holds the counts and times that it mentions.
    fn text(&self, locale: Locale, error: &AppError) -> String;
}

/// Any [`FormError`].
#[derive(Clone, Debug)]
pub struct Problem(Arc<dyn FormError>);

/// The wrong fields, each with its problem.
pub type FieldErrors = Vec<(&'static str, Problem)>;

impl<E: FormError> From<E> for Problem {
    fn from(problem: E) -> Self {
        Self(Arc::new(problem))
    }
}

impl<E: FormError> PartialEq<E> for Problem {
    fn eq(&self, other: &E) -> bool {
        self.name() == other.as_ref()
    }
}

impl PartialEq for Problem {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Problem {}

impl Problem {
    /// Returns its name in JSON.
    #[must_use]
    pub fn name(&self) -> &str {
        (*self.0).as_ref()
    }

    /// Returns whether it is one of these problems.
    #[must_use]
    pub fn is_one_of<E: FormError>(&self, problems: &[E]) -> bool {
        problems.iter().any(|problem| self == problem)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A name does not tell which feature it belongs to: [`Problems::find`] looks that up.
impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Named(name).into())
    }
}

/// A problem of which only the name is known.
#[derive(Debug)]
struct Named(String);

impl AsRef<str> for Named {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FormError for Named {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        t::malformed(locale).to_owned()
    }
}

/// The problems of all features by name: the cookie of a refused form holds names only.
#[derive(Default)]
pub struct Problems(HashMap<String, Problem>);

impl Problems {
    /// Adds all problems of an enum.
    #[must_use]
    pub fn with<E: FormError + VariantArray + Copy>(mut self) -> Self {
        let all = E::VARIANTS.iter().map(|problem| Problem::from(*problem));
        self.0.extend(all.map(|problem| (problem.name().to_owned(), problem)));
        self
    }

    /// Returns the problem of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Problem> {
        self.0.get(name)
    }

    /// Resolves the names in an error to problems; `None` if one of them is unknown, as after an update.
    #[must_use]
    pub fn find(&self, error: AppError) -> Option<AppError> {
        let found = |problem: &Problem| self.get(problem.name()).cloned();
        let fields =
            error.fields.iter().map(|(name, problem)| Some((name.clone(), found(problem)?)));
        Some(AppError {
            error: found(&error.error)?,
            fields: fields.collect::<Option<_>>()?,
            ..error
        })
    }

    /// Returns their names.
    #[cfg(test)]
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Why a request is refused, whatever the feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum RequestProblem {
    /// Some fields are wrong.
    CheckFields,
    /// Too many failures in a row; `seconds` is the wait.
    TooManyTries,
    /// Too many requests from this network; `seconds` is the wait.
    TooManyFromNetwork,
    /// No user is signed in.
    SignedOut,
    /// The user must reauthenticate.
    ProofNeeded,
    /// The account was changed in another tab since the form was loaded.
    ChangedElsewhere,
    /// All workers are busy; `seconds` is the wait.
    Busy,
    /// The database or the hashing pool failed.
    Unavailable,
    /// The request cannot be read.
    Malformed,
    /// The request comes from another site.
    Forbidden,
    /// There is no such page, or the user has no access to it.
    NotFound,
    /// The address does not accept this method.
    MethodNotAllowed,
    /// The body is larger than the address accepts.
    TooLarge,
}

impl FormError for RequestProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooManyTries | Self::TooManyFromNetwork => StatusCode::TOO_MANY_REQUESTS,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::ProofNeeded | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::ChangedElsewhere => StatusCode::CONFLICT,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::CheckFields => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::CheckFields => t::check_fields(locale).to_owned(),
            Self::TooManyTries => t::too_many_tries(locale, error.wait_text(locale)),
            Self::TooManyFromNetwork => t::too_many_from_network(locale, error.wait_text(locale)),
            Self::SignedOut => t::signed_out(locale).to_owned(),
            Self::ProofNeeded => t::proof_needed(locale).to_owned(),
            Self::ChangedElsewhere => t::changed_elsewhere(locale).to_owned(),
            Self::Busy => t::busy(locale).to_owned(),
            Self::Unavailable => t::unavailable(locale).to_owned(),
            Self::Malformed => t::malformed(locale).to_owned(),
            Self::Forbidden => t::forbidden(locale).to_owned(),
            Self::NotFound => t::not_found(locale).to_owned(),
            Self::MethodNotAllowed => t::method_not_allowed(locale).to_owned(),
            Self::TooLarge => t::too_large(locale).to_owned(),
        }
    }
}

/// The error of a refused form: `{"error": KIND, "fields": {NAME: KIND}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// The problem.
    pub error: Problem,
    /// The wrong fields, each with its problem.
    #[serde(default)]
    pub fields: BTreeMap<String, Problem>,
    /// How long to wait, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// How many tries are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i32>,
    /// When the email to use was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The number of failures in a row, once it is high enough to offer recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<i32>,
    /// The page that shows the error, if not the form's own.
    #[serde(skip)]
    pub page: Option<&'static str>,
    /// The difficulty that the next captcha solution must have.
    #[serde(skip)]
    pub price: Option<u32>,
    /// Whether the submitted captcha solution was not checked yet and can be used for the next try.
    #[serde(skip)]
    pub keeps_proof: bool,
}

impl AppError {
    /// Creates an error about the form as a whole.
    #[must_use]
    pub fn new(error: impl Into<Problem>) -> Self {
        Self {
            error: error.into(),
            fields: BTreeMap::new(),
            seconds: None,
            left: None,
            at: None,
            failures: None,
            page: None,
            price: None,
            keeps_proof: false,
        }
    }

    /// Creates an error about some fields.
    #[must_use]
    pub fn fields(fields: impl IntoIterator<Item = (&'static str, Problem)>) -> Self {
        let fields = fields.into_iter().map(|(name, problem)| (name.to_owned(), problem)).collect();
        Self { fields, ..Self::new(RequestProblem::CheckFields) }
    }

    /// Creates an error about one field.
    #[must_use]
    pub fn field(name: &'static str, problem: impl Into<Problem>) -> Self {
        Self::fields([(name, problem.into())])
    }

    /// Sets the time to wait.
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Self { seconds: Some(seconds_up(wait)), ..self }
    }

    /// Sets the page that shows the error.
    #[must_use]
    pub fn on(self, page: &'static str) -> Self {
        Self { page: Some(page), ..self }
    }

    /// Returns the status for callers that do not accept HTML.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.error.0.status()
    }

    /// Returns the sentence that sums it up.
    #[must_use]
    pub fn summary(&self, locale: Locale) -> String {
        // A single wrong field is more precise than "check the fields".
        match self.fields.values().next() {
            Some(only) if self.fields.len() == 1 && self.error == RequestProblem::CheckFields => {
                only.0.text(locale, self)
            }
            _ => self.error.0.text(locale, self),
        }
    }

    /// Returns the message for a field, if anything is wrong with it.
    #[must_use]
    pub fn beside(&self, field: &str, locale: Locale) -> Option<String> {
        self.fields.get(field).map(|problem| problem.0.text(locale, self))
    }

    /// Returns the time to wait, in words.
    #[must_use]
    pub fn wait_text(&self, locale: Locale) -> String {
        format::duration(locale, seconds(self.seconds.unwrap_or(1)))
    }
}

/// Reports that the server failed, without details.
impl From<InternalError> for AppError {
    fn from(fault: InternalError) -> Self {
        match fault {
            InternalError::Hash(HashError::Busy) => {
                Self { seconds: Some(2), ..Self::new(RequestProblem::Busy) }
            }
            InternalError::Hash(HashError::Unusable) | InternalError::Db(_) => {
                tracing::error!(error = %fault, "a request failed");
                Self { seconds: Some(10), ..Self::new(RequestProblem::Unavailable) }
            }
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        InternalError::Db(error).into()
    }
}

/// A request that the framework could not read.
impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::new(RequestProblem::Malformed)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.error.name())
    }
}

impl std::error::Error for AppError {}

/// A failure of the infrastructure: the database or the hashing pool failed.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// The database is unreachable, or a query failed.
    #[error("database: {0}")]
    Db(#[from] DbError),
    /// No password hash could be made.
    #[error(transparent)]
    Hash(#[from] HashError),
}
