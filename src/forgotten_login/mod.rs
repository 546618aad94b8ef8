//! Forgotten login: an address is asked which account it has, or had.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    server::http::{
        context::{BROWSER, Cx},
        draft::{Draft, Notice},
        form::{Form, Onward},
    },
};
use service::FindError;

const SCREEN: &str = "/recover/login";

/// Sends a letter that names the account of an address, or says that there is none. The screen says the same
/// in both cases.
///
/// # Errors
/// What is wrong with the address; `slide_again`; `too_many_letters` with the seconds to wait.
#[server(endpoint = "find_login")]
pub async fn find_login(
    #[server(default)] email: String,
    #[server(default)] proof: String,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let entry = service::Entry {
        email: &email,
        proof: &proof,
        locale: cx.locale,
        client: &cx.client,
        browser: cx.token(BROWSER),
    };
    let result = service::find(&cx.app, &entry).await.map_err(AppError::from);
    let form = Form::of(&cx, SCREEN).keep("email", email.trim());
    form.answer(result.map(|()| {
        cx.leave_draft(SCREEN, &Draft::notice(Notice::LoginAsked).keep("email", email.trim()));
        Onward::to(SCREEN)
    }))
}

impl From<FindError> for AppError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Field(kind) => Self::field("email", kind),
            FindError::Human(price) => Self { price: Some(price), ..Self::new(Kind::SlideAgain) },
            FindError::TooMany(wait) => Self::new(Kind::TooManyLetters).wait(wait),
            FindError::TooManyFromNetwork(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            FindError::Fault(fault) => fault.into(),
        }
    }
}
