//! Errors of granting roles.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a role is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum RoleProblem {
    /// No account has this username.
    LoginUnknown,
    /// There is no such role.
    RoleUnknown,
    /// The account already has the role.
    RoleSame,
    /// It is the admin's own account.
    RoleOwn,
    /// The account cannot have a role.
    RoleUnfit,
}

impl FormError for RoleProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::LoginUnknown => t::login_unknown(locale),
            Self::RoleUnknown => t::role_unknown(locale),
            Self::RoleSame => t::role_same(locale),
            Self::RoleOwn => t::role_own(locale),
            Self::RoleUnfit => t::role_unfit(locale),
        };
        text.to_owned()
    }
}
