//! What is said above a form.

use leptos::prelude::*;

use super::icons::{Icon, icon};
use crate::{error::AppError, i18n::Locale};

/// The tone of a notice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something did not work.
    Bad,
    /// Something worked.
    Ok,
    /// Something to know.
    Calm,
}

/// A notice; bad ones interrupt a screen reader, others wait for a pause.
pub fn notice(tone: Tone, content: impl IntoView) -> impl IntoView {
    let (class, role, sign) = match tone {
        Tone::Bad => ("notice bad", "alert", Icon::Alert),
        Tone::Ok => ("notice good", "status", Icon::Check),
        Tone::Calm => ("notice", "status", Icon::Info),
    };
    view! {
        <div class=class role=role>
            {icon(sign)}
            <div class="words">{content}</div>
        </div>
    }
}

/// The sum of what is wrong with a form, if anything is; `more` stands below it.
pub fn refusal<M: IntoView + 'static>(
    error: Option<&AppError>,
    locale: Locale,
    more: M,
) -> impl IntoView + use<M> {
    error.map(|error| {
        let summary = error.summary(locale);
        notice(Tone::Bad, view! { <p>{summary}</p>{more} })
    })
}

/// That something was done, if anything was.
pub fn done<W: Into<String>>(words: Option<W>) -> impl IntoView + use<W> {
    words.map(Into::into).map(|words: String| notice(Tone::Ok, view! { <p>{words}</p> }))
}
