//! The pages of the console.

mod answers;
mod console;
mod facts;
mod stats;

pub(super) use self::{
    answers::{answers, answers_with},
    console::{console, console_with},
    stats::stats,
};
use crate::domain::ids::ConversationId;

use leptos::prelude::*;

use super::console_view::ConsoleView;

/// The hidden fields of each form of a window: where it leads back, and which conversation it is about.
#[component]
fn WindowFields(
    console: ConsoleView,
    #[prop(optional, into)] conversation: Option<ConversationId>,
) -> impl IntoView {
    let conversation = conversation
        .map(|id| view! { <input type="hidden" name="conversation" value=id.to_string()/> });
    view! {
        <input type="hidden" name="back" value=console.query()/>
        {conversation}
    }
}
