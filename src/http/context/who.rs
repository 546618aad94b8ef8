//! Who sends the request: signed in, recently reauthenticated, a member of staff.

use super::RequestContext;
use crate::{
    clock::Timestamp,
    domain::{
        accounts::{Account, Role},
        session::{self, Session, SignedIn},
    },
    error::{AppError, InternalError, RequestProblem},
    http::{cookies::CookieName, page_error::PageError},
};

/// An operator or an admin, signed in with password and emailed code.
#[derive(Clone)]
pub(crate) struct Staff {
    /// The session, which is a staff session.
    pub session: Session,
    /// The account that it belongs to.
    pub account: Account,
}

impl Staff {
    fn of(signed_in: SignedIn) -> Option<Self> {
        let SignedIn { session, account, .. } = signed_in;
        (session.staff && account.role().is_staff()).then_some(Self { session, account })
    }

    /// Returns whether it is an admin.
    #[must_use]
    pub(crate) fn is_admin(&self) -> bool {
        self.account.role() == Role::Admin
    }

    /// See [`Session::is_proved`].
    #[must_use]
    pub(crate) fn is_proved(&self, now: Timestamp) -> bool {
        self.session.is_proved(self.account.credential_version, now)
    }
}

impl RequestContext {
    /// Returns the signed-in user, whose language becomes that of the pages.
    pub(crate) async fn signed_in(&mut self) -> Result<Option<SignedIn>, InternalError> {
        if let Some(known) = &self.signed_in {
            return Ok(known.clone());
        }
        let found = self.find_signed_in().await?;
        self.remember(found.as_ref());
        Ok(found)
    }

    /// Returns the signed-in user, for a page that is being rendered: by then that was looked up.
    #[must_use]
    pub(crate) fn known_signed_in(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref()?.as_ref()
    }

    async fn find_signed_in(&self) -> Result<Option<SignedIn>, InternalError> {
        let Some(token) = self.token(CookieName::Session) else { return Ok(None) };
        let now = self.state.clock.now();
        Ok(session::find(&self.state.db, &token, &self.client, now).await?)
    }

    /// As [`RequestContext::signed_in`], for what an open page requests by itself: read anew each time, and not counted
    /// as use of the session, which an open page must not keep alive (ASVS 7.3.1).
    pub(crate) async fn still_signed_in(&self) -> Result<Option<SignedIn>, InternalError> {
        let Some(token) = self.token(CookieName::Session) else { return Ok(None) };
        Ok(session::find_unseen(&self.state.db, &token, self.state.clock.now()).await?)
    }

    /// As [`RequestContext::still_signed_in`], and what is shown follows the user's language and time zone.
    pub(crate) async fn listen(&mut self) -> Result<Option<SignedIn>, InternalError> {
        let found = self.still_signed_in().await?;
        self.remember(found.as_ref());
        Ok(found)
    }

    fn remember(&mut self, found: Option<&SignedIn>) {
        if let Some(SignedIn { account, .. }) = found
            && !self.named_locale
        {
            self.locale = account.locale();
        }
        self.signed_in = Some(found.cloned());
    }

    /// Returns the signed-in user, for a form that needs one.
    ///
    /// # Errors
    /// `signed_out`, and when the database fails.
    pub(crate) async fn current_user(&mut self) -> Result<SignedIn, AppError> {
        self.signed_in()
            .await?
            .ok_or_else(|| AppError::new(RequestProblem::SignedOut).on("/sign-in"))
    }

    /// Returns the signed-in user who reauthenticated recently, for a form that needs that (ASVS 7.5.1).
    ///
    /// # Errors
    /// `signed_out`, `proof_needed`, and when the database fails.
    pub(crate) async fn fresh_user(&mut self) -> Result<SignedIn, AppError> {
        let signed_in = self.current_user().await?;
        if signed_in.is_proved(self.state.clock.now()) {
            Ok(signed_in)
        } else {
            Err(AppError::new(RequestProblem::ProofNeeded))
        }
    }

    /// Returns the signed-in user who reauthenticated recently, for a page that needs that.
    ///
    /// # Errors
    /// [`PageError`].
    pub(crate) async fn fresh_user_of_page(&mut self) -> Result<SignedIn, PageError> {
        let signed_in = self.signed_in().await?.ok_or(PageError::SignIn)?;
        if signed_in.is_proved(self.state.clock.now()) {
            Ok(signed_in)
        } else {
            Err(PageError::Confirm)
        }
    }

    /// Returns the signed-in member of staff, for a form of the console. Other users get 404 there.
    ///
    /// # Errors
    /// `signed_out`, `not_found`, and when the database fails.
    pub(crate) async fn staff(&mut self) -> Result<Staff, AppError> {
        Staff::of(self.current_user().await?).ok_or_else(|| AppError::new(RequestProblem::NotFound))
    }

    /// Returns the signed-in member of staff, for a page of the console. Other users get 404 there.
    ///
    /// # Errors
    /// [`PageError`].
    pub(crate) async fn staff_user_of_page(&mut self) -> Result<Staff, PageError> {
        let signed_in = self.signed_in().await?.ok_or(PageError::SignIn)?;
        Staff::of(signed_in)
            .ok_or_else(|| PageError::Error(AppError::new(RequestProblem::NotFound)))
    }

    /// Returns the member of staff who is still signed in, for a stream of the console: see
    /// [`RequestContext::still_signed_in`].
    ///
    /// # Errors
    /// As [`RequestContext::staff`].
    pub(crate) async fn staff_listening(&self) -> Result<Staff, AppError> {
        let signed_out = || AppError::new(RequestProblem::SignedOut).on("/sign-in");
        let signed_in = self.still_signed_in().await?.ok_or_else(signed_out)?;
        Staff::of(signed_in).ok_or_else(|| AppError::new(RequestProblem::NotFound))
    }
}
