//! Errors that have a screen of their own: 404, 413, 403, 500, 503.

use leptos::prelude::*;

use super::icons::{Icon, icon};
use crate::{
    error::{AppError, Kind},
    i18n,
    server::http::{context::Cx, page::Page},
};

/// The page of an error.
#[must_use]
pub fn page(cx: &Cx, error: &AppError) -> Page {
    let locale = cx.locale;
    let (title, sign) = match error.error {
        Kind::NotFound | Kind::LinkGone => (i18n::error_page::not_found(locale), Icon::Info),
        Kind::Unavailable | Kind::Busy => (i18n::error_page::unavailable(locale), Icon::Clock),
        _ => (i18n::error_page::refused(locale), Icon::Alert),
    };
    let words = error.summary(locale);
    let back = cx
        .app
        .config
        .shop_url
        .as_ref()
        .map(|url| (url.to_string(), cx.app.config.shop_name.clone()));
    let view = move || {
        view! {
            <div class="card stack middle">
                <div class="badge">{icon(sign)}</div>
                <h1>{title}</h1>
                <p class="quiet">{words}</p>
                <a class="button" href="/">{i18n::error_page::home(locale)}</a>
                {back.map(|(url, shop)| view! {
                    <a class="button second" href=url>{i18n::ui::back_to(locale, shop)}</a>
                })}
            </div>
        }
        .into_any()
    };
    Page { islands: false, form: false, status: error.status(), ..Page::new(title, view) }
}
