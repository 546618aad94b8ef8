//! Refusals of forms, as their pages and islands show them.

use crate::{
    domain::{
        format::{self, Zone},
        verification::codes::CodeProblem,
    },
    error::AppError,
    i18n::Texts,
    islands::Refusal,
};

/// Returns a refusal in the language of the page.
#[must_use]
pub(crate) fn refusal(error: &AppError, t: Texts, zone: &Zone) -> Refusal {
    let fields: Vec<(String, String)> = error
        .fields
        .keys()
        .filter_map(|name| Some((name.clone(), error.beside(name, t.0)?)))
        .collect();
    let problem = match error.fields.values().next() {
        Some(only) if error.fields.len() == 1 => only,
        _ => &error.error,
    };
    let newest = error.at.filter(|_| *problem == CodeProblem::Replaced);
    let newest = newest.map(|at| (t.code().newest_letter().to_owned(), format::moment(zone, at)));
    Refusal { error: problem.name().to_owned(), summary: error.summary(t.0), fields, newest }
}
