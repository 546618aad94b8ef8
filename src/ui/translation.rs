//! A message in another language, above what was really written.

use leptos::prelude::*;

use crate::{
    i18n::{Locale, translation as t},
    server::conversations::Message,
};

/// The translation, if there is one, and the mark of the original that follows.
pub fn translation(locale: Locale, message: &Message) -> Option<AnyView> {
    let (words, tag) = message.translation.clone().zip(message.translated_to.clone())?;
    let view = view! {
        <span class="quiet small">{t::translation(locale)}</span>
        <p class="text" dir="auto" lang=tag>{words}</p>
        <span class="quiet small">{t::original(locale)}</span>
    };
    Some(view.into_any())
}
