//! Making an account: login, address and password, then the code from the mail.
//! The account exists only once the address is confirmed.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::{EmailProblem, LoginProblem, SecretText, shown},
    server::{
        flows::Purpose,
        http::{
            context::{BROWSER, Cx},
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        next,
    },
};
use service::RegisterError;

/// Asks for an account: a code goes to the address.
///
/// # Errors
/// What is wrong with which field; `slide_again`; `too_many_letters`.
#[server(endpoint = "register")]
pub async fn register(
    #[server(default)] login: String,
    #[server(default)] email: String,
    #[server(default)] password: SecretText,
    #[server(default)] proof: String,
    #[server(default)] next: String,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let form = Form::of(&cx, "/register")
        .keep("login", login.trim())
        .keep("email", email.trim())
        .and_then_to(target.as_deref());
    let posted = [&*login, &email, password.expose(), &proof, &next];
    let press = Press::of(&cx, "register", Purpose::Register.cookie(), &posted);
    let result = press.once(move |cx| async move {
        let entry = service::Entry {
            login: &login,
            email: &email,
            password: &password,
            proof: &proof,
            next: target.as_deref(),
            locale: cx.locale,
            client: &cx.client,
            browser: cx.token(BROWSER),
            flow: cx.flow_token(Purpose::Register),
        };
        let token = service::register(&cx.app, &entry).await.map_err(AppError::from)?;
        cx.give_flow(Purpose::Register, &token);
        Ok(Onward::to("/register/code"))
    });
    form.answer(result.await)
}

/// Sends another code for the registration that this browser has begun.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait.
#[server(endpoint = "register_resend")]
pub async fn resend() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result = async {
        let flow = cx.flow(Purpose::Register).await?.ok_or_else(gone)?;
        service::send_code(&cx.app, &flow, &cx.client).await.map_err(AppError::from)
    };
    let result = result.await;
    if result.is_ok() {
        cx.leave_draft("/register/code", &Draft::notice(Notice::CodeSent));
    }
    Form::of(&cx, "/register/code").answer(result.map(|()| Onward::to("/register/code")))
}

/// Confirms the address: the account is made, and the browser is signed in.
///
/// # Errors
/// What is wrong with the code; `start_again` when the registration has expired.
#[server(endpoint = "register_code")]
pub async fn confirm(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let form = Form::of(&cx, "/register/code");
    let flow = match cx.flow(Purpose::Register).await {
        Ok(flow) => flow,
        Err(error) => return form.answer(Err(error.into())),
    };
    // What was typed on the first screen is there again if that is where this leads back to.
    let form = match &flow {
        Some(flow) => form
            .keep("login", flow.login.as_deref().unwrap_or_default())
            .keep("email", &shown(&flow.typed)),
        None => form,
    };
    if flow.as_ref().is_some_and(|flow| flow.ready_at > cx.app.clock.now()) {
        return form.answer(Ok(Onward::to("/register/code")));
    }
    let press = Press::of_code(&cx, "register_code", Purpose::Register.cookie(), &code);
    let result = press.once(move |cx| async move {
        let flow = flow.ok_or_else(gone)?;
        let browser = service::Browser {
            client: &cx.client,
            devices: cx.devices(),
            session: cx.token("session"),
        };
        let opened =
            service::confirm(&cx.app, &flow, &code, &browser).await.map_err(AppError::from)?;
        cx.give_session(&opened.session, false);
        cx.give_devices(&opened.devices);
        cx.end_flow(Purpose::Register);
        Ok(Onward::to(next::or_account(flow.next.as_deref())))
    });
    form.answer(result.await)
}

fn gone() -> AppError {
    AppError::new(Kind::FlowExpired).on("/register")
}

impl From<LoginProblem> for Kind {
    fn from(problem: LoginProblem) -> Self {
        match problem {
            LoginProblem::Missing => Self::LoginMissing,
            LoginProblem::TooShort => Self::LoginTooShort,
            LoginProblem::TooLong => Self::LoginTooLong,
            LoginProblem::Characters => Self::LoginCharacters,
            LoginProblem::MixedScripts => Self::LoginMixedScripts,
        }
    }
}

impl From<EmailProblem> for Kind {
    fn from(problem: EmailProblem) -> Self {
        match problem {
            EmailProblem::Missing => Self::EmailMissing,
            EmailProblem::Malformed => Self::EmailMalformed,
            EmailProblem::TooLong => Self::EmailTooLong,
            EmailProblem::Number => Self::EmailNumber,
        }
    }
}

impl From<RegisterError> for AppError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Fields(fields) => Self::fields(fields),
            RegisterError::Human(price) => {
                Self { price: Some(price), ..Self::new(Kind::SlideAgain) }
            }
            RegisterError::Send(error) => error.into(),
            RegisterError::Check(error) => error.into(),
            RegisterError::LoginTaken => Self::field("login", Kind::LoginTaken).on("/register"),
            RegisterError::EmailTaken => Self::new(Kind::EmailTaken).on("/sign-in"),
            RegisterError::Fault(fault) => fault.into(),
        }
    }
}
