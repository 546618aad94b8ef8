//! Alerts above a form or for the whole page.

use leptos::prelude::*;

use super::icon::{Icon, IconKind};

/// The tone of an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neutral information.
    #[default]
    Neutral,
    /// A success.
    Good,
    /// A failure.
    Bad,
}

/// An alert. A bad one interrupts a screen reader; the others wait for a pause.
#[component]
pub(crate) fn Alert<C: IntoView + 'static>(
    #[prop(optional)] tone: Tone,
    children: TypedChildren<C>,
) -> impl IntoView {
    let (class, role, kind) = match tone {
        Tone::Bad => ("notice bad", "alert", IconKind::ALERT),
        Tone::Good => ("notice good", "status", IconKind::CHECK),
        Tone::Neutral => ("notice", "status", IconKind::INFO),
    };
    view! {
        <div class=class role=role>
            <Icon kind/>
            <div class="words">{children.into_inner()()}</div>
        </div>
    }
}
