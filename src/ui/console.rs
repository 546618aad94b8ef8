//! The console's frame: what is in it stands beside its navigation.

use leptos::{prelude::*, server_fn::ServerFn};

use super::icons::{Icon, icon};
use crate::{
    i18n::{self, Locale},
    server::http::context::Staff,
    sign_in::SignOut,
};

/// Where in the console one is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ConsolePlace {
    /// `/operator`
    Conversations,
    /// `/operator/assisted`
    Assisted,
    /// `/operator/answers`
    Answers,
    /// `/operator/numbers`
    Numbers,
    /// `/operator/staff`, for admins
    Staff,
}

/// `content` beside the console's navigation.
pub fn console_frame(
    locale: Locale,
    place: ConsolePlace,
    staff: &Staff,
    content: impl IntoView,
) -> impl IntoView {
    let mut links = vec![
        (
            ConsolePlace::Conversations,
            "/operator",
            Icon::Chat,
            i18n::console::conversations(locale),
        ),
        (ConsolePlace::Assisted, "/operator/assisted", Icon::Key, i18n::console::assisted(locale)),
        (ConsolePlace::Answers, "/operator/answers", Icon::List, i18n::console::answers(locale)),
        (ConsolePlace::Numbers, "/operator/numbers", Icon::Chart, i18n::console::numbers(locale)),
    ];
    if staff.is_admin() {
        links.push((
            ConsolePlace::Staff,
            "/operator/staff",
            Icon::People,
            i18n::console::staff(locale),
        ));
    }
    let links = links
        .into_iter()
        .map(|(to, path, sign, words)| {
            view! { <a href=path aria-current=(to == place).then_some("page")>{icon(sign)}{words}</a> }
        })
        .collect_view();
    view! {
        <div class="beside console">
            <nav class="side" aria-label=i18n::console::title(locale)>
                {links}
                <a href="/account">{icon(Icon::User)}{i18n::account::title(locale)}</a>
                <form method="post" action=SignOut::PATH>
                    <button type="submit">{icon(Icon::SignOut)}{i18n::account::sign_out(locale)}</button>
                </form>
            </nav>
            <div class="content">{content}</div>
        </div>
    }
}
