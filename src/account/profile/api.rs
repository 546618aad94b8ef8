use axum::{
    Extension,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, header};
use sha2::{Digest as _, Sha256};

use super::{
    PICTURE_MAX, PROFILE, pages,
    service::{self, ProfileError, ProfileForm},
    store,
};
use crate::{
    clock::days,
    components::avatar::initials,
    domain::{
        accounts::{self, Account},
        ids::AccountId,
    },
    error::{AppError, InternalError, RequestProblem},
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice},
        post_redirect_get::{FormFields, answer_form, respond_in_place},
        press::Press,
        redirect::Redirect,
        refusal::refusal,
        return_to,
        upload::Upload,
    },
    i18n::Texts,
    islands::{Answer, Refusal},
};

/// The fields that are shown again when the form is refused.
const KEPT: [&str; 5] = ["display_name", "locale", "locale_was", "time_zone", "version"];

/// `POST /api/profile`, as a form with or without a picture: `display_name`, `picture`, `locale`, `time_zone`,
/// `remove_picture`, `version`.
pub(crate) async fn save(
    Extension(mut request): Extension<RequestContext>,
    posted: Request,
) -> Response {
    let refused = request.current_user().await.err();
    let posted = match &refused {
        None => Upload::read(posted, "picture", PICTURE_MAX).await,
        // Signed out meanwhile, or that could not be checked: what was typed is returned, and the picture is discarded.
        Some(_) if request.is_browser() => Upload::read(posted, "picture", 0).await,
        // Uploads without a session are not read.
        Some(error) => Err(error.clone()),
    };
    let mut posted = match posted {
        Ok(posted) => posted,
        Err(error) => {
            let (fields, error) = (FormFields::default(), refused.unwrap_or(error));
            return answer_form(&request, PROFILE, &fields, Err(error));
        }
    };
    // A field that was not posted is not the same as one that was left empty.
    let fields = KEPT
        .into_iter()
        .filter(|name| posted.has(name))
        .fold(FormFields::default(), |fields, name| fields.with(name, posted.field(name)));
    let picture = posted.take_file();
    let press = press(&request, &posted, picture.as_deref());
    let result = press.once(move |request| async move {
        match refused {
            Some(error) => Err(error),
            None => save_posted(request, &posted, picture).await,
        }
    });
    match result.await {
        Err(error) if request.is_in_place && error.error == RequestProblem::ChangedElsewhere => {
            match changed_elsewhere(&mut request, &error).await {
                Ok(answer) => respond_in_place(&answer),
                Err(error) => answer_form(&request, PROFILE, &fields, Err(error)),
            }
        }
        outcome => answer_form(&request, PROFILE, &fields, outcome),
    }
}

/// Identifies one press of the button: the same form posted twice is saved once.
fn press(request: &RequestContext, posted: &Upload, picture: Option<&[u8]>) -> Press {
    let picture = picture.map(|file| URL_SAFE_NO_PAD.encode(Sha256::digest(file)));
    let picture = picture.unwrap_or_default();
    let remove = if posted.has("remove_picture") { "remove" } else { "" };
    let values = KEPT.map(|name| posted.field(name));
    let all: Vec<&str> = values.into_iter().chain([picture.as_str(), remove]).collect();
    Press::of(request, "profile", CookieName::Session, &all)
}

async fn save_posted(
    mut request: RequestContext,
    posted: &Upload,
    picture: Option<Vec<u8>>,
) -> Result<Redirect, AppError> {
    let account = request.current_user().await?.account;
    let locale = posted.field("locale");
    let entry = ProfileForm {
        account: &account,
        display_name: posted.field("display_name"),
        // The language with which the form was rendered; the switch may have changed it since, in another tab. If
        // it was not chosen here, it stays as it is now.
        locale: if locale == posted.field("locale_was") { "" } else { locale },
        time_zone: posted.field("time_zone"),
        version: posted.field("version").parse().ok(),
        picture,
        picture_too_large: posted.too_large,
        picture_empty: posted.empty_file,
        remove_picture: posted.has("remove_picture"),
        client: &request.client,
    };
    let saved = service::save(&request.state, entry).await.map_err(AppError::from)?;
    // The language of the next pages, also after signing out.
    request.set_cookie(CookieName::Locale, saved.locale.tag(), Some(days(365)));
    // In another language, the whole page changes.
    if request.is_in_place && saved.locale == request.locale {
        let now = stored_now(&request, &account.id).await?;
        let now = now.map(|(_, now)| with_version(now, saved.version)).unwrap_or_default();
        let here = return_to::allowed(&request.state.config, posted.field("screen"));
        let here = here.filter(|here| here.split('?').next() == Some(PROFILE));
        return Ok(Redirect { now, ..Redirect::to(here.unwrap_or_else(|| PROFILE.to_owned())) });
    }
    request.set_flash(PROFILE, &Flash::notice(Notice::Saved));
    Ok(Redirect::to(PROFILE).anew())
}

/// Returns the account as it is stored now, and what the page shows of it beside its fields.
async fn stored_now(
    request: &RequestContext,
    id: &AccountId,
) -> Result<Option<(Account, Vec<(String, String)>)>, InternalError> {
    let Some(account) = accounts::get(&request.state.db, id).await? else { return Ok(None) };
    let picture = store::picture_id(&request.state.db, id).await?;
    let picture = picture.map(|id| pages::picture_path(&id)).unwrap_or_default();
    let now = [("picture", picture), ("initials", initials(account.name()))];
    Ok(Some((account, now.map(|(name, value)| (name.to_owned(), value)).into())))
}

/// Adds the version that the next save is based on.
fn with_version(mut now: Vec<(String, String)>, version: i64) -> Vec<(String, String)> {
    now.push(("version".to_owned(), version.to_string()));
    now
}

/// Returns what is stored now, to be shown beside what was typed. The next save is based on it.
async fn changed_elsewhere(
    request: &mut RequestContext,
    error: &AppError,
) -> Result<Answer, AppError> {
    let id = request.current_user().await?.account.id;
    let stored = stored_now(request, &id).await?;
    let (account, now) = stored.ok_or_else(|| AppError::new(RequestProblem::SignedOut))?;
    let t = Texts(request.locale);
    let refusal = refusal(error, t, &request.zone());
    let summary = [refusal.summary, pages::now_saved(t, &account)].join(" ");
    Ok(Answer {
        refusal: Some(Refusal { summary, ..refusal }),
        now: with_version(now, account.version),
        ..Answer::default()
    })
}

/// `GET /account/picture`: the user's own picture.
pub(crate) async fn show_picture(Extension(mut request): Extension<RequestContext>) -> Response {
    let found = async {
        let account = request.current_user().await?.account;
        let image = store::picture(&request.state.db, &account.id).await?;
        image.ok_or_else(|| AppError::new(RequestProblem::NotFound))
    };
    match found.await {
        Ok(image) => ([(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))], image)
            .into_response(),
        Err(error) => error.into_response(),
    }
}

impl From<ProfileError> for AppError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Fields(fields) => Self::fields(fields),
            ProfileError::ChangedElsewhere => Self::new(RequestProblem::ChangedElsewhere),
            ProfileError::Busy => Self { seconds: Some(2), ..Self::new(RequestProblem::Busy) },
            ProfileError::Internal(fault) => fault.into(),
        }
    }
}
