//! The language switch: a submit button of the form on the page, so that what was typed is sent along and shown again
//! afterwards, without script too.

use axum::{
    Extension, Form,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    context::{self, RequestContext},
    flash::Flash,
};
use crate::{
    domain::verification::flows::{self, FlowKind},
    http::return_to,
    i18n::Locale,
};

/// `POST /api/language` with `lang`, `screen` (where to continue) and all other fields of the form.
pub(crate) async fn switch(
    Extension(mut context): Extension<RequestContext>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let field = |name: &str| {
        fields.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.as_str())
    };
    let shown = field("screen")
        .and_then(|to| return_to::allowed(&context.state.config, to))
        .filter(|to| to.starts_with('/'));
    let shown = shown.unwrap_or_else(|| "/".to_owned());
    if let Some(locale) = field("lang").and_then(Locale::parse) {
        context::remember_locale(&mut context, locale, true).await;
        // Emails of a flow that has no account yet follow the switch: for each flow of this browser.
        for token in FlowKind::ALL.into_iter().filter_map(|purpose| context.flow_token(purpose)) {
            if let Err(error) = flows::set_locale(&context.state.db, &token, locale).await {
                tracing::warn!(%error, "the flow's language was not saved");
            }
        }
    }
    let path = shown.split('?').next().unwrap_or_default();
    let flash = fields
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "lang" | "screen"))
        .fold(Flash::default(), |flash, (name, value)| flash.keep(name, value));
    context.set_flash(path, &flash);
    Redirect::to(&shown).into_response()
}
