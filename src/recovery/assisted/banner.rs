use futures::future::BoxFuture;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{STOP, StopOwn};
use crate::{
    components::{
        icon::{Icon, IconKind},
        layout::PageBanner,
        time::DateTime,
    },
    domain::mask,
    error::InternalError,
    http::context::{RequestContext, SignedIn},
    i18n::use_texts,
    recovery::assisted::process::{self, Assisted, State},
};

/// Marks the request of a user who is told on every page that the account is being recovered.
#[derive(Clone, Copy)]
pub(crate) struct UnderWay;

/// Adds the banner to a page of a signed-in user whose account is being recovered. Only pages: what an open page loads
/// by itself does not count as use of the session (ASVS 7.3.1).
pub(crate) fn add_banner(mut context: RequestContext) -> BoxFuture<'static, RequestContext> {
    Box::pin(async move {
        match under_way(&mut context).await {
            Ok(None) => {}
            Ok(Some(process)) => {
                context.insert(UnderWay);
                // That page already shows the process itself.
                if !context.path_and_query.starts_with(STOP) {
                    context.insert(PageBanner::new(move || {
                        let process = process.clone();
                        view! { <RecoveryBanner process/> }
                    }));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "whether the account is being recovered was not read");
            }
        }
        context
    })
}

async fn under_way(context: &mut RequestContext) -> Result<Option<Assisted>, InternalError> {
    let signed_in = context.signed_in().await?;
    let Some(SignedIn { account, may_be_recovered: true, .. }) = signed_in else {
        return Ok(None);
    };
    let process = process::alive_of(&context.state.db, &account.id).await?;
    let now = context.state.clock.now();
    Ok(process
        .filter(|process| matches!(process.state_of(&account, now), State::Waiting | State::Ready)))
}

/// The warning with its button. Stopping is always safe, so a session is enough.
#[component]
fn RecoveryBanner(process: Assisted) -> impl IntoView {
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
