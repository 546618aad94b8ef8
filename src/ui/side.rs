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
}

/// `content` beside the account's navigation.
pub fn account_frame(locale: Locale, place: Place, content: impl IntoView) -> impl IntoView {
    let links = [
        (Place::Account, "/account", Icon::User, i18n::account::title(locale)),
        (Place::Profile, "/account/profile", Icon::Key, i18n::account::profile(locale)),
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
