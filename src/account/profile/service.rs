//! The rules of the profile.

use crate::{
    account::profile::ProfileProblem,
    db::DbError,
    domain::{
        accounts::{self, Account, Profile},
        audit::{self, EventKind},
        client::Client,
        format::Zone,
        values::{DisplayName, LanguageProblem},
    },
    error::{FieldErrors, InternalError, Problem},
    i18n::Locale,
    images::{self, Busy, PictureProblem, Shape, Whose},
    state::AppState,
};

use super::store;

/// Width and height of a stored picture.
const SIDE: u32 = 256;

/// What was posted, with the request's context.
pub(super) struct ProfileForm<'a> {
    pub account: &'a Account,
    pub display_name: &'a str,
    pub locale: &'a str,
    pub time_zone: &'a str,
    /// The version of the account from which the form was rendered.
    pub version: Option<i64>,
    pub picture: Option<Vec<u8>>,
    pub picture_too_large: bool,
    /// A file was chosen, but it is empty.
    pub picture_empty: bool,
    pub remove_picture: bool,
    pub client: &'a Client,
}

/// Why the profile was not saved.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProfileError {
    #[error("fields are wrong")]
    Fields(FieldErrors),
    /// Another tab saved something since this form was rendered.
    #[error("changed elsewhere")]
    ChangedElsewhere,
    /// Too many pictures are waiting.
    #[error("busy")]
    Busy,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for ProfileError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Busy> for ProfileError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

/// The result of saving the profile.
pub(super) struct Saved {
    /// The language from now on.
    pub locale: Locale,
    /// The new version, which the next save is based on.
    pub version: i64,
}

/// Saves the profile, all of it or nothing.
#[tracing::instrument(skip_all)]
pub(super) async fn save(state: &AppState, entry: ProfileForm<'_>) -> Result<Saved, ProfileError> {
    let mut wrong = Vec::new();
    let name = DisplayName::parse(entry.display_name);
    if name.is_err() {
        wrong.push(("display_name", ProfileProblem::DisplayNameTooLong.into()));
    }
    let locale = match entry.locale {
        "" => Some(entry.account.locale()),
        tag => Locale::ALL.into_iter().find(|locale| locale.tag() == tag),
    };
    if locale.is_none() {
        wrong.push(("locale", LanguageProblem::Unknown.into()));
    }
    let zone = Some(entry.time_zone).filter(|zone| !zone.is_empty());
    // The stored zone stays valid even if it can no longer be parsed: only its owner changes it.
    let is_stored = zone == entry.account.time_zone();
    if !is_stored && zone.is_some_and(|zone| Zone::parse(zone).is_none()) {
        wrong.push(("time_zone", ProfileProblem::TimeZoneUnknown.into()));
    }
    let picture = match entry.picture {
        _ if entry.picture_too_large => Err(PictureProblem::TooLarge.into()),
        _ if entry.picture_empty => Err(PictureProblem::Empty.into()),
        None => Ok(None),
        Some(file) => {
            let whose = Whose { client: entry.client, account: Some(&entry.account.id) };
            let drawn = images::redraw(state, file, Shape::Square(SIDE), whose).await?;
            drawn.map(|drawn| Some(drawn.jpeg)).map_err(Problem::from)
        }
    };
    let picture = picture.unwrap_or_else(|problem| {
        wrong.push(("picture", problem));
        None
    });
    let (Ok(name), Some(locale), true) = (name, locale, wrong.is_empty()) else {
        return Err(ProfileError::Fields(wrong));
    };
    let account = entry.account;
    let now = state.clock.now();
    let profile =
        Profile { display_name: name.as_ref().map(DisplayName::as_str), locale, time_zone: zone };
    let mut tx = state.db.begin().await?;
    let version = entry.version.unwrap_or(account.version);
    if !accounts::save_profile(&mut tx, &account.id, version, &profile).await? {
        return Err(ProfileError::ChangedElsewhere);
    }
    match picture {
        Some(image) => {
            store::set_picture(&mut tx, &account.id, &state.random.id(now), image, now).await?;
        }
        None if entry.remove_picture => store::remove_picture(&mut tx, &account.id).await?,
        None => {}
    }
    let kind = EventKind::ProfileChanged;
    audit::record(&mut tx, &state.random, now, kind, Some(&account.id), entry.client).await?;
    tx.commit().await?;
    Ok(Saved { locale, version: version + 1 })
}
