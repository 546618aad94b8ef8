//! The quiet word that a form is being sent.

use leptos::prelude::*;

use super::islands::Busy;
use crate::i18n::{self, Locale};

/// Stands in a form: it is posted once then, and looks busy meanwhile.
pub fn busy(locale: Locale) -> impl IntoView {
    view! {
        <span class="unseen" role="status" data-busy=i18n::ui::one_moment(locale)></span>
        <Busy/>
    }
}
