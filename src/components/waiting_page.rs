//! A wait of twenty seconds in place of a captcha solution: the page reloads by itself (WCAG 2.2.1: nothing is lost by
//! waiting).

use leptos::prelude::*;

use super::{
    icon::{Icon, IconKind},
    layout::{CardLayout, Title, use_document},
};
use crate::{clock, domain::format, i18n::use_texts};

/// The page that is shown while a flow is not ready yet.
#[component]
pub(crate) fn WaitingPage(seconds: i64) -> impl IntoView {
    let t = use_texts().human();
    let document = use_document();
    document.refresh_after(seconds.clamp(1, 20));
    view! {
        <Title text=t.waiting()/>
        <CardLayout>
            <div class="card stack middle">
                <div class="badge"><Icon kind=IconKind::CLOCK/></div>
                <h1>{t.waiting()}</h1>
                <p class="quiet">{t.waiting_why(format::duration(t.0, clock::seconds(seconds)))}</p>
                <a class="button second" href=document.address()>{t.look_again()}</a>
            </div>
        </CardLayout>
    }
}
