//! Forms whose response is shown in place.

use std::sync::Arc;

use leptos::{
    prelude::*,
    task::spawn_local,
    web_sys::{FormData, HtmlFormElement},
};

use super::{
    answer::{Answer, Refusal},
    form::{Form, FormState, FormTexts, SendForm},
    post::{here, pairs, post_form},
    proof::ask_for_proof,
};

/// A form that is posted to a server function and whose response is shown in place. Otherwise like [`PostForm`], which
/// is separate because a bundle without this code weighs 5 KB less.
///
/// [`PostForm`]: super::PostForm
#[island]
pub fn FetchForm(
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
    let on_answer = move |answer: Answer| follow(form, answer);
    let send = send_in_place(form, &action, &texts, enctype.is_some(), on_answer);
    view! { <Form form action id class enctype texts send>{children()}</Form> }
}

/// Continues at the address in the response. The form stays busy until the next page is loaded; it stays as it is below
/// the reauthentication dialog.
pub(super) fn follow(form: FormState, mut answer: Answer) {
    if answer.proof.take().is_some_and(ask_for_proof) {
        form.busy.set(false);
        return;
    }
    if answer.next == here() && !answer.is_new {
        form.busy.set(false);
        form.notice.set(answer.notice);
        form.now.set(answer.now);
        form.saves.update(|saves| *saves += 1);
    } else {
        let _ = location().assign(&answer.next);
    }
}

/// Sends a form to `action`; `on_answer` receives the response, unless it is a refusal, which is shown.
pub(super) fn send_in_place(
    form: FormState,
    action: &str,
    texts: &FormTexts,
    is_multipart: bool,
    on_answer: impl Fn(Answer) + Send + Sync + 'static,
) -> SendForm {
    let (action, offline) = (action.to_owned(), texts.offline.clone());
    let on_answer = Arc::new(on_answer);
    Arc::new(move |element| {
        let (action, offline, on_answer) = (action.clone(), offline.clone(), on_answer.clone());
        spawn_local(async move {
            match send(form, &action, &element, is_multipart).await {
                Some(Answer { refusal: Some(refusal), now, .. }) => {
                    form.busy.set(false);
                    form.now.set(now);
                    form.clear(&refusal);
                    form.refuse(refusal);
                }
                Some(answer) => {
                    form.refusal.set(None);
                    on_answer(answer);
                }
                None => {
                    form.busy.set(false);
                    form.refuse(Refusal { summary: offline, ..Refusal::default() });
                }
            }
        });
    })
}

/// Posts a form with its current values; returns `None` like [`post_form`].
async fn send(
    form: FormState,
    action: &str,
    element: &HtmlFormElement,
    is_multipart: bool,
) -> Option<Answer> {
    let fields = FormData::new_with_form(element).ok()?;
    if !is_multipart {
        return post_form(action, pairs(&fields)?).await;
    }
    if let Some(attach) = form.attach.get_value() {
        attach(fields.clone()).await?;
    }
    post_form(action, fields.into()).await
}
