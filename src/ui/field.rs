//! Labelled inputs with their hint and what is wrong with them.

use leptos::{attr::custom::custom_attribute, prelude::*};

use super::icons::{Icon, icon};
use crate::{error::AppError, i18n::Locale};

/// What an input is for; decides its keyboard, its `autocomplete` and its spelling help.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A login name that is being chosen.
    NewLogin,
    /// A login name or an e-mail address.
    Identifier,
    /// An e-mail address.
    Email,
    /// The password that one has.
    CurrentPassword,
    /// A password that is being chosen.
    NewPassword,
    /// A mailed code of digits.
    Code,
    /// A mailed code with letters in it: a phone's number pad would be in the way.
    LongCode,
    /// A code from paper.
    SavedCode,
    /// What somebody wants to be called; may stay empty.
    DisplayName,
    /// The login name of somebody else.
    SomebodysLogin,
    /// A word that is typed to say that one means it.
    Confirmation,
    /// A code that is read from another screen.
    ShortCode,
    /// A number that is read from another screen.
    Number,
    /// The login name or address of an account that is only named; may stay empty.
    Named,
}

impl Purpose {
    const fn kind(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::CurrentPassword | Self::NewPassword => "password",
            _ => "text",
        }
    }

    const fn autocomplete(self) -> &'static str {
        match self {
            Self::NewLogin | Self::Identifier => "username",
            Self::Email => "email",
            Self::CurrentPassword => "current-password",
            Self::NewPassword => "new-password",
            Self::Code | Self::LongCode => "one-time-code",
            Self::DisplayName => "name",
            Self::SavedCode
            | Self::SomebodysLogin
            | Self::Confirmation
            | Self::ShortCode
            | Self::Number => "off",
            Self::Named => "username",
        }
    }

    const fn inputmode(self) -> Option<&'static str> {
        match self {
            Self::Code | Self::Number => Some("numeric"),
            Self::Email => Some("email"),
            _ => None,
        }
    }

    const fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::LongCode | Self::ShortCode | Self::Number)
    }
}

/// A field of a form.
pub struct Field<'a> {
    /// Name and id.
    pub name: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// Its label.
    pub label: &'static str,
    /// A hint below it.
    pub hint: Option<String>,
    /// What stands in it; never given for secrets.
    pub value: Option<String>,
    /// The form's problem, of which this field shows its own.
    pub error: Option<&'a AppError>,
    /// Whether the cursor starts here.
    pub focus: bool,
    /// What stands below the hint.
    pub below: Option<AnyView>,
}

impl<'a> Field<'a> {
    /// A field without hint, value or focus.
    #[must_use]
    pub const fn new(
        name: &'static str,
        purpose: Purpose,
        label: &'static str,
        error: Option<&'a AppError>,
    ) -> Self {
        Self { name, purpose, label, hint: None, value: None, error, focus: false, below: None }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With what was typed before.
    #[must_use]
    pub fn value(self, value: Option<String>) -> Self {
        Self { value, ..self }
    }

    /// With the cursor in it. For the first field only of screens that are nothing but a form.
    #[must_use]
    pub fn focus(self) -> Self {
        Self { focus: true, ..self }
    }

    /// With something below the hint.
    #[must_use]
    pub fn below(self, below: impl IntoView + 'static) -> Self {
        Self { below: Some(below.into_any()), ..self }
    }

    /// The HTML.
    pub fn view(self, locale: Locale) -> AnyView {
        let Self { name, purpose, label, hint, value, error, focus, below } = self;
        let notes = Notes::of(name, hint, error, locale);
        let (described, refused) = (notes.described(), notes.is_refused());
        let class = match purpose {
            Purpose::SavedCode => "input code from-paper",
            purpose if purpose.is_code() => "input code",
            _ => "input",
        };
        let input = view! {
            <input
                class=class
                id=name
                name=name
                type=purpose.kind()
                autocomplete=purpose.autocomplete()
                inputmode=purpose.inputmode()
                autocapitalize=if purpose == Purpose::DisplayName { "words" } else { "none" }
                {..custom_attribute("autocorrect", (purpose != Purpose::DisplayName).then_some("off"))}
                spellcheck="false"
                value=value
                required=!matches!(purpose, Purpose::DisplayName | Purpose::Named)
                autofocus=focus
                aria-describedby=described
                aria-invalid=refused.then_some("true")
            />
        };
        view! {
            <div class="field" class:refused=refused>
                <label for=name>{label}</label>
                {input}
                {notes.view()}
                {below}
            </div>
        }
        .into_any()
    }
}

/// A choice among several values.
pub struct Select<'a> {
    /// Name and id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// A hint below it.
    pub hint: Option<String>,
    /// Values and what they are called.
    pub options: Vec<(String, String)>,
    /// The value that is chosen.
    pub chosen: String,
    /// The form's problem, of which this field shows its own.
    pub error: Option<&'a AppError>,
}

