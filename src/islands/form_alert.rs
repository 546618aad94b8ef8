use leptos::prelude::*;

use super::{
    answer::Refusal,
    form::FormState,
    local_time::{Moment, Time},
};
use crate::components::alert::{Alert, Tone};

/// Why the form was refused, or what was done. The error of a single field is shown at that field; several are listed
/// as links to the fields.
#[cfg(feature = "form")]
#[island]
pub fn FormAlert(
    /// Why it was refused before the page was loaded.
    refusal: Option<Refusal>,
    /// A message from before the page was loaded.
    notice: Option<String>,
    /// Ids and labels of the fields.
    labels: Vec<(String, String)>,
    /// Links that help: addresses and labels.
    offers: Vec<(String, String)>,
) -> impl IntoView {
    let form = use_context::<FormState>().unwrap_or_else(FormState::new);
    form.refusal.set(refusal);
    form.notice.set(notice);
    view! { <Summary form labels offers/> }
}

/// The summary above the fields of a form.
#[component]
pub(super) fn Summary(
    form: FormState,
    labels: Vec<(String, String)>,
    offers: Vec<(String, String)>,
) -> impl IntoView {
    let said = move || {
        let refusal = form.refusal.get().filter(|refusal| {
            let is_here = |name: &String| labels.iter().any(|(id, _)| id == name);
            !(refusal.is_of_one_field() && refusal.fields.iter().all(|(name, _)| is_here(name)))
        });
        let refusal = refusal.map(|Refusal { summary, fields, newest, .. }| {
            let links = fields.iter().filter_map(|(name, text)| {
                let (id, label) = labels.iter().find(|(id, _)| id == name)?;
                Some((["#", id].concat(), [label, ": ", text].concat()))
            });
            let links = if fields.len() > 1 { links.collect() } else { Vec::new() };
            (Tone::Bad, summary, [links, offers.clone()].concat(), newest)
        });
        let notice = form.notice.get().map(|words| (Tone::Good, words, Vec::new(), None));
        let said = refusal.into_iter().chain(notice);
        said.map(|(tone, words, links, newest)| said_of(tone, words, links, newest)).collect_view()
    };
    view! { {said} }
}

/// A single view for every kind of message: a view for each kind would weigh a kilobyte.
fn said_of(
    tone: Tone,
    words: String,
    links: Vec<(String, String)>,
    newest: Option<(String, Moment)>,
) -> impl IntoView {
    let links = links.into_iter().map(|(href, words)| view! { <li><a href=href>{words}</a></li> });
    let links = links.collect::<Vec<_>>();
    let list = (!links.is_empty()).then(|| view! { <ul>{links}</ul> });
    let newest = newest.map(|(words, moment)| view! { <p>{words}" "<Time moment/></p> });
    view! { <Alert tone=tone><p>{words}</p>{list}{newest}</Alert> }
}
