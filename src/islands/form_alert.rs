use leptos::prelude::*;

use super::{answer::Refusal, form::FormState, local_time::Time};
use crate::components::alert::{Alert, Tone};

/// Why the form was refused, or what was done. What is wrong with one field alone stands at that field; several are
/// summed up, as links to them.
#[island]
pub fn FormAlert(
    /// Why it was refused before the page was loaded.
    refusal: Option<Refusal>,
    /// What is good to know, also from before.
    notice: Option<String>,
    /// Ids and labels of the fields.
    labels: Vec<(String, String)>,
    /// What helps: addresses and words of links.
    offers: Vec<(String, String)>,
) -> impl IntoView {
    let form = use_context::<FormState>().unwrap_or_else(FormState::new);
    form.refusal.set(refusal);
    form.notice.set(notice);
    view! { <Summary form labels offers/> }
}

/// What stands above the fields of a form.
#[component]
pub(super) fn Summary(
    form: FormState,
    labels: Vec<(String, String)>,
    offers: Vec<(String, String)>,
) -> impl IntoView {
    let refused = move || {
        let refusal = form.refusal.get().filter(|refusal| {
            let is_here = |name: &String| labels.iter().any(|(id, _)| id == name);
            !(refusal.is_of_one_field() && refusal.fields.iter().all(|(name, _)| is_here(name)))
        })?;
        let links = refusal.fields.iter().filter_map(|(name, text)| {
            let (id, label) = labels.iter().find(|(id, _)| id == name)?;
            let (href, words) = (["#", id].concat(), [label, ": ", text].concat());
            Some(view! { <li><a href=href>{words}</a></li> })
        });
        let links = links.collect_view();
        let list = (refusal.fields.len() > 1).then(|| view! { <ul>{links}</ul> });
        let offers = offers.clone().into_iter();
        let offers = offers.map(|(href, words)| view! { <p><a href=href>{words}</a></p> });
        let offers = offers.collect_view();
        let newest =
            refusal.newest.map(|(words, moment)| view! { <p>{words}" "<Time moment/></p> });
        Some(view! { <Alert tone=Tone::Bad><p>{refusal.summary}</p>{list}{newest}{offers}</Alert> })
    };
    let done = move || {
        let words = form.notice.get()?;
        Some(view! { <Alert tone=Tone::Good><p>{words}</p></Alert> })
    };
    view! {
        {refused}
        {done}
    }
}
