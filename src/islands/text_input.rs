use std::sync::Arc;

use leptos::{
    attr::custom::custom_attribute,
    ev,
    html::{self, ElementType},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::HtmlElement,
};
use serde::{Deserialize, Serialize};

use super::form::{FieldState, FormState};
use crate::components::form::notes::Notes;

/// The purpose of an input; determines its keyboard, `autocomplete` and spelling help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputKind {
    /// A new username.
    NewUsername,
    /// A username or an email address.
    Identifier,
    /// An email address.
    Email,
    /// The current password.
    CurrentPassword,
    /// A new password.
    NewPassword,
    /// The new password, repeated.
    NewPasswordAgain,
    /// An emailed code of digits.
    Code,
    /// An emailed code with letters, for which a phone's number pad is no use.
    LongCode,
    /// A backup code.
    BackupCode,
    /// A display name; may be empty.
    DisplayName,
    /// The username of another user.
    OtherUsername,
    /// A word typed as a confirmation.
    Confirmation,
    /// A code read from the display of another device.
    ShortCode,
    /// A number read from the display of another device.
    Number,
    /// The username or address of an account that is only mentioned; may be empty.
    Named,
    /// The name of something.
    Title,
}

impl InputKind {
    /// Returns the input's `type`.
    #[must_use]
    pub const fn input_type(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::CurrentPassword | Self::NewPassword | Self::NewPasswordAgain => "password",
            _ => "text",
        }
    }

    /// Returns its `autocomplete` (HTML §4.10.18.7).
    #[must_use]
    pub const fn autocomplete(self) -> &'static str {
        match self {
            Self::NewUsername | Self::Identifier | Self::Named => "username",
            Self::Email => "email",
            Self::CurrentPassword => "current-password",
            Self::NewPassword | Self::NewPasswordAgain => "new-password",
            Self::Code | Self::LongCode => "one-time-code",
            Self::DisplayName => "name",
            _ => "off",
        }
    }

    /// Returns its `inputmode`.
    #[must_use]
    pub const fn inputmode(self) -> Option<&'static str> {
        match self {
            Self::Code | Self::Number => Some("numeric"),
            Self::Email => Some("email"),
            _ => None,
        }
    }

    /// Returns its `enterkeyhint`: the label of the on-screen keyboard's Enter key, unless the page knows that another
    /// field follows.
    #[must_use]
    pub const fn enterkeyhint(self) -> &'static str {
        match self {
            Self::NewPassword | Self::DisplayName | Self::Named | Self::Title => "next",
            _ => "go",
        }
    }

    /// Returns its `autocapitalize`: codes are in capitals, usernames and addresses as typed.
    #[must_use]
    pub const fn autocapitalize(self) -> &'static str {
        match self {
            Self::DisplayName => "words",
            Self::Title => "sentences",
            Self::LongCode | Self::BackupCode | Self::ShortCode => "characters",
            _ => "none",
        }
    }

    /// Returns whether it contains prose, which a keyboard may correct.
    const fn is_prose(self) -> bool {
        matches!(self, Self::DisplayName | Self::Title)
    }

    /// Returns its maximum length, with room for what is pasted along: spaces, dashes, words around a code.
    #[must_use]
    pub const fn maxlength(self) -> u32 {
        match self {
            Self::Email | Self::Identifier | Self::Named => 320,
            Self::CurrentPassword | Self::NewPassword | Self::NewPasswordAgain => 1_000,
            _ => 200,
        }
    }

    const fn is_code(self) -> bool {
        matches!(
            self,
            Self::Code | Self::LongCode | Self::BackupCode | Self::ShortCode | Self::Number
        )
    }

    /// Returns whether it may be empty.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::DisplayName | Self::Named)
    }

    /// Returns the class of the input.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::BackupCode => "input code from-paper",
            kind if kind.is_code() => "input code",
            _ => "input",
        }
    }
}

/// A labelled single-line input. Its error disappears as soon as it is corrected.
#[cfg(feature = "form")]
#[island]
pub fn TextInput(
    /// Name and id.
    #[prop(into)]
    name: String,
    kind: InputKind,
    #[prop(into)] label: String,
    hint: Option<String>,
    value: Option<String>,
    error: Option<String>,
    /// The message when it is sent empty.
    missing: Option<String>,
    autofocus: bool,
    /// Whether another field follows, which the Enter key of an on-screen keyboard moves to.
    is_followed: bool,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let field = use_field(&name, input, error, missing, kind.is_code());
    view! { <Line name kind label hint value field input autofocus is_followed/> }
}

