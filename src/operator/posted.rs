//! How the console's forms answer: back to the window as it was.

use super::{
    desk::{Desk, SCREEN},
    store,
};
use crate::{
    error::{AppError, Kind},
    server::http::{
        context::{Cx, Staff},
        draft::Draft,
        form::{Form, Onward},
    },
};

/// Whoever of the staff posted, seen just now. Everybody else finds nothing here.
pub(super) async fn staff(cx: &mut Cx) -> Result<Staff, AppError> {
    let staff = cx.staff().await?;
    store::seen(&cx.app.db, &staff.account.id, cx.app.clock.now()).await?;
    Ok(staff)
}

/// A form that was posted.
pub(super) struct Posted<'a> {
    cx: &'a Cx,
    desk: Desk,
    about: &'a str,
    typed: Option<(&'static str, &'a str)>,
}

impl<'a> Posted<'a> {
    /// In a window (its `back`), about a conversation.
    pub(super) fn new(cx: &'a Cx, back: &str, about: &'a str) -> Self {
        Self { cx, desk: Desk::parse(back), about, typed: None }
    }

    /// With what was typed into a field, in case it comes back.
    pub(super) fn typed(self, name: &'static str, value: &'a str) -> Self {
        Self { typed: Some((name, value)), ..self }
    }

    /// Answers with what is to be said in the window (empty: nothing), or with what went wrong.
    pub(super) fn answer(
        self,
        result: Result<&'static str, AppError>,
    ) -> Result<Onward, AppError> {
        let back = Onward::to(self.desk.path());
        let result = match result {
            Ok(said) => {
                if !said.is_empty() {
                    self.leave(Draft::default().keep("said", said));
                }
                Ok(back)
            }
            // Whoever may not be here goes the way of every form.
            Err(error) if matches!(error.error, Kind::SignedOut | Kind::NotFound) => Err(error),
            Err(error) if self.cx.accepts_html => {
                let (name, value) = self.typed.unwrap_or_default();
                self.leave(Draft::error(error).keep(name, value));
                Ok(back)
            }
            Err(error) => Err(error),
        };
        Form::of(self.cx, SCREEN).answer(result)
    }

    fn leave(&self, draft: Draft) {
        self.cx.leave_draft(SCREEN, &draft.keep("about", self.about));
    }
}
