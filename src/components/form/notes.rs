//! What stands below a field.

use leptos::prelude::*;

use crate::{
    components::icon::{Icon, IconKind},
    islands::{FormState, Refusal},
};

/// What is wrong with a field, and its hint. Their ids are the field's with `-why` and `-hint`.
#[component]
pub fn Notes(
    name: String,
    hint: Option<String>,
    #[prop(into)] error: Signal<Option<String>>,
    /// Whether its island tells by itself, and without interrupting, what is wrong before the form is sent.
    #[prop(optional)]
    is_live: bool,
) -> impl IntoView {
    // What is summed up above is not said twice.
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

/// Outside of an island's form, which is on the server only.
fn refusal_of_page() -> Option<Refusal> {
    #[cfg(feature = "ssr")]
    return super::use_refusal();
    #[cfg(not(feature = "ssr"))]
    None
}
