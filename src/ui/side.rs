//! The account's frame: a side on wide screens, a list on phones.

use leptos::{prelude::*, server_fn::ServerFn};

use super::icons::{Icon, icon};
use crate::{
    i18n::{self, Locale},
    sign_in::SignOut,
};

/// Where in the account one is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `/account`
    Account,
    /// `/account/profile`
    Profile,
    /// `/account/devices`
    Devices,
    /// `/account/activity`
    Activity,
    /// `/account/saved-passwords`
    SavedPasswords,
    /// `/account/settings` and what is below it
    Settings,
}

/// `content` beside the account's navigation.
pub fn account_frame(locale: Locale, place: Place, content: impl IntoView) -> impl IntoView {
    let links = [
        (Place::Account, "/account", Icon::Home, i18n::account::title(locale)),
        (Place::Profile, "/account/profile", Icon::User, i18n::profile::title(locale)),
        (Place::Devices, "/account/devices", Icon::Device, i18n::devices::title(locale)),
        (Place::Activity, "/account/activity", Icon::List, i18n::activity::title(locale)),
        (
            Place::SavedPasswords,
            "/account/saved-passwords",
            Icon::Key,
            i18n::saved_passwords::title(locale),
        ),
        (Place::Settings, "/account/settings", Icon::Settings, i18n::settings::title(locale)),
    ];
    let links = links
        .into_iter()
        .map(|(to, path, sign, words)| {
            view! { <a href=path aria-current=(to == place).then_some("page")>{icon(sign)}{words}</a> }
        })
        .collect_view();
    view! {
        <div class="beside">
            <nav class="side" aria-label=i18n::account::title(locale)>
                {links}
                <form method="post" action=SignOut::PATH>
                    <button type="submit">{icon(Icon::SignOut)}{i18n::account::sign_out(locale)}</button>
                </form>
            </nav>
            <div class="content">{content}</div>
        </div>
    }
}
