//! Canned answers: texts with placeholders, which are filled in when an answer is inserted.

use super::OperatorError;
use crate::{
    domain::{
        ids::CannedId,
        values::{LanguageProblem, MessageText, UsernameProblem},
    },
    http::context::Staff,
    i18n::{self, Locale},
    state::AppState,
    support::console::{
        ConsoleProblem,
        store::{self, NewCanned},
    },
};

/// The placeholders.
pub(in crate::support::console) const LOGIN: &str = "login";
pub(in crate::support::console) const SHOP: &str = "shop";
pub(in crate::support::console) const OPERATOR: &str = "operator";
const KNOWN: [&str; 3] = [LOGIN, SHOP, OPERATOR];

/// Longest title, in code points.
pub(in crate::support::console) const TITLE_MAX: usize = 80;

/// Returns the placeholder names in a text; braces around anything but a name are plain text.
pub(in crate::support::console) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then_some(name)
    })
}

pub(in crate::support::console) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Returns the known placeholders as they are written, for hints.
pub(in crate::support::console) fn known() -> String {
    KNOWN.map(|name| format!("{{{name}}}")).join(", ")
}

/// The values of the placeholders. A placeholder without a value stays as it is, for the operator to fill in.
#[derive(Clone, Default)]
pub(in crate::support::console) struct Values {
    pub login: Option<String>,
    pub shop: String,
    pub operator: Option<String>,
}

impl Values {
    /// Fills in the known placeholders of `text`. Inserted values are not parsed again: a login in braces is not a
    /// placeholder.
    pub(in crate::support::console) fn fill(&self, text: &str) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let known = part.split_once('}').and_then(|(name, rest)| {
                let value = match name {
                    LOGIN => self.login.as_deref()?,
                    SHOP => self.shop.as_str(),
                    OPERATOR => self.operator.as_deref()?,
                    _ => return None,
                };
                Some((value, rest))
            });
            match known {
                Some((value, rest)) => filled.extend([value, rest]),
                None => filled.extend(["{", part]),
            }
        }
        filled
    }
}

/// The posted form of a canned answer.
pub(in crate::support::console) struct CannedAnswerForm<'a> {
    /// `None` for a new answer.
    pub id: Option<CannedId>,
    pub locale: &'a str,
    pub title: &'a str,
    pub text: &'a str,
}

/// Adds a canned answer, or changes one.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn save(
    state: &AppState,
    staff: &Staff,
    entry: &CannedAnswerForm<'_>,
) -> Result<(), OperatorError> {
    let wrong = OperatorError::Field;
    let locale = Locale::parse(entry.locale)
        .ok_or(wrong("answer_locale", LanguageProblem::Unknown.into()))?;
    let title: String = entry.title.trim().chars().filter(|c| !c.is_control()).collect();
    if title.is_empty() {
        return Err(wrong("title", UsernameProblem::Missing.into()));
    }
    if title.chars().count() > TITLE_MAX {
        return Err(wrong("title", UsernameProblem::TooLong.into()));
    }
    let text = MessageText::parse(entry.text).map_err(|problem| wrong("text", problem.into()))?;
    if placeholders(text.as_str()).any(|name| !is_known(name)) {
        return Err(wrong("text", ConsoleProblem::PlaceholderUnknown.into()));
    }
    let now = state.clock.now();
    let new = NewCanned { locale, title: &title, text: text.as_str() };
    let mut tx = state.db.begin().await?;
    let me = &staff.account.id;
    let changed = match &entry.id {
        Some(id) => store::change_canned(&mut tx, now, id, new, me).await?,
        None => false,
    };
    // An answer that was deleted meanwhile is saved as a new one, so that nothing typed is lost.
    if !changed {
        store::add_canned(&mut tx, &state.random, now, new, me).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Deletes a canned answer; deleting it twice has no further effect.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn remove(
    state: &AppState,
    id: &CannedId,
) -> Result<(), OperatorError> {
    let mut tx = state.db.begin().await?;
    store::remove_canned(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Adds a few starter texts in one language, skipping those whose title already exists.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn add_starters(
    state: &AppState,
    staff: &Staff,
    locale: Locale,
) -> Result<(), OperatorError> {
    let there = store::list_canned(&state.db).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    for (title, text) in starters(locale) {
        if there.iter().any(|answer| answer.locale() == locale && answer.title == title) {
            continue;
        }
        let new = NewCanned { locale, title, text: &text };
        store::add_canned(&mut tx, &state.random, now, new, &staff.account.id).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn starters(locale: Locale) -> [(&'static str, String); 4] {
    use i18n::operator_starters as t;
    let gap = |name: &str| format!("{{{name}}}");
    [
        (t::hello_title(locale), t::hello(locale, gap(SHOP), gap(OPERATOR))),
        (t::code_title(locale), t::code(locale).to_owned()),
        (t::recover_title(locale), t::recover(locale, gap(LOGIN))),
        (t::bye_title(locale), t::bye(locale, gap(SHOP))),
    ]
}
