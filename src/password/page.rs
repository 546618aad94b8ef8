//! The screen of changing a password with the old one.

use http::{HeaderValue, StatusCode, header};
use leptos::{prelude::*, server_fn::ServerFn};

use super::ChangePassword;
use crate::{
    i18n,
    server::http::{
        context::Cx,
        draft::Notice,
        page::{Leave, Page},
    },
    ui::{
        layout::Frame,
        new_password::{NewPasswordScreen, new_password_form},
        notice::{Tone, notice},
        side::{Place, account_frame},
    },
};

/// `/account/profile/password`
pub async fn change(mut cx: Cx) -> Result<Page, Leave> {
    let signed_in = cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let draft = cx.take_draft("/account/profile/password");
    let locale = cx.locale;
    let title = i18n::password::title(locale);
    let screen = NewPasswordScreen {
        action: ChangePassword::PATH,
        submit: i18n::password::save(locale),
        login: signed_in.account.login,
        old: Some(i18n::fields::old_password(locale)),
        within: None,
    };
    let view = move || {
        let done = (draft.notice == Some(Notice::PasswordChanged))
            .then(|| notice(Tone::Ok, view! { <p>{i18n::password::changed(locale)}</p> }));
        let head = view! {
            <h1>{title}</h1>
            {done}
        };
        account_frame(locale, Place::Profile, new_password_form(&cx, draft, screen, head))
            .into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// `/.well-known/change-password` (W3C "A Well-Known URL for Changing Passwords").
pub async fn well_known() -> (StatusCode, [(http::HeaderName, HeaderValue); 1]) {
    (StatusCode::FOUND, [(header::LOCATION, HeaderValue::from_static("/account/profile/password"))])
}
