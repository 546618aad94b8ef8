use leptos::{
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Date, Object, Reflect},
};
use serde::{Deserialize, Serialize};

use super::alive;

/// A point in time, as formatted by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339.
    pub datetime: String,
    /// In words.
    pub words: String,
    /// Whether `words` is in UTC, because the server does not know the reader's time zone.
    pub is_utc: bool,
    /// The tag of the language in which the date is shown as well, if it is.
    pub with_date: Option<String>,
}

/// A point in time in the reader's own time zone.
#[island]
pub fn LocalTime(moment: Moment) -> impl IntoView {
    view! { <Time moment/> }
}

/// See [`LocalTime`].
#[component]
pub(super) fn Time(moment: Moment) -> impl IntoView {
    let alive = alive();
    let Moment { datetime, words, is_utc, with_date } = moment;
    let date = datetime.clone();
    let told = move || match alive.get() && is_utc {
        true => local(&date, with_date.as_deref()).unwrap_or_else(|| words.clone()),
        false => words.clone(),
    };
    view! { <time datetime=datetime>{told}</time> }
}

/// Formats it in the browser's time zone.
fn local(datetime: &str, with_date: Option<&str>) -> Option<String> {
    let date = Date::new(&datetime.into());
    let Some(language) = with_date else {
        return Some([two(date.get_hours()), two(date.get_minutes())].join(":"));
    };
    // As the server formats English: the day first, and 24 hours.
    let language = if language == "en" { "en-GB" } else { language };
    let how = Object::new();
    for (part, style) in [("dateStyle", "long"), ("timeStyle", "short")] {
        Reflect::set(&how, &JsValue::from_str(part), &JsValue::from_str(style)).ok()?;
    }
    date.to_locale_string(language, &how).as_string()
}

/// `07`
fn two(number: u32) -> String {
    [if number < 10 { "0" } else { "" }, &number.to_string()].concat()
}
