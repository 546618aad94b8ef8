//! The layout of the account's pages.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    auth::sign_in::SignOut,
    components::{
        icon::{Icon, IconKind},
        layout::{CardLayout, StyleSheet, Width},
    },
    i18n::use_texts,
};

/// A page in the account navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountPlace {
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
    /// `/account/settings` and the pages below it
    Settings,
}

/// The account navigation, with the page beside it, or below it on a phone.
#[component]
pub(crate) fn AccountLayout(
    place: AccountPlace,
    /// See [`CardLayout`].
    #[prop(default = true)]
    languages: bool,
    children: Children,
) -> impl IntoView {
    let t = use_texts();
    let content = children();
    let link = move |to: AccountPlace, href, kind, label| {
        view! { <a href=href aria-current=(to == place).then_some("page")><Icon kind/>{label}</a> }
    };
    view! {
        <CardLayout width=Width::Account style=StyleSheet::Whole languages>
            <div class="beside">
                <nav class="side" aria-label=t.account().title()>
                    {link(AccountPlace::Account, "/account", IconKind::HOME, t.account().title())}
                    {link(AccountPlace::Profile, "/account/profile", IconKind::USER, t.profile().title())}
                    {link(AccountPlace::Devices, "/account/devices", IconKind::DEVICE, t.devices().title())}
                    {link(AccountPlace::Activity, "/account/activity", IconKind::LIST, t.activity().title())}
                    {link(
                        AccountPlace::SavedPasswords,
                        "/account/saved-passwords",
                        IconKind::KEY,
                        t.saved_passwords().title(),
                    )}
                    {link(AccountPlace::Settings, "/account/settings", IconKind::SETTINGS, t.settings().title())}
                    <form method="post" action=SignOut::PATH>
                        <button type="submit"><Icon kind=IconKind::SIGN_OUT/>{t.account().sign_out()}</button>
                    </form>
                </nav>
                <div class="content">{content}</div>
            </div>
        </CardLayout>
    }
}