/// A single-line input with its label and its notes.
#[component]
pub(super) fn Line(
    name: String,
    kind: InputKind,
    label: String,
    hint: Option<String>,
    value: Option<String>,
    field: Field,
    input: NodeRef<html::Input>,
    autofocus: bool,
    is_followed: bool,
    /// See [`Notes`].
    #[prop(optional)]
    is_live: bool,
) -> impl IntoView {
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=name.clone()>{label}</label>
            <input
                node_ref=input
                class=kind.class()
                id=name.clone()
                name=name.clone()
                type=kind.input_type()
                autocomplete=kind.autocomplete()
                inputmode=kind.inputmode()
                enterkeyhint=if is_followed { "next" } else { kind.enterkeyhint() }
                maxlength=kind.maxlength()
                autocapitalize=kind.autocapitalize()
                {..custom_attribute("autocorrect", (!kind.is_prose()).then_some("off"))}
                spellcheck="false"
                value=value
                required=!kind.is_optional()
                autofocus=autofocus
                aria-describedby=field.described_by(&name, hint.is_some())
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:input=move |event| field.typed(&event)
            />
            <Notes name hint error=field.error is_live/>
        </div>
    }
}

/// The state of a field in its island.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub value: RwSignal<String>,
    pub error: RwSignal<Option<String>>,
}

impl Field {
    pub fn new(error: Option<String>) -> Self {
        Self { value: RwSignal::new(String::new()), error: RwSignal::new(error) }
    }

    /// Takes over what was typed, or filled in by the browser, before hydration.
    pub fn take_up(self, input: NodeRef<html::Input>) {
        Effect::new(move |_| {
            if let Some(input) = input.get() {
                self.value.set(input.value());
            }
        });
    }

    /// Registers it with the form around it, if there is one.
    fn join_form(self, state: FieldState) {
        if let Some(form) = use_context::<FormState>() {
            watch_correction(form, &state.name, self.error);
            form.add(state);
        }
    }

    pub fn typed(self, event: &ev::Event) {
        self.value.set(event_target_value(event));
        self.error.set(None);
    }

    /// Returns the value of `aria-describedby`: the id of the error first, then that of the hint.
    pub fn described_by(
        self,
        name: &str,
        has_hint: bool,
    ) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
        let name = name.to_owned();
        move || {
            let why = self.error.read().is_some().then(|| [&name, "-why"].concat());
            let hint = has_hint.then(|| [&name, "-hint"].concat());
            match (why, hint) {
                (Some(why), Some(hint)) => Some([&why, " ", &hint].concat()),
                (why, hint) => why.or(hint),
            }
        }
    }
}

/// Adds a field to the form around it; `missing` is the error when it is sent empty.
pub(super) fn use_field(
    name: &str,
    input: NodeRef<html::Input>,
    error: Option<String>,
    missing: Option<String>,
    is_code: bool,
) -> Field {
    use_judged_field(name, input, error, missing, is_code, None)
}

/// Does the same as [`use_field`]; `refused` holds the reason why the server would refuse the current value: the form
/// is then not sent, so that other input is not lost.
pub(super) fn use_judged_field(
    name: &str,
    input: NodeRef<html::Input>,
    error: Option<String>,
    missing: Option<String>,
    is_code: bool,
    refused: Option<RwSignal<Option<String>>>,
) -> Field {
    let field = Field::new(error);
    field.take_up(input);
    let empty = move || {
        field.value.set(String::new());
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    };
    field.join_form(FieldState {
        name: name.to_owned(),
        value: field.value.into(),
        error: field.error,
        check: Arc::new(move || {
            let missing = missing.clone().filter(|_| field.value.read().trim().is_empty());
            missing.or_else(|| refused?.get())
        }),
        focus: Arc::new(move || focus(input)),
        clear: is_code.then(|| -> Arc<dyn Fn() + Send + Sync> { Arc::new(empty) }),
    });
    field
}

/// Adds a field that only the server validates to the form around it.
pub(super) fn add_field(
    name: &str,
    error: Option<String>,
    focus: Arc<dyn Fn() + Send + Sync>,
) -> Field {
    let field = Field::new(error);
    field.join_form(FieldState {
        name: name.to_owned(),
        value: field.value.into(),
        error: field.error,
        check: Arc::new(|| None),
        focus,
        clear: None,
    });
    field
}

/// Notifies the form when a field was corrected.
pub(super) fn watch_correction(form: FormState, name: &str, error: RwSignal<Option<String>>) {
    let name = name.to_owned();
    Effect::new(move |was_wrong: Option<bool>| {
        let is_wrong = error.read().is_some();
        if was_wrong == Some(true) && !is_wrong {
            form.correct(&name);
        }
        is_wrong
    });
}

pub(super) fn focus<E>(element: NodeRef<E>)
where
    E: ElementType,
    E::Output: AsRef<HtmlElement> + JsCast + Clone + 'static,
{
    if let Some(element) = element.get_untracked() {
        let element: &HtmlElement = element.as_ref();
        let _ = element.focus();
    }
}
