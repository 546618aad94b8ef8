//! The form of a new password: after a code, or with the old one.

use leptos::prelude::*;

use super::{
    busy::busy,
    field::{Field, Purpose, username_for_managers},
    islands::MatchHint,
    layout::{FORM, screen_field},
    notice::{Tone, notice, refusal},
    strength::strength,
};
use crate::{
    i18n,
    server::http::{context::Cx, draft::Draft},
};

/// What differs from room to room.
pub struct NewPasswordScreen {
    /// Where it is posted.
    pub action: &'static str,
    /// What the button says.
    pub submit: &'static str,
    /// The account's login, for password managers.
    pub login: String,
    /// The label of the old password, where it is asked for.
    pub old: Option<&'static str>,
    /// How long there is, where time is short (WCAG 2.2.1).
    pub within: Option<String>,
}

/// The form, with `head` above the fields.
pub fn new_password_form(
    cx: &Cx,
    draft: Draft,
    screen: NewPasswordScreen,
    head: impl IntoView + 'static,
) -> AnyView {
    let locale = cx.locale;
    let error = draft.error.as_ref();
    let min = i64::try_from(cx.app.config.password_min).unwrap_or(10);
    let has_old = screen.old.is_some();
    let old = screen.old.map(|label| {
        Field::new("old_password", Purpose::CurrentPassword, label, error).focus().view(locale)
    });
    let within = screen.within.map(|span| i18n::ui::finish_within(locale, span));
    let first =
        Field::new("new_password", Purpose::NewPassword, i18n::fields::new_password(locale), error)
            .hint(i18n::fields::password_hint(locale, min))
            .below(strength("new_password"));
    let first = if has_old { first } else { first.focus() };
    let again = Field::new(
        "new_password_again",
        Purpose::NewPassword,
        i18n::fields::new_password_again(locale),
        error,
    );
    let hint = view! {
        <small
            class="match"
            role="status"
            data-match="new_password"
            data-with="new_password_again"
            data-yes=i18n::ui::they_match(locale)
            data-no=i18n::ui::they_differ(locale)
        ></small>
        <MatchHint/>
    };
    view! {
        <form id=FORM class="card stack" method="post" action=screen.action novalidate>
            {screen_field(cx)}
            {head}
            {refusal(error, locale, ())}
            {username_for_managers(screen.login, i18n::fields::login(locale))}
            {old}
            {first.view(locale)}
            {again.below(hint).view(locale)}
            {notice(Tone::Calm, view! { <p>{i18n::ui::others_signed_out(locale)}" "{within}</p> })}
            <button class="button" type="submit">{screen.submit}</button>
            {busy(locale)}
        </form>
    }
    .into_any()
}
