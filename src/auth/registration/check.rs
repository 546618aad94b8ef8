//! Validates a registration field while it is typed, with the same rules as when it is posted.

use leptos::prelude::*;

use super::service::{judge_email, judge_username};
use crate::{
    domain::values::{EmailProblem, UsernameProblem, meant_address},
    error::{AppError, Problem, RequestProblem},
    http::{context::RequestContext, post_redirect_get::refused},
    i18n::{self, Locale},
    islands::FieldVerdict,
    state::AppState,
};

/// Field checks per network and minute: one is sent whenever the user pauses while typing.
const A_MINUTE: u32 = 240;

/// Validates what was typed into a registration field so far, by its spelling alone: whether the login or the address
/// is taken is not checked here. Nothing is stored.
///
/// # Errors
/// `too_many_from_network` with the seconds to wait.
#[server(endpoint = "check_registration_field")]
pub(crate) async fn check_registration_field(
    #[server(default)] field: String,
    #[server(default)] value: String,
) -> Result<FieldVerdict, AppError> {
    let request = RequestContext::of_request()?;
    if request.state.config.limits {
        let passed = request.state.checked.at_most(
            &request.client.network,
            A_MINUTE,
            request.state.clock.now(),
        );
        passed.map_err(|wait| {
            refused(AppError::new(RequestProblem::TooManyFromNetwork).wait(wait))
        })?;
    }
    Ok(judge(&request.state, &field, &value, request.locale))
}

fn judge(state: &AppState, field: &str, value: &str, locale: Locale) -> FieldVerdict {
    let (problem, meant) = match field {
        "login" => (judge_username(state, value).err(), None),
        "email" => (judge_email(state, value).err(), meant_address(value)),
        _ => (None, None),
    };
    FieldVerdict {
        is_unfinished: problem.as_ref().is_some_and(is_unfinished),
        reason: problem.map(|problem| AppError::new(problem).summary(locale)),
        meant: meant.map(|address| {
            let words = i18n::register::did_you_mean(locale, &address);
            (address, words)
        }),
    }
}

/// Returns whether further typing may fix the problem.
fn is_unfinished(problem: &Problem) -> bool {
    problem.is_one_of(&[UsernameProblem::Missing, UsernameProblem::TooShort])
        || problem.is_one_of(&[
            EmailProblem::Missing,
            EmailProblem::Malformed,
            EmailProblem::Number,
        ])
}
