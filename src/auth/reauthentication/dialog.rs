//! The reauthentication dialog, for pages with links and forms that require it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{ByPassword, EmailCode};
use crate::{
    components::{
        form::{form_texts, password_texts},
        layout::use_request,
    },
    http::{context::SignedIn, reauthentication},
    i18n::{Texts, use_texts},
    islands::{Reauthentication, ReauthenticationTexts},
};

/// Opens over the page instead of `/account/confirm`, where script runs. The server decides whether reauthentication is
/// needed: if it expired since the page was rendered, the user is led to `/account/confirm`, as without script.
#[component]
pub(crate) fn ReauthenticationDialog() -> impl IntoView {
    let t = use_texts();
    let request = use_request();
    request.known_signed_in().map(|user| {
        let links = links(t, user, user.is_proved(request.state.clock.now()));
        let actions = (ByPassword::PATH.to_owned(), EmailCode::PATH.to_owned());
        let login = user.account.login.clone();
        let texts = texts(t, &user.account.shown_email());
        view! { <Reauthentication links actions login texts/> }
    })
}

/// Returns the addresses that require reauthentication first, and its reason for each.
fn links(t: Texts, user: &SignedIn, is_proved: bool) -> Vec<(String, String)> {
    // The deletion page needs none for users who can only cancel a deletion, or may not delete the account.
    let account = &user.account;
    let is_open = account.delete_at.is_some() || account.role().is_staff();
    let pages = reauthentication::pages()
        .filter(|page| !(is_proved || is_open && *page == reauthentication::DELETION));
    pages.map(|page| (page.to_owned(), reauthentication::why(t, Some(page)))).collect()
}

fn texts(t: Texts, email: &str) -> ReauthenticationTexts {
    ReauthenticationTexts {
        title: t.confirm().title().into(),
        lasts: t.confirm().lasts().into(),
        labels: (t.fields().login().into(), t.fields().password().into()),
        missing: t.errors().password_missing().into(),
        confirm: t.code().confirm().into(),
        cancel: t.confirm().cancel().into(),
        code: (t.confirm().or_code(email), t.recovery().email_a_code().into()),
        form: form_texts(t),
        password: password_texts(t),
    }
}