impl Select<'_> {
    /// The HTML.
    pub fn view(self, locale: Locale) -> AnyView {
        let Self { name, label, hint, options, chosen, error } = self;
        let notes = Notes::of(name, hint, error, locale);
        let (described, refused) = (notes.described(), notes.is_refused());
        let options = options
            .into_iter()
            .map(|(value, words)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{words}</option> }
            })
            .collect_view();
        view! {
            <div class="field" class:refused=refused>
                <label for=name>{label}</label>
                <select
                    class="input"
                    id=name
                    name=name
                    aria-describedby=described
                    aria-invalid=refused.then_some("true")
                >
                    {options}
                </select>
                {notes.view()}
            </div>
        }
        .into_any()
    }
}

/// The text of a `<textarea>`: Leptos writes what stands in this element as it is, and escapes nothing.
#[must_use]
pub fn text_of_area(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Room for some lines of text.
pub struct TextArea<'a> {
    /// Name and id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// A hint below it.
    pub hint: Option<String>,
    /// What stands in it.
    pub value: Option<String>,
    /// The form's problem, of which this field shows its own.
    pub error: Option<&'a AppError>,
    /// Whether Enter sends the form (with the island `Send`).
    pub enter: bool,
}

impl TextArea<'_> {
    /// The HTML.
    pub fn view(self, locale: Locale) -> AnyView {
        let Self { name, label, hint, value, error, enter } = self;
        let notes = Notes::of(name, hint, error, locale);
        let (described, refused) = (notes.described(), notes.is_refused());
        let value = text_of_area(&value.unwrap_or_default());
        view! {
            <div class="field" class:refused=refused>
                <label for=name>{label}</label>
                <textarea
                    class="input area"
                    id=name
                    name=name
                    rows="3"
                    dir="auto"
                    data-enter=enter.then_some("")
                    aria-describedby=described
                    aria-invalid=refused.then_some("true")
                >
                    {value}
                </textarea>
                {notes.view()}
            </div>
        }
        .into_any()
    }
}

/// A picture to send along.
pub fn picture_field(
    name: &'static str,
    label: &'static str,
    hint: String,
    error: Option<&AppError>,
    locale: Locale,
) -> AnyView {
    let notes = Notes::of(name, Some(hint), error, locale);
    let (described, refused) = (notes.described(), notes.is_refused());
    view! {
        <div class="field" class:refused=refused>
            <label for=name>{label}</label>
            <input
                class="input file"
                id=name
                name=name
                type="file"
                accept="image/png,image/jpeg,image/webp"
                aria-describedby=described
                aria-invalid=refused.then_some("true")
            />
            {notes.view()}
        </div>
    }
    .into_any()
}

/// What stands below a field: what is wrong with it, and its hint.
struct Notes {
    name: &'static str,
    why: Option<String>,
    hint: Option<String>,
}

impl Notes {
    fn of(
        name: &'static str,
        hint: Option<String>,
        error: Option<&AppError>,
        locale: Locale,
    ) -> Self {
        Self { name, why: error.and_then(|error| error.beside(name, locale)), hint }
    }

    const fn is_refused(&self) -> bool {
        self.why.is_some()
    }

    /// The ids for `aria-describedby`.
    fn described(&self) -> Option<String> {
        let why = self.why.is_some().then(|| format!("{}-why", self.name));
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.name));
        let ids: Vec<String> = [why, hint].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn view(self) -> impl IntoView {
        let Self { name, why, hint } = self;
        view! {
            {why.map(|why| view! { <p class="why" id=format!("{name}-why")>{icon(Icon::Alert)}<span>{why}</span></p> })}
            {hint.map(|hint| view! { <small class="quiet" id=format!("{name}-hint")>{hint}</small> })}
        }
    }
}

/// The name of the account for password managers: there to be read by them, not typed into.
pub fn username_for_managers(login: String, label: &'static str) -> impl IntoView {
    view! {
        <div class="field">
            <label for="login">{label}</label>
            <input class="input" id="login" name="login" type="text" autocomplete="username" value=login readonly/>
        </div>
    }
}

/// A hidden value, if there is one.
pub fn hidden(name: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <input type="hidden" name=name value=value/> })
}
