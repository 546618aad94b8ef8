//! The screen with the camera, for browsers that read codes by themselves.

use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use tower_http::set_header::SetResponseHeaderLayer;

use super::super::PHONE;
use crate::{
    i18n,
    server::http::{
        context::Cx,
        page::{Leave, Page},
    },
    ui::{
        icons::{Icon, icon},
        islands::Scan,
    },
};

/// Lets this screen, and no other, ask for the camera.
#[must_use]
pub fn with_camera() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=()"),
    )
}

/// `/qr/scan`: also a shortcut of the app on the home screen.
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    use i18n::qr as t;
    cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let locale = cx.locale;
    let title = t::scan(locale);
    let ours = cx.app.config.address_of(&format!("{PHONE}/"));
    let view = move || {
        view! {
            <div class="card stack">
                <h1>{title}</h1>
                <p class="quiet">{t::scan_about(locale)}</p>
                <div class="stack needs-script" data-scan=ours>
                    <video class="camera" aria-label=t::scan_picture(locale) muted playsinline hidden></video>
                    <button class="button" type="button">{icon(Icon::Camera)}{t::start_camera(locale)}</button>
                    <div class="quiet" role="status">
                        <p data-scan-none hidden>{t::scan_none(locale)}</p>
                        <p data-scan-refused hidden>{t::scan_refused(locale)}</p>
                        <p data-scan-other hidden>{t::scan_other(locale)}</p>
                    </div>
                </div>
                <p class="quiet without-script">{t::scan_none(locale)}</p>
                <p class="centred"><a href=PHONE>{t::type_instead(locale)}</a></p>
            </div>
            <Scan/>
        }
        .into_any()
    };
    Ok(Page { form: false, ..Page::new(title, view) })
}
