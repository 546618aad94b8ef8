//! "They match", while the new password is typed a second time.

use leptos::prelude::*;

use super::dom;

/// Compares two fields as they are typed into and says it politely.
#[island]
pub fn MatchHint(
    /// Id of the first field.
    first: String,
    /// Id of the second field.
    second: String,
    /// "They match".
    matching: String,
    /// "Not the same yet".
    differing: String,
) -> impl IntoView {
    // Nothing while the second is empty; then whether they match.
    let state = RwSignal::new(None::<bool>);
    Effect::new(move |_| {
        let (Some(one), Some(other)) = (dom::input(&first), dom::input(&second)) else { return };
        for field in [&one, &other] {
            let (one, other) = (one.clone(), other.clone());
            dom::listen(field, "input", move |_| {
                let again = other.value();
                state.set((!again.is_empty()).then(|| one.value() == again));
            });
        }
    });
    view! {
        <small
            class=move || if state.get() == Some(true) { "match yes" } else { "match" }
            role="status"
        >
            {move || match state.get() {
                None => String::new(),
                Some(true) => matching.clone(),
                Some(false) => differing.clone(),
            }}
        </small>
    }
}
