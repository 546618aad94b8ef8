//! The screen for browsers that wait instead of moving the slider.

use leptos::prelude::*;

use super::icons::{Icon, icon};
use crate::{
    i18n,
    server::{
        codes::seconds_until,
        flows::Flow,
        http::{context::Cx, page::Page},
        when,
    },
};

/// Twenty seconds instead of a proof: the screen asks again by itself (W3C WCAG 2.2.1: nothing is lost by waiting).
#[must_use]
pub fn waiting_page(cx: &Cx, flow: &Flow) -> Page {
    let locale = cx.locale;
    let seconds = seconds_until(flow.ready_at, cx.app.clock.now()).max(1);
    let span = when::span(locale, seconds);
    let here = cx.screen();
    let view = move || {
        view! {
            <div class="card stack middle">
                <div class="badge">{icon(Icon::Clock)}</div>
                <h1>{i18n::human::waiting(locale)}</h1>
                <p class="quiet">{i18n::human::waiting_why(locale, span)}</p>
                <a class="button second" href=here>{i18n::human::look_again(locale)}</a>
            </div>
        }
        .into_any()
    };
    Page {
        form: false,
        refresh: Some(seconds.min(20)),
        ..Page::new(i18n::human::waiting(locale), view)
    }
}
