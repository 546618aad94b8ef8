//! Forms: validated before they are sent, sent once, and sent in place where they contain no password.

use std::{pin::Pin, rc::Rc, sync::Arc};

use leptos::{
    ev, html,
    prelude::*,
    web_sys::{FormData, HtmlFormElement},
};
use serde::{Deserialize, Serialize};

use super::answer::Refusal;

/// The texts of a form that is being sent.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct FormTexts {
    /// Shown while the server works.
    pub one_moment: String,
    /// Shown when the server cannot be reached.
    pub offline: String,
    /// The summary when several fields are incomplete.
    pub check_fields: String,
}

/// A field of a form.
#[derive(Clone)]
pub(super) struct FieldState {
    pub name: String,
    /// What was typed.
    pub value: Signal<String>,
    /// Its error.
    pub error: RwSignal<Option<String>>,
    /// Returns the error that the browser can detect, such as a missing value.
    pub check: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    pub focus: Arc<dyn Fn() + Send + Sync>,
    /// Empties the field, if it is a code: a refused code has to be typed again.
    pub clear: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// Adds a file to the form data once it is ready; returns `None` if that fails.
pub(super) type Attach = Rc<dyn Fn(FormData) -> Pin<Box<dyn Future<Output = Option<()>>>>>;

/// Sends a form that is complete.
pub(super) type SendForm = Arc<dyn Fn(HtmlFormElement) + Send + Sync>;

/// The state that the islands of one form share.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Whether it is being sent.
    pub(super) busy: RwSignal<bool>,
    /// Why it was refused.
    pub refusal: RwSignal<Option<Refusal>>,
    /// What was done.
    pub notice: RwSignal<Option<String>>,
    /// The stored values in the server's last response, by name, for the islands that show them.
    pub(super) now: RwSignal<Vec<(String, String)>>,
    /// How often it was saved in place.
    pub(super) saves: RwSignal<u32>,
    /// Whether a file is waiting to be sent.
    pub(super) has_file: RwSignal<bool>,
    /// Adds that file to the form data.
    pub(super) attach: StoredValue<Option<Attach>, LocalStorage>,
    /// Names and values that the browser proposed and the user did not type.
    pub(super) proposed: RwSignal<Vec<(String, String)>>,
    fields: RwSignal<Vec<FieldState>>,
}

impl FormState {
    pub(super) fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            refusal: RwSignal::new(None),
            notice: RwSignal::new(None),
            now: RwSignal::new(Vec::new()),
            saves: RwSignal::new(0),
            has_file: RwSignal::new(false),
            attach: StoredValue::new_local(None),
            proposed: RwSignal::new(Vec::new()),
            fields: RwSignal::new(Vec::new()),
        }
    }

    pub(super) fn add(self, field: FieldState) {
        self.fields.update(|fields| fields.push(field));
    }

    /// Returns what was typed into a field; empty if there is no field of this name.
    pub(super) fn value(self, name: &str) -> String {
        let fields = self.fields.read();
        let field = fields.iter().find(|field| field.name == name);
        field.map(|field| field.value.get()).unwrap_or_default()
    }

    /// Returns whether the form is complete.
    pub(super) fn is_complete(self) -> bool {
        self.fields.read().iter().all(|field| (field.check)().is_none())
    }

    /// Shows the error of each incomplete field and focuses the first one; returns whether the form is complete.
    fn check(self, summary: &str) -> bool {
        let fields = self.fields.get_untracked();
        let missing = fields
            .iter()
            .filter_map(|field| Some((field.name.clone(), untrack(|| (field.check)())?)));
        let missing: Vec<(String, String)> = missing.collect();
        let is_complete = missing.is_empty();
        if !is_complete {
            let summary = summary.to_owned();
            self.refuse(Refusal { summary, fields: missing, ..Refusal::default() });
        }
        is_complete
    }

    /// Removes the error of a field that was corrected.
    pub(super) fn correct(self, name: &str) {
        let Some(mut refusal) = self.refusal.get_untracked() else { return };
        let before = refusal.fields.len();
        refusal.fields.retain(|(theirs, _)| theirs != name);
        if refusal.fields.len() < before {
            self.refusal.set((!refusal.fields.is_empty()).then_some(refusal));
        }
    }

    /// Empties the code fields that were refused.
    pub(super) fn clear(self, refusal: &Refusal) {
        for field in self.fields.get_untracked() {
            if let Some(clear) = field.clear.filter(|_| refusal.of(&field.name).is_some()) {
                clear();
            }
        }
    }

    /// Shows the errors of a refusal and focuses the first wrong field.
    pub(super) fn refuse(self, refusal: Refusal) {
        let fields = self.fields.get_untracked();
        let mut first = None;
        for field in &fields {
            let wrong = refusal.of(&field.name);
            if wrong.is_some() {
                first = first.or(Some(field));
            }
            field.error.set(wrong);
        }
        if let Some(first) = first {
            (first.focus)();
        }
        self.refusal.set(Some(refusal));
    }
}

/// A form that is posted to a server function with a page load, like any HTML form: for forms with a password, because
/// password managers rely on that page load. Its fields, its alert and its button are islands among the children.
#[cfg(feature = "form")]
#[island]
pub fn PostForm(
    /// The address of the server function.
    #[prop(into)]
    action: String,
    /// Set only for the page's main form, which the language switch submits.
    id: Option<String>,
    #[prop(into)] class: String,
    /// Set if the form uploads a file.
    enctype: Option<String>,
    texts: FormTexts,
    children: Children,
) -> impl IntoView {
    let form = FormState::new();
    provide_context(form);
    view! { <Form form action id class enctype texts>{children()}</Form> }
}

/// The part that all islands with forms share.
#[component]
pub(super) fn Form<C: IntoView + 'static>(
    form: FormState,
    action: String,
    id: Option<String>,
    class: String,
    #[prop(optional_no_strip)] enctype: Option<String>,
    texts: FormTexts,
    /// Sends the form instead of the browser.
    #[prop(optional)]
    send: Option<SendForm>,
    children: TypedChildren<C>,
) -> impl IntoView {
    let element = NodeRef::<html::Form>::new();
    let FormTexts { one_moment, check_fields, .. } = texts;
    let submit = move |event: ev::SubmitEvent| {
        // The language switch also submits this form.
        let button = event.submitter();
        let has = |name| button.as_ref().is_some_and(|button| button.has_attribute(name));
        if has("formaction") {
            return;
        }
        let is_checked = !has("formnovalidate");
        if form.busy.get_untracked() || (is_checked && !form.check(&check_fields)) {
            event.prevent_default();
            return;
        }
        form.busy.set(true);
        form.notice.set(None);
        if let Some(send) = &send {
            event.prevent_default();
            if let Some(element) = element.get_untracked() {
                send(element);
            }
        }
    };
    // After "Back" the browser shows this page as it was left.
    if cfg!(feature = "hydrate") {
        let back = window_event_listener_untyped("pageshow", move |_| form.busy.set(false));
        on_cleanup(move || back.remove());
    }
    view! {
        <form
            id=id
            class=class
            method="post"
            action=action
            enctype=enctype
            novalidate=true
            node_ref=element
            on:submit=submit
        >
            {children.into_inner()()}
            <span class="unseen" role="status">
                {move || form.busy.get().then(|| one_moment.clone())}
            </span>
        </form>
    }
}
