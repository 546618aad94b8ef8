//! The pages of the console.

mod answers;
mod desk;
mod facts;
mod numbers;

pub(super) use self::{
    answers::{answers, answers_with},
    desk::{desk, desk_with},
    numbers::numbers,
};
use crate::server::ids::ConversationId;

use leptos::prelude::*;

use super::desk::ConsoleView;

/// The hidden fields of each form of a window: where it leads back, and which conversation it is about.
#[component]
fn WindowFields(
    desk: ConsoleView,
    #[prop(optional, into)] conversation: Option<ConversationId>,
) -> impl IntoView {
    let conversation = conversation
        .map(|id| view! { <input type="hidden" name="conversation" value=id.to_string()/> });
    view! {
        <input type="hidden" name="back" value=desk.query()/>
        {conversation}
    }
}
