//! The notes below a field.

use leptos::prelude::*;

use crate::{
    components::icon::{Icon, IconKind},
    islands::{FormState, Refusal},
};

/// The error and the hint of a field. Their ids are the field's id with `-why` and `-hint`.
#[component]
pub(crate) fn Notes(
    name: String,
    hint: Option<String>,
    #[prop(into)] error: Signal<Option<String>>,
    /// Whether the field's island announces errors itself, without interrupting, before the form is sent.
    #[prop(optional)]
    is_live: bool,
) -> impl IntoView {
    // An error that the summary above already announces is not announced twice.
    let own_name = name.clone();
    let form = use_context::<FormState>();
    let is_alone = move || {
        let refusal = match form {
            Some(form) => form.refusal.get(),
            None => refusal_of_page(),
        };
        match refusal {
            None => !is_live,
            Some(refusal) => {
                refusal.is_of_one_field() && (!is_live || refusal.of(&own_name).is_some())
            }
        }
    };
    let (why, hint_id) = ([&name, "-why"].concat(), [&name, "-hint"].concat());
    view! {
        {move || error.get().map(|words| view! {
            <p class="why" id=why.clone() role=is_alone().then_some("alert")>
                <Icon kind=IconKind::ALERT/>
                <span>{words}</span>
            </p>
        })}
        {hint.map(|hint| view! { <small class="quiet" id=hint_id>{hint}</small> })}
    }
}

/// Returns the refusal where the field is outside an island's form, which occurs only on the server.
fn refusal_of_page() -> Option<Refusal> {
    #[cfg(feature = "ssr")]
    return super::use_refusal();
    #[cfg(not(feature = "ssr"))]
    None
}
