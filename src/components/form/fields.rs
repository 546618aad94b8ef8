use leptos::{either::Either, prelude::*};

use super::notes::Notes;
use crate::{
    clock,
    components::layout::{use_document, use_request},
    domain::{format, values::limits::MESSAGE_MAX},
    error::RequestProblem,
    http::{flash::use_flash, refusal::refusal},
    i18n::{self, Texts, use_texts},
    islands::{
        CheckedInput, CountdownTexts, FetchForm, FormAlert, FormButton, FormTexts, InputKind,
        NewPasswordInputs, NewPasswordTexts, PasswordInput, PasswordTexts, PostForm, Refusal,
        SelectInput, TextAreaInput, TextInput, TickBox, TickBoxes,
    },
};

/// A form that shows why it was refused. Its fields, its [`FormMessages`] and its button are among the children.
#[component]
pub(crate) fn ActionForm(
    /// The address of the server function.
    action: &'static str,
    /// Whether the answer is shown in place; must be false for forms with a password, see [`PostForm`].
    #[prop(optional)]
    in_place: bool,
    /// Whether the form uploads a file.
    #[prop(optional)]
    is_multipart: bool,
    #[prop(default = "card stack")] class: &'static str,
    /// Whether it is one of several small forms of a page: the language switch then does not submit it.
    #[prop(optional)]
    is_small: bool,
    children: Children,
) -> impl IntoView {
    let document = use_document();
    if !is_small {
        document.has_form();
    }
    let page = document.address();
    let id = (!is_small).then(|| "screen-form".to_owned());
    let enctype = is_multipart.then(|| "multipart/form-data".to_owned());
    let texts = form_texts(use_texts());
    // The children are rendered inside the form, so that they find its state in the context.
    if in_place {
        Either::Left(view! {
            <FetchForm action id class enctype texts>
                <input type="hidden" name="screen" value=page/>
                {children()}
            </FetchForm>
        })
    } else {
        Either::Right(view! {
            <PostForm action id class enctype texts>
                <input type="hidden" name="screen" value=page/>
                {children()}
            </PostForm>
        })
    }
}

/// The submit button of a form.
#[component]
pub(crate) fn SubmitButton(
    label: &'static str,
    #[prop(default = "button")] class: &'static str,
    /// Whether it looks inactive until the form is complete.
    #[prop(optional)]
    when_complete: bool,
    /// The id of the element that describes its purpose, where several buttons have the same label.
    #[prop(optional_no_strip, into)]
    described_by: Option<String>,
) -> impl IntoView {
    // After too many failures in a row the user has to wait.
    let error = use_flash().error.filter(|error| error.error == RequestProblem::TooManyTries);
    let seconds = error.and_then(|error| u32::try_from(error.seconds?).ok());
    let wait = seconds.map(|seconds| (seconds, wait_texts(use_texts(), seconds)));
    view! { <FormButton label class when_complete wait described_by/> }
}

/// Returns the texts of a countdown after failures.
fn wait_texts(t: Texts, seconds: u32) -> CountdownTexts {
    let at = |left: u32| t.sign_in().countdown(format::duration(t.0, clock::seconds(left.into())));
    let spoken = [60, 30, 10].map(|left| (left, at(left)));
    let over = (0, t.sign_in().countdown_over().to_owned());
    CountdownTexts {
        before: t.sign_in().again_in().into(),
        spoken: spoken.into_iter().chain([over]).collect(),
        fixed: at(seconds),
    }
}

/// Returns the texts of a form that is being sent.
#[must_use]
pub(crate) fn form_texts(t: Texts) -> FormTexts {
    FormTexts {
        one_moment: t.ui().one_moment().into(),
        offline: t.ui().offline().into(),
        check_fields: t.errors().check_fields().into(),
    }
}

