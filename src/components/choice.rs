use leptos::prelude::*;

use super::icon::{Icon, IconKind};

/// A link in a list of `choices`, with a description below it. Screen readers announce the label, then the description.
#[component]
pub(crate) fn Choice(
    /// The address of the link. No two on a page have the same path.
    #[prop(into)]
    href: String,
    kind: IconKind,
    label: &'static str,
    #[prop(into)] about: String,
) -> impl IntoView {
    let path = href.split('?').next().unwrap_or_default();
    let (name_id, about_id) = (format!("{path}-name"), format!("{path}-about"));
    let (labelledby, describedby) = (name_id.clone(), about_id.clone());
    view! {
        <li>
            <a class="choice" href=href aria-labelledby=labelledby aria-describedby=describedby>
                <span class="sign"><Icon kind/></span>
                <span class="what">
                    <span id=name_id>{label}</span>
                    <small class="quiet" id=about_id>{about}</small>
                </span>
                <span class="onward"><Icon kind=IconKind::CHEVRON/></span>
            </a>
        </li>
    }
}
