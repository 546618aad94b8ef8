use leptos::prelude::*;

use super::{
    PAGE,
    service::{self, FindError},
};
use crate::{
    domain::verification::captcha::CaptchaProblem,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        redirect::Redirect,
    },
    mailer::MailProblem,
};

/// Sends an email that names the account of an address, or says that there is none. The page shows the same in both
/// cases.
///
/// # Errors
/// What is wrong with the address; `slide_again`; `too_many_letters` with the seconds to wait.
#[server(endpoint = "find_login")]
pub(crate) async fn find_login(
    #[server(default)] email: String,
    #[server(default)] proof: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let entry = service::ReminderForm {
        email: &email,
        proof: &proof,
        locale: request.locale,
        client: &request.client,
        browser: request.token(CookieName::Browser),
    };
    let found = service::find(&request.state, &entry).await;
    respond(found.map(|()| Redirect::to(PAGE).with_notice(Notice::LoginAsked)))
}

impl From<FindError> for AppError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Field(problem) => {
                Self { keeps_proof: true, ..Self::field("email", problem) }
            }
            FindError::Human(price) => {
                Self { price: Some(price), ..Self::new(CaptchaProblem::SlideAgain) }
            }
            FindError::TooMany(wait) => Self::new(MailProblem::TooMany).wait(wait),
            FindError::TooManyFromNetwork(wait) => {
                Self::new(RequestProblem::TooManyFromNetwork).wait(wait)
            }
            FindError::Internal(fault) => fault.into(),
        }
    }
}