/// The message above the fields of a form: why it was refused, or what was done. It is given their names and labels.
#[component]
pub(crate) fn FormMessages(
    /// Names and labels of the fields.
    #[prop(default = Vec::new())]
    labels: Vec<(&'static str, &'static str)>,
    /// The result of the last action.
    #[prop(optional_no_strip, into)]
    notice: Option<String>,
    /// Links that help after a refusal: addresses and labels.
    #[prop(optional)]
    offers: Vec<(String, &'static str)>,
) -> impl IntoView {
    let offers = offers.into_iter().map(|(href, words)| (href, words.to_owned())).collect();
    let labels = labels.into_iter().map(|(id, label)| (id.to_owned(), label.to_owned()));
    view! { <FormAlert refusal=use_refusal() notice labels=labels.collect() offers/> }
}

/// Returns why the form of this page was refused.
#[must_use]
pub(crate) fn use_refusal() -> Option<Refusal> {
    use_flash().error.map(|error| refusal(&error, use_texts(), &use_request().zone()))
}

/// Returns the submitted value of a field when the form is shown again.
fn use_typed(name: &str) -> Option<String> {
    use_flash().typed(name)
}

fn use_wrong(name: &str) -> Option<String> {
    use_refusal()?.of(name)
}

/// A labelled single-line input.
#[component]
pub(crate) fn TextField(
    /// Name and id.
    name: &'static str,
    kind: InputKind,
    label: &'static str,
    #[prop(optional_no_strip, into)] hint: Option<String>,
    /// The initial value, unless the form is shown again with another one; never set for secrets.
    #[prop(optional_no_strip, into)]
    value: Option<String>,
    /// Whether the field has the focus on load: only for the first field of pages that consist of a form.
    #[prop(optional)]
    autofocus: bool,
    /// Whether another field follows, which the Enter key of a phone's keyboard moves to.
    #[prop(optional)]
    is_followed: bool,
) -> impl IntoView {
    let missing = missing(kind, use_texts()).map(str::to_owned);
    let value = use_typed(name).or(value);
    view! {
        <TextInput
            name kind label hint value error=use_wrong(name) missing autofocus is_followed
        />
    }
}

/// Like [`TextField`], but the server validates it while the user types; `judge` is the address of that server
/// function.
#[component]
pub(crate) fn CheckedField(
    name: &'static str,
    kind: InputKind,
    label: &'static str,
    #[prop(optional_no_strip, into)] hint: Option<String>,
    #[prop(optional_no_strip, into)] value: Option<String>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] is_followed: bool,
    judge: &'static str,
) -> impl IntoView {
    let missing = missing(kind, use_texts()).map(str::to_owned);
    let value = use_typed(name).or(value);
    view! {
        <CheckedInput
            name kind label hint value error=use_wrong(name) missing autofocus is_followed judge=judge.to_owned()
        />
    }
}

/// Returns the message for a field that is sent empty; `None` if it may be empty.
#[must_use]
pub(crate) fn missing(kind: InputKind, t: Texts) -> Option<&'static str> {
    let t = t.errors();
    match kind {
        InputKind::NewUsername
        | InputKind::Identifier
        | InputKind::OtherUsername
        | InputKind::Title => Some(t.login_missing()),
        InputKind::Email => Some(t.email_missing()),
        InputKind::CurrentPassword | InputKind::NewPassword | InputKind::NewPasswordAgain => {
            Some(t.password_missing())
        }
        InputKind::Code | InputKind::LongCode => Some(t.code_missing()),
        InputKind::BackupCode => Some(t.saved_code_missing()),
        InputKind::ShortCode => Some(t.short_code_missing()),
        InputKind::Number => Some(t.qr_number_missing()),
        InputKind::Confirmation => Some(t.confirmation_wrong()),
        InputKind::DisplayName | InputKind::Named => None,
    }
}

/// The input for the current password.
#[component]
pub(crate) fn PasswordField(
    name: &'static str,
    label: &'static str,
    #[prop(optional_no_strip, into)] hint: Option<String>,
    #[prop(optional)] autofocus: bool,
    /// See [`TextField`].
    #[prop(optional)]
    is_followed: bool,
) -> impl IntoView {
    let t = use_texts();
    let missing = Some(t.errors().password_missing().to_owned());
    view! {
        <PasswordInput
            name label hint error=use_wrong(name) missing autofocus is_followed texts=password_texts(t)
        />
    }
}

/// Returns the texts of a password input.
#[must_use]
pub(crate) fn password_texts(t: Texts) -> PasswordTexts {
    let t = t.ui();
    PasswordTexts {
        show: (t.show().into(), t.hide().into()),
        show_label: (t.show_password().into(), t.hide_password().into()),
        caps_lock: t.caps_lock().into(),
    }
}

