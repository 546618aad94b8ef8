use leptos::prelude::*;

use super::{
    PAGE,
    service::{self, RoleError},
};
use crate::{
    domain::roles::GiveError,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        flash::{Flash, Notice},
        post_redirect_get::respond,
        redirect::Redirect,
    },
    support::{conversation::ConversationProblem, staff::RoleProblem},
};

/// Maximum number of roles that an admin may grant per minute.
const ROLES_A_MINUTE: u32 = 20;

/// Grants a role; the role of a shopper revokes any other.
///
/// # Errors
/// What is wrong with which field; `proof_needed`; `signed_out`; `not_found` for users who are not admins.
#[server(endpoint = "staff_role")]
pub(crate) async fn give_role(
    #[server(default)] login: String,
    #[server(default)] role: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let given = async {
        let staff = request.staff().await?;
        if !staff.is_admin() {
            return Err(AppError::new(RequestProblem::NotFound));
        }
        if !staff.is_proved(request.state.clock.now()) {
            return Err(AppError::new(RequestProblem::ProofNeeded));
        }
        if request.state.config.limits {
            // Each grant is an event and two emails.
            request
                .state
                .acted
                .at_most(
                    &format!("role:{}", staff.account.id),
                    ROLES_A_MINUTE,
                    request.state.clock.now(),
                )
                .map_err(|wait| AppError::new(ConversationProblem::TooManyMessages).wait(wait))?;
        }
        let login =
            service::give(&request.state, &staff.account, &login, &role, &request.client).await?;
        // The page shows the login as its owner spells it, not as it was typed.
        let said = Flash::notice(Notice::RoleGiven).keep("login", &login).keep("role", &role);
        request.set_flash(PAGE, &said);
        Ok(Redirect::to(PAGE))
    };
    respond(given.await)
}

impl From<RoleError> for AppError {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Field(name, problem) => Self::field(name, problem),
            RoleError::Give(GiveError::Gone) => Self::field("login", RoleProblem::LoginUnknown),
            RoleError::Give(GiveError::Same) => Self::field("role", RoleProblem::RoleSame),
            RoleError::Give(GiveError::Own) => Self::field("login", RoleProblem::RoleOwn),
            RoleError::Give(GiveError::Unfit) => Self::field("login", RoleProblem::RoleUnfit),
            RoleError::Give(GiveError::Overtaken) => {
                Self::new(RequestProblem::SignedOut).on("/sign-in")
            }
            RoleError::Give(GiveError::Db(error)) => error.into(),
        }
    }
}
