//! Errors that have a page of their own: 404, 413, 403, 500, 503.

use http::StatusCode;
use leptos::prelude::*;

use super::{
    icon::{Icon, IconKind},
    layout::{CardLayout, Title, use_request},
};
use crate::{error::AppError, i18n::use_texts};

/// Shows what went wrong, with links to continue.
#[component]
pub(crate) fn ErrorPage(error: AppError) -> impl IntoView {
    let t = use_texts();
    let (title, kind) = match error.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE => (t.error_page().not_found(), IconKind::INFO),
        StatusCode::SERVICE_UNAVAILABLE => (t.error_page().unavailable(), IconKind::CLOCK),
        _ => (t.error_page().refused(), IconKind::ALERT),
    };
    let state = use_request().state.clone();
    let config = &state.config;
    let back = config.shop_url.as_ref().map(|url| {
        let (href, label) = (url.to_string(), t.ui().back_to(&config.shop_name));
        view! { <a class="button second" href=href>{label}</a> }
    });
    view! {
        <Title text=title/>
        <CardLayout>
            <div class="card stack middle">
                <div class="badge"><Icon kind/></div>
                <h1>{title}</h1>
                <p class="quiet">{error.summary(t.0)}</p>
                <a class="button" href="/">{t.error_page().home()}</a>
                {back}
            </div>
        </CardLayout>
    }
}
