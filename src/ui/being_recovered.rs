//! What stands above every screen while support helps somebody to get into the account of whoever is signed in.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    icons::{Icon, icon},
    time::full_time,
};
use crate::{
    assisted::{STOP, StopOwn},
    i18n::assisted as t,
    server::{assisted::State, http::context::Cx, mask},
};

/// The warning with its button, if the account is being recovered. Stopping is always safe: a session is enough.
pub fn being_recovered(cx: &Cx) -> Option<impl IntoView + use<>> {
    // There it is all that the screen says.
    let process = cx.recovering().filter(|_| !cx.path_and_query.starts_with(STOP))?;
    let locale = cx.locale;
    let to = mask::user(process.email.as_deref().unwrap_or_default());
    let waits = process.release_at.filter(|_| process.state() == State::Waiting);
    let when = match waits {
        Some(at) => {
            let at = full_time(locale, &cx.zone(), at);
            view! { <p>{t::banner_from(locale)}" "{at}</p> }.into_any()
        }
        None => view! { <p>{t::banner_ready(locale)}</p> }.into_any(),
    };
    Some(view! {
        <section class="notice bad being-recovered" aria-label=t::banner_title(locale)>
            {icon(Icon::Alert)}
            <div class="words">
                <p><strong>{t::banner_title(locale)}</strong></p>
                <p>{t::banner_text(locale, to)}</p>
                {when}
                <form method="post" action=StopOwn::PATH>
                    <button class="button second fit" type="submit">{t::stop(locale)}</button>
                </form>
            </div>
        </section>
    })
}
