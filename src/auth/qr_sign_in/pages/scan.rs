//! The page with the camera, for browsers that can read QR codes themselves.

use axum::response::Response;
use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use tower_http::set_header::SetResponseHeaderLayer;

use super::super::PHONE;
use crate::{
    components::{
        layout::{CardLayout, StyleSheet, Title, use_request},
        page::page,
    },
    http::{context::RequestContext, extract::CurrentUser, flash::Flash, page_error::PageError},
    i18n::use_texts,
    islands::{QrScanner, QrScannerTexts},
};

/// Returns the layer that lets this page, and no other, request the camera.
#[must_use]
pub(crate) fn with_camera() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=()"),
    )
}

/// `GET /qr/scan`: also a shortcut of the installed app.
pub(crate) async fn scan(
    CurrentUser(_): CurrentUser,
    request: RequestContext,
) -> Result<Response, PageError> {
    Ok(page(request, Flash::default(), || view! { <QrScanPage/> }))
}

/// `/qr/scan`
#[component]
pub(crate) fn QrScanPage() -> impl IntoView {
    let t = use_texts().qr();
    let ours = use_request().state.config.address_of(&format!("{PHONE}/"));
    let texts = QrScannerTexts {
        start: t.start_camera().into(),
        picture: t.scan_picture().into(),
        none: t.scan_none().into(),
        refused: t.scan_refused().into(),
        other: t.scan_other().into(),
    };
    view! {
        <Title text=t.scan()/>
        <CardLayout style=StyleSheet::Whole>
            <div class="card stack">
                <h1>{t.scan()}</h1>
                <p class="quiet">{t.scan_about()}</p>
                <QrScanner ours texts/>
                <p class="quiet without-script">{t.scan_none()}</p>
                <p class="centred"><a href=PHONE>{t.type_instead()}</a></p>
            </div>
        </CardLayout>
    }
}
