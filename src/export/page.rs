//! The screen of the export.

use leptos::prelude::*;

use super::{DOWNLOAD, SCREEN};
use crate::{
    i18n,
    server::http::{
        context::Cx,
        page::{Leave, Page},
    },
    ui::{
        icons::{Icon, icon},
        layout::{FORM, Frame, screen_field},
        notice::refusal,
        side::{Place, account_frame},
    },
};

/// `/account/settings/export`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    cx.proved().await?;
    let draft = cx.take_draft(SCREEN);
    let locale = cx.locale;
    let title = i18n::export::title(locale);
    let view = move || {
        use i18n::export as t;
        let content = view! {
            // Not marked as busy: the browser stays on this screen while it saves the file.
            <form id=FORM class="card stack" method="post" action=DOWNLOAD>
                {screen_field(&cx)}
                <h1>{title}</h1>
                <p>{t::about(locale)}</p>
                <p class="quiet">{t::left_out(locale)}</p>
                {refusal(draft.error.as_ref(), locale, ())}
                <button class="button fit" type="submit">{icon(Icon::Download)}{t::download(locale)}</button>
                <p class="quiet">{t::keep_safe(locale)}</p>
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, islands: false, ..Page::new(title, view) })
}
