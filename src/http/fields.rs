//! Checks the fields of a form before they are read: once, for every form.

use std::collections::HashSet;

use crate::error::{AppError, RequestProblem};

/// Refuses what no form of ours sends: NUL, which PostgreSQL cannot hold, and a field twice, of which readers would
/// have to choose one. The name of a list ends in `[]`.
///
/// # Errors
/// `malformed`.
pub(crate) fn judge(fields: &[(String, String)]) -> Result<(), AppError> {
    let mut seen = HashSet::new();
    let is_good = fields.iter().all(|(name, value)| {
        !name.contains('\0')
            && !value.contains('\0')
            && (name.ends_with("[]") || seen.insert(name.as_str()))
    });
    if is_good { Ok(()) } else { Err(AppError::new(RequestProblem::Malformed)) }
}
