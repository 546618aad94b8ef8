//! Who is operator or admin: the list, for admins, and the form with which they give roles.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    server::{
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward},
        },
        roles::GiveError,
    },
};
use service::RoleError;

const SCREEN: &str = "/operator/staff";
/// Roles that an admin gives in a minute, at most.
const ROLES_A_MINUTE: u32 = 20;

/// Gives a role; that of a shopper takes one away.
///
/// # Errors
/// What is wrong with which field; `proof_needed`; `signed_out`; `not_found` for whoever is no admin.
#[server(endpoint = "staff_role")]
pub async fn give_role(
    #[server(default)] login: String,
    #[server(default)] role: String,
) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let staff = cx.staff().await?;
        if !staff.is_admin() {
            return Err(AppError::new(Kind::NotFound));
        }
        if !staff.is_proved(cx.app.clock.now()) {
            return Err(AppError::new(Kind::ProofNeeded));
        }
        if cx.app.config.limits {
            // Each is an event and two letters.
            cx.app
                .acted
                .at_most(&format!("role:{}", staff.account.id), ROLES_A_MINUTE, cx.app.clock.now())
                .map_err(|wait| AppError::new(Kind::TooManyMessages).wait(wait))?;
        }
        let login = service::give(&cx.app, &staff.account, &login, &role, &cx.client).await?;
        let said = Draft::notice(Notice::RoleGiven).keep("login", &login).keep("role", &role);
        cx.leave_draft(SCREEN, &said);
        Ok(Onward::to(SCREEN))
    };
    let result = result.await;
    Form::of(&cx, SCREEN).keep("login", login.trim()).keep("role", &role).answer(result)
}

impl From<RoleError> for AppError {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Field(name, kind) => Self::field(name, kind),
            RoleError::Give(GiveError::Gone) => Self::field("login", Kind::LoginUnknown),
            RoleError::Give(GiveError::Same) => Self::field("role", Kind::RoleSame),
            RoleError::Give(GiveError::Own) => Self::field("login", Kind::RoleOwn),
            RoleError::Give(GiveError::Unfit) => Self::field("login", Kind::RoleUnfit),
            RoleError::Give(GiveError::Overtaken) => Self::new(Kind::SignedOut).on("/sign-in"),
            RoleError::Give(GiveError::Db(error)) => error.into(),
        }
    }
}
