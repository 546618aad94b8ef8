//! The rules of changing a password with the old one.

use crate::{
    error::Kind,
    forms::SecretText,
    server::{
        Fault, accounts,
        app::App,
        client::Client,
        clock::Millis,
        db::DbError,
        events::EventKind,
        http::context::SignedIn,
        passwords::{self, NewPassword, SetError, VerifyError},
        secret::Token,
        session::{self, Opened},
    },
};

/// What was posted, by whom.
pub(super) struct Change<'a> {
    pub signed_in: &'a SignedIn,
    pub old: &'a SecretText,
    pub new: &'a SecretText,
    pub again: &'a SecretText,
    pub client: &'a Client,
    pub device: Option<Token>,
}

/// Why the password was not changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChangeError {
    #[error("fields are wrong")]
    Fields(Vec<(&'static str, Kind)>),
    #[error("too many failures")]
    Wait(Millis),
    /// The password was changed elsewhere, or the account disabled, in the meantime.
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<VerifyError> for ChangeError {
    fn from(error: VerifyError) -> Self {
        let field = |kind| Self::Fields(vec![("old_password", kind)]);
        match error {
            VerifyError::Missing => field(Kind::PasswordMissing),
            VerifyError::Wrong => field(Kind::OldPasswordWrong),
            VerifyError::Wait(wait) => Self::Wait(wait),
            VerifyError::Disabled => field(Kind::PasswordUseCode),
            VerifyError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<DbError> for ChangeError {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}

/// Changes it; gives the session that goes on. All others end.
pub(super) async fn change(app: &App, change: &Change<'_>) -> Result<Opened, ChangeError> {
    let SignedIn { session, account } = change.signed_in;
    let new = match passwords::choose_twice(app, change.new, change.again, account) {
        Ok(new) if !change.old.expose().is_empty() => new,
        judged => {
            // Both are said at once: the old one missing, the new one wrong.
            let mut wrong = judged.err().unwrap_or_default();
            if change.old.expose().is_empty() {
                wrong.insert(0, ("old_password", Kind::PasswordMissing));
            }
            return Err(ChangeError::Fields(wrong));
        }
    };
    let refused = EventKind::PasswordChangeRefused;
    passwords::verify_own(app, account, change.old, refused, change.client).await?;
    let now = app.clock.now();
    let hash = app.hasher.hash(&new, &change.client.network).await.map_err(Fault::Hash)?;
    let mut tx = app.db.begin().await?;
    let current = accounts::get_unchanged(&mut tx, &account.id, account.epoch).await?;
    let current = current.ok_or(ChangeError::Overtaken)?;
    passwords::forgive_own(app, &mut tx, &account.id).await?;
    passwords::set(app, &mut tx, &current, &hash, EventKind::PasswordChanged, None, change.client)
        .await?;
    let token = session::start_again(&mut tx, &app.random, now, session, change.client).await?;
    let device = change.device.clone().unwrap_or_else(|| Token::new(&app.random));
    session::remember_device(&mut tx, &app.random, now, &account.id, &device).await?;
    tx.commit().await?;
    Ok(Opened { session: token, device })
}

/// Sets a new password at the end of a flow, signed in; gives the session that goes on. All others end.
pub(super) async fn set_by_code(
    app: &App,
    entry: &NewPassword<'_>,
    signed_in: &SignedIn,
) -> Result<Opened, SetError> {
    let (mut tx, _, device) = passwords::set_in_flow(app, entry).await?;
    let (now, ended) = (app.clock.now(), &signed_in.session);
    let session = session::start_again(&mut tx, &app.random, now, ended, entry.client).await?;
    tx.commit().await?;
    Ok(Opened { session, device })
}
