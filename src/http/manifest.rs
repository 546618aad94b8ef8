//! The web app manifest: it lets a phone keep the account on its home screen (W3C Web Application Manifest).

use axum::{
    Extension,
    response::{IntoResponse as _, Response},
};
use http::header;
use serde_json::json;

use super::context::RequestContext;
use crate::i18n;

/// The backgrounds of the light scheme and the dark one, as `style/tokens.css` has them (there in OKLCH).
pub(crate) const GROUNDS: [(&str, &str); 2] =
    [("(prefers-color-scheme: light)", "#faf7f4"), ("(prefers-color-scheme: dark)", "#101317")];

/// Icons in `public/`, drawn from `favicon.svg`.
pub(crate) const ICONS: [&str; 4] =
    ["apple-touch-icon.png", "icon-192.png", "icon-512.png", "icon-maskable-512.png"];

/// `/manifest.webmanifest`
pub(crate) async fn show(Extension(mut context): Extension<RequestContext>) -> Response {
    // In the account's language; a database failure is reported elsewhere.
    let _ = context.signed_in().await;
    let locale = context.locale;
    let shop = &context.state.config.shop_name;
    let icon = |name: &str, size: u32, purpose: &str| {
        json!({
            "src": format!("/{name}"),
            "sizes": format!("{size}x{size}"),
            "type": "image/png",
            "purpose": purpose,
        })
    };
    let [(_, ground), _] = GROUNDS;
    let manifest = json!({
        "id": "/account",
        "name": i18n::ui::app_name(locale, shop),
        "short_name": shop,
        "lang": locale.tag(),
        "dir": "ltr",
        "start_url": "/account",
        "scope": "/",
        "display": "standalone",
        "background_color": ground,
        "theme_color": ground,
        "icons": [
            icon("icon-192.png", 192, "any"),
            icon("icon-512.png", 512, "any"),
            icon("icon-maskable-512.png", 512, "maskable"),
        ],
        "shortcuts": [{
            "name": i18n::qr::scan(locale),
            "url": "/qr/scan",
            "icons": [icon("icon-192.png", 192, "any")],
        }],
    });
    ([(header::CONTENT_TYPE, "application/manifest+json")], manifest.to_string()).into_response()
}
