use leptos::{prelude::*, server_fn::ServerFn};

use super::{STOP, StopOwn};
use crate::{
    components::{
        icon::{Icon, IconKind},
        layout::use_request,
        time::DateTime,
    },
    domain::mask,
    i18n::use_texts,
    recovery::assisted::process::{Assisted, State},
};

/// Shown above every page while an assisted recovery of the signed-in user's account is under way.
#[component]
pub fn RecoveryBanner() -> impl IntoView {
    let request = use_request();
    // That page already shows the process itself.
    let process =
        request.recovering().filter(|_| !request.path_and_query.starts_with(STOP)).cloned();
    process.map(|process| view! { <Warning process/> })
}

/// The warning with its button. Stopping is always safe, so a session is enough.
#[component]
fn Warning(process: Assisted) -> impl IntoView {
    let t = use_texts().assisted();
    let to = mask::email_local_part(process.email.as_deref().unwrap_or_default());
    let until = process.release_at.filter(|_| process.state() == State::Waiting);
    let from = until.map(|at| view! { <p>{t.banner_from()}" "<DateTime at/></p> });
    let is_ready = from.is_none();
    view! {
        <section class="notice bad being-recovered" aria-label=t.banner_title()>
            <Icon kind=IconKind::ALERT/>
            <div class="words">
                <p><strong>{t.banner_title()}</strong></p>
                <p>{t.banner_text(to)}</p>
                {from}
                {is_ready.then(|| view! { <p>{t.banner_ready()}</p> })}
                <form method="post" action=StopOwn::PATH>
                    <button class="button second fit" type="submit">{t.stop()}</button>
                </form>
            </div>
        </section>
    }
}
