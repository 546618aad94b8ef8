use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{HtmlAnchorElement, MouseEvent},
};
use serde::{Deserialize, Serialize};

use super::{
    form::{Form, FormState, FormTexts},
    password_input::{Password, PasswordTexts},
    post::is_plain_click,
    proof::{Asked, ProofNeeded, provide_dialog},
    text_input::{InputKind, focus, use_field},
};

/// The texts of the reauthentication dialog.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ReauthenticationTexts {
    /// Its heading.
    pub title: String,
    /// How long a reauthentication is valid.
    pub lasts: String,
    /// The labels of username and password.
    pub labels: (String, String),
    /// The message when no password was typed.
    pub missing: String,
    /// The submit button.
    pub confirm: String,
    /// The cancel button.
    pub cancel: String,
    /// The text before the button that emails a code, and its label.
    pub code: (String, String),
    /// The texts while the form is being sent.
    pub form: FormTexts,
    /// The texts of the password input.
    pub password: PasswordTexts,
}

/// The reauthentication dialog. It opens over the page when a link that requires reauthentication is followed, or when
/// a form is refused for lack of it. Its forms are posted with a page load, like those of the reauthentication page:
/// password managers rely on that, and that page shows a refusal. Until the dialog is hydrated, links lead to that
/// page.
#[island]
pub fn Reauthentication(
    /// The addresses of links that require reauthentication, with the reason; empty if the user reauthenticated
    /// recently.
    links: Vec<(String, String)>,
    /// The addresses to which the password is posted, and at which a code is requested.
    actions: (String, String),
    login: String,
    texts: ReauthenticationTexts,
) -> impl IntoView {
    let asked = Asked::new(None);
    if cfg!(feature = "hydrate") {
        provide_dialog(asked);
        let click = window_event_listener(ev::click, move |event| {
            if let Some(proof) = needed(&event, &links) {
                event.prevent_default();
                asked.set(Some(proof));
            }
        });
        on_cleanup(move || click.remove());
    }
    // Rendered only while it is open: its field names also occur in other forms, and screen readers should not find a
    // closed dialog.
    view! {
        {move || asked.get().map(|proof| view! {
            <Dialog proof asked actions=actions.clone() login=login.clone() texts=texts.clone()/>
        })}
    }
}

/// Returns the reauthentication that a click requires, if it follows such a link in this tab.
fn needed(event: &MouseEvent, links: &[(String, String)]) -> Option<ProofNeeded> {
    if !is_plain_click(event) || event.default_prevented() {
        return None;
    }
    let link =
        event.composed_path().iter().find_map(|part| part.dyn_into::<HtmlAnchorElement>().ok())?;
    let path = link.pathname();
    let (_, why) = links.iter().find(|(address, _)| *address == path)?;
    let here = location().origin().ok()?;
    if link.origin() != here || !link.target().is_empty() {
        return None;
    }
    // The dialog returns the focus to it: not every browser focuses a link that is clicked.
    let _ = link.focus();
    Some(ProofNeeded { next: [path, link.search()].concat(), why: why.clone() })
}

/// The open dialog. The browser keeps the focus inside, closes it on Esc and returns the focus.
#[component]
fn Dialog(
    proof: ProofNeeded,
    asked: Asked,
    actions: (String, String),
    login: String,
    texts: ReauthenticationTexts,
) -> impl IntoView {
    let (by_password, email_code) = actions;
    let form = FormState::new();
    provide_context(form);
    let input = NodeRef::<html::Input>::new();
    let field = use_field("password", input, None, Some(texts.missing), false);
    let dialog = NodeRef::<html::Dialog>::new();
    dialog.on_load(move |dialog| {
        let _ = dialog.show_modal();
        focus(input);
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let ProofNeeded { next, why } = proof;
    let for_code = next.clone();
    view! {
        <dialog
            class="card sheet proof"
            aria-labelledby="proof-title"
            aria-describedby="proof-why"
            node_ref=dialog
            on:close=move |_| asked.set(None)
        >
            <Form
                form action=by_password id=None class="stack".to_owned() texts=texts.form
            >
                <input type="hidden" name="next" value=next/>
                <h2 id="proof-title">{texts.title}</h2>
                <p class="quiet" id="proof-why">{why}" "{texts.lasts}</p>
                <ReadOnlyLogin login label=texts.labels.0/>
                <Password
                    name="password".to_owned() kind=InputKind::CurrentPassword label=texts.labels.1 hint=None field input
                    autofocus=false texts=texts.password
                />
                <div class="row">
                    <button class="button fit" type="submit" aria-busy=move || form.busy.get().then_some("true")>
                        {texts.confirm}
                    </button>
                    <button class="button second fit" type="button" on:click=close>{texts.cancel}</button>
                </div>
            </Form>
            <CodeRequest action=email_code next=for_code words=texts.code/>
        </dialog>
    }
}

/// The username, for password managers.
#[component]
fn ReadOnlyLogin(login: String, label: String) -> impl IntoView {
    view! {
        <div class="field">
            <label for="proof-login">{label}</label>
            <input
                class="input" id="proof-login" name="login" type="text" autocomplete="username" value=login
                readonly=true
            />
        </div>
    }
}

/// The form that requests an emailed code instead.
#[component]
fn CodeRequest(action: String, next: String, words: (String, String)) -> impl IntoView {
    // One press requests one code.
    let is_requested = RwSignal::new(false);
    let request = move |event: ev::SubmitEvent| {
        if is_requested.get_untracked() {
            event.prevent_default();
        }
        is_requested.set(true);
    };
    view! {
        <form class="stack or" method="post" action=action on:submit=request>
            <input type="hidden" name="next" value=next/>
            <p class="quiet">{words.0}</p>
            <button
                class="button second" type="submit" aria-busy=move || is_requested.get().then_some("true")
            >
                {words.1}
            </button>
        </form>
    }
}
