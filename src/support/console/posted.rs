//! How the console's forms are answered: by going back to the window as it was.

use super::{PAGE, console_view::ConsoleView, outcome::Outcome, service::OperatorError, store};
use crate::{
    domain::ids::ConversationId,
    error::{AppError, RequestProblem},
    http::{
        context::{RequestContext, Staff},
        flash::Flash,
        post_redirect_get::{FormFields, respond},
        redirect::Redirect,
    },
    state::AppState,
    support::conversation::ConversationProblem,
};

/// Returns the staff member who posted, and records the presence. For everyone else the address does not exist.
pub(super) async fn staff(request: &mut RequestContext) -> Result<Staff, AppError> {
    let staff = request.staff().await?;
    store::seen(&request.state.db, &staff.account.id, request.state.clock.now()).await?;
    Ok(staff)
}

/// Maximum number of actions of a staff member per minute: more than anyone types, and few rows.
const ACTS_A_MINUTE: u32 = 40;

/// Like [`staff`], for actions that write rows.
pub(super) async fn acting_staff(request: &mut RequestContext) -> Result<Staff, AppError> {
    let staff = staff(request).await?;
    let state = &request.state;
    if state.config.limits {
        state
            .acted
            .at_most(&staff.account.id, ACTS_A_MINUTE, state.clock.now())
            .map_err(|wait| AppError::new(ConversationProblem::TooManyMessages).wait(wait))?;
    }
    Ok(staff)
}

/// Returns the id that a form names; any other text is the id of no conversation.
pub(super) fn conversation_id(text: &str) -> Result<ConversationId, OperatorError> {
    ConversationId::parse(text).ok_or(OperatorError::Gone)
}

/// Performs an action for the staff member who posted a form in a window (its `back`), about a conversation; answers
/// with its outcome (see [`Posted::answer`]).
pub(super) async fn act(
    back: &str,
    about: &str,
    what: impl AsyncFnOnce(AppState, Staff) -> Result<Outcome, OperatorError>,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let result = match acting_staff(&mut request).await {
        Ok(staff) => what(request.state.clone(), staff).await.map_err(AppError::from),
        Err(error) => Err(error),
    };
    Posted::new(&request, back, about).answer(result)
}

/// A posted form.
pub(super) struct Posted<'a> {
    pub request: &'a RequestContext,
    console: ConsoleView,
    about: &'a str,
    typed: Option<(&'static str, &'a str)>,
}

impl<'a> Posted<'a> {
    /// A form posted in a window (its `back`), about a conversation.
    pub(super) fn new(request: &'a RequestContext, back: &str, about: &'a str) -> Self {
        Self { request, console: ConsoleView::parse(back), about, typed: None }
    }

    /// Adds what was typed into a field, in case the form is returned.
    pub(super) fn typed(self, name: &'static str, value: &'a str) -> Self {
        Self { typed: Some((name, value)), ..self }
    }

    /// Returns the address of the window.
    pub(super) fn path(&self) -> String {
        self.console.path()
    }

    /// Returns whether the typed text is too long for a cookie.
    pub(super) fn is_too_long(&self) -> bool {
        self.request.accepts_html && self.typed.is_some_and(|(_, value)| !Flash::holds(value))
    }

    /// Returns the flash for the window after a refusal.
    pub(super) fn flash(&self, error: AppError) -> Flash {
        let flash = Flash::error(error).keep("about", self.about);
        match self.typed {
            Some((name, value)) => flash.with(name, value),
            None => flash,
        }
    }

    /// Returns what was typed, and where: it is restored after signing in.
    pub(super) fn fields(&self) -> FormFields {
        let fields = FormFields::default();
        let fields = fields.with("screen", &self.path()).with("about", self.about);
        match self.typed {
            Some((name, value)) => fields.with(name, value),
            None => fields,
        }
    }

    /// Answers a server function, with the outcome, which the window shows, or with the error.
    pub(super) fn answer(self, result: Result<Outcome, AppError>) -> Result<Redirect, AppError> {
        respond(self.redirect(result))
    }

    /// Sends a browser back to its window in any case, unless it may not be there.
    pub(super) fn redirect(&self, result: Result<Outcome, AppError>) -> Result<Redirect, AppError> {
        match result {
            Ok(outcome) => {
                // A window that stays open receives the change over its stream.
                if outcome != Outcome::Done && self.request.accepts_html {
                    let flash = outcome.keep(Flash::default()).keep("about", self.about);
                    self.request.set_flash(PAGE, &flash);
                }
                Ok(Redirect::to(self.path()))
            }
            Err(error)
                if self.request.accepts_html
                    && !error
                        .error
                        .is_one_of(&[RequestProblem::SignedOut, RequestProblem::NotFound]) =>
            {
                self.request.set_flash(PAGE, &self.flash(error));
                Ok(Redirect::to(self.path()))
            }
            Err(error) => Err(error),
        }
    }
}
