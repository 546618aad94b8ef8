//! The layout of the console's pages.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    auth::sign_in::SignOut,
    components::{
        icon::{Icon, IconKind},
        layout::{CardLayout, StyleSheet, Width},
    },
    i18n::use_texts,
};

/// A page in the console navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConsolePlace {
    /// `/operator`
    Conversations,
    /// `/operator/assisted`
    Assisted,
    /// `/operator/answers`
    Answers,
    /// `/operator/stats`
    Stats,
    /// `/operator/staff`, for admins
    Staff,
}

/// The console navigation, with the page beside it.
#[component]
pub(crate) fn ConsoleLayout(
    place: ConsolePlace,
    is_admin: bool,
    children: Children,
) -> impl IntoView {
    let t = use_texts();
    let content = children();
    let link = move |to: ConsolePlace, href, kind, label| {
        view! { <a href=href aria-current=(to == place).then_some("page")><Icon kind/>{label}</a> }
    };
    let staff = is_admin.then(|| {
        link(ConsolePlace::Staff, "/operator/staff", IconKind::PEOPLE, t.console().staff())
    });
    view! {
        <CardLayout width=Width::Account style=StyleSheet::Console>
            <div class="beside console">
                <nav class="side" aria-label=t.console().title()>
                    {link(ConsolePlace::Conversations, "/operator", IconKind::CHAT, t.console().conversations())}
                    {link(ConsolePlace::Assisted, "/operator/assisted", IconKind::KEY, t.console().assisted())}
                    {link(ConsolePlace::Answers, "/operator/answers", IconKind::LIST, t.console().answers())}
                    {link(ConsolePlace::Stats, "/operator/numbers", IconKind::CHART, t.console().numbers())}
                    {staff}
                    <a href="/account"><Icon kind=IconKind::USER/>{t.account().title()}</a>
                    <form method="post" action=SignOut::PATH>
                        <button type="submit"><Icon kind=IconKind::SIGN_OUT/>{t.account().sign_out()}</button>
                    </form>
                </nav>
                <div class="content">{content}</div>
            </div>
        </CardLayout>
    }
}
