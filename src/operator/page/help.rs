//! The sheet of shortcuts, opened by `?`.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Reader, window_fields};
use crate::{
    i18n,
    operator::{SetKeys, desk::Desk},
};

/// The id of the sheet.
pub(super) const SHEET: &str = "keys-sheet";

/// The sheet. Shortcuts of one letter can be turned off (WCAG 2.1.4).
pub(super) fn sheet(reader: &Reader, desk: &Desk, keys: bool) -> impl IntoView + use<> {
    use i18n::operator as t;
    let locale = reader.locale;
    let rows = [
        ("j", t::key_next(locale)),
        ("k", t::key_previous(locale)),
        ("t", t::key_take(locale)),
        ("a", t::key_answer(locale)),
        ("Enter", t::key_send(locale)),
        ("c", t::key_close(locale)),
        ("?", t::key_help(locale)),
    ]
    .map(|(key, words)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{words}</dd></div> })
    .collect_view();
    let (value, words) =
        if keys { ("off", t::keys_off(locale)) } else { ("on", t::keys_on(locale)) };
    view! {
        <dialog class="card sheet" id=SHEET aria-labelledby="keys-title">
            <div class="stack">
                <h2 id="keys-title">{t::keys(locale)}</h2>
                <dl class="facts">{rows}</dl>
                <form method="post" action=SetKeys::PATH>
                    {window_fields(desk, None)}
                    <button class="button second fit" type="submit" name="keys" value=value>{words}</button>
                </form>
                <form method="dialog">
                    <button class="button fit" type="submit">{t::keys_close(locale)}</button>
                </form>
            </div>
        </dialog>
    }
}