/// The inputs for a new password.
#[component]
pub(crate) fn NewPasswordFields(
    /// Name and id of the first input; the second is `…_again`.
    name: &'static str,
    label: &'static str,
    /// The address that says what would be refused, and why.
    judge: &'static str,
    #[prop(optional)] is_twice: bool,
    /// The username, if it is not a field of the form.
    #[prop(optional, into)]
    username: Option<String>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let t = use_texts();
    let min = use_document().password_min();
    let texts = NewPasswordTexts {
        label: (label.into(), t.fields().password_hint(min)),
        again: t.fields().new_password_again().into(),
        missing: t.errors().password_missing().into(),
        same: t.ui().they_match().into(),
        different: t.ui().they_differ().into(),
        differ: i18n::errors::passwords_differ(t.0).into(),
    };
    let again = format!("{name}_again");
    let errors = (use_wrong(name), use_wrong(&again));
    view! {
        <NewPasswordInputs
            name errors is_twice judge=judge.to_owned() username autofocus texts
            password_texts=password_texts(t)
        />
    }
}

/// The username of the account, read-only: it is there for password managers.
#[component]
pub(crate) fn UsernameForManagers(login: String) -> impl IntoView {
    view! {
        <div class="field">
            <label for="login">{use_texts().fields().login()}</label>
            <input class="input" id="login" name="login" type="text" autocomplete="username" value=login readonly=true/>
        </div>
    }
}

/// A hidden input, if there is a value.
#[component]
pub(crate) fn Hidden(name: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <input type="hidden" name=name value=value/> })
}

/// A checkbox. A posted form takes precedence over the stored value: an unticked box is not among the posted fields.
#[component]
pub(crate) fn Checkbox(
    name: &'static str,
    label: &'static str,
    /// Whether it is ticked when the page does not show a posted form again.
    #[prop(optional)]
    checked: bool,
    /// The id of the element that describes it.
    #[prop(optional_no_strip, into)]
    described_by: Option<String>,
) -> impl IntoView {
    let flash = use_flash();
    let checked = if flash.is_of_post() { flash.value(name).is_some() } else { checked };
    view! { <TickBox name label checked about=described_by error=use_wrong(name)/> }
}

/// A select with several options.
#[component]
pub(crate) fn Select(
    name: &'static str,
    label: &'static str,
    #[prop(optional_no_strip, into)] hint: Option<String>,
    /// Values and labels.
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    view! { <SelectInput name label hint options chosen error=use_wrong(name)/> }
}

/// A multi-line text input.
#[component]
pub(crate) fn TextArea(
    name: &'static str,
    label: &'static str,
    #[prop(optional_no_strip, into)] hint: Option<String>,
    /// The maximum length that the server accepts, in code points.
    #[prop(default = MESSAGE_MAX)]
    max: usize,
) -> impl IntoView {
    let maxlength = maxlength(max);
    view! { <TextAreaInput name label hint value=use_typed(name) error=use_wrong(name) maxlength/> }
}

/// Returns the `maxlength` of a field in which the server accepts this many code points. Browsers count UTF-16 code
/// units and cut longer text silently, so the limit is generous; the server refuses a text that is slightly too long
/// with a message.
#[must_use]
pub(crate) fn maxlength(code_points: usize) -> u32 {
    u32::try_from(4 * code_points).unwrap_or(u32::MAX)
}

/// Checkboxes of which at least one must be ticked; posted as `…[]`.
#[component]
pub(crate) fn Checkboxes(
    name: &'static str,
    label: &'static str,
    /// The labels of the boxes, which are also their values.
    words: Vec<String>,
) -> impl IntoView {
    let flash = use_flash();
    let ticked = flash.all(&format!("{name}[]"));
    let boxes = words.into_iter().map(|words| {
        let is_ticked = ticked.contains(&words.as_str());
        (words, is_ticked)
    });
    view! { <TickBoxes name label boxes=boxes.collect() error=use_wrong(name)/> }
}

/// A picture to upload.
#[component]
pub(crate) fn PictureField(name: &'static str, label: &'static str, hint: String) -> impl IntoView {
    let error = use_wrong(name);
    let hint = Some(hint);
    let (described, is_refused) = (described_by(name, &error, &hint), error.is_some());
    view! {
        <div class="field" class:refused=is_refused>
            <label for=name>{label}</label>
            <input
                class="input file" id=name name=name type="file" accept="image/png,image/jpeg,image/webp"
                aria-describedby=described aria-invalid=is_refused.then_some("true")
            />
            <Notes name=name.to_owned() hint error=Signal::stored(error)/>
        </div>
    }
}

/// Returns the value of `aria-describedby`: the id of the error first, then that of the hint.
fn described_by(name: &str, error: &Option<String>, hint: &Option<String>) -> Option<String> {
    let why = error.is_some().then(|| format!("{name}-why"));
    let hint = hint.is_some().then(|| format!("{name}-hint"));
    let ids: Vec<String> = [why, hint].into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
