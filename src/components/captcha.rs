//! The captcha: a visible slider backed by a proof-of-work challenge.

use leptos::prelude::*;

use super::form::use_refusal;
use crate::{
    domain::verification::captcha::Challenge,
    http::flash::use_flash,
    i18n::use_texts,
    islands::{Slider, SliderTexts},
};

/// The "Slide to verify" control.
#[component]
pub(crate) fn Captcha(challenge: Challenge) -> impl IntoView {
    let Challenge { json, nonce, salt, prefix } = challenge;
    let t = use_texts();
    let texts = SliderTexts {
        slide: t.human().slide().into(),
        working: t.human().working().into(),
        verified: t.human().verified().into(),
        missing: t.human().slide_first().into(),
    };
    let error = use_refusal().and_then(|refusal| refusal.of("proof"));
    let solved = use_flash().value("solution");
    view! { <Slider challenge=json parts=(nonce, salt, prefix) solved error texts/> }
}
