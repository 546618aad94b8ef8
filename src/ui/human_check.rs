//! The slider, with its texts; and the screen for browsers that wait instead.

use leptos::prelude::*;

use super::{
    icons::{Icon, icon},
    islands::Slider,
};
use crate::{
    i18n::{self, Locale},
    server::{
        codes::seconds_until,
        flows::Flow,
        http::{context::Cx, page::Page},
        human::Challenge,
        when,
    },
};

/// "Slide to verify".
pub fn slider(locale: Locale, challenge: Challenge) -> impl IntoView {
    let Challenge { json, nonce, salt, prefix } = challenge;
    let label = i18n::human::slide(locale);
    view! {
        <div class="human">
            <div
                class="slide needs-script"
                role="slider"
                tabindex="0"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow="0"
                aria-valuetext="0 %"
                data-slide
                data-working=i18n::human::working(locale)
                data-verified=i18n::human::verified(locale)
                data-challenge=json
                data-nonce=nonce
                data-salt=salt
                data-prefix=prefix
            >
                <div class="handle" aria-hidden="true">
                    <svg class="icon chevrons" viewBox="0 0 24 24"><path d="m6 6 6 6-6 6m7-12 6 6-6 6"></path></svg>
                    <svg class="icon check" viewBox="0 0 24 24"><path d="m5 12.5 4.5 4.5L19 7.5"></path></svg>
                </div>
                <span class="caption" aria-hidden="true">{label}</span>
            </div>
            <input type="hidden" name="proof"/>
            <Slider/>
        </div>
    }
}

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
        islands: false,
        form: false,
        refresh: Some(seconds.min(20)),
        ..Page::new(i18n::human::waiting(locale), view)
    }
}
