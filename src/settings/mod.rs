//! Settings: the list of what can be changed, and the choice of letters.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        form::{Form, Onward},
        press::Press,
    },
};

const LETTERS: &str = "/account/settings/letters";

/// Saves which of the letters that are a matter of choice somebody wants.
///
/// # Errors
/// `changed_elsewhere` when another tab was quicker; `signed_out`.
#[server(endpoint = "letters")]
pub async fn choose_letters(
    #[server(default)] address_in_use: Option<String>,
    #[server(default)] signed_in: Option<String>,
    #[server(default)] version: Option<i64>,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let on = |tick: &Option<String>| if tick.is_some() { "on" } else { "off" };
    let of = version.map(|version| version.to_string()).unwrap_or_default();
    let chosen = [on(&address_in_use), on(&signed_in), &of];
    let form = Form::of(&cx, LETTERS)
        .keep("address_in_use", on(&address_in_use))
        .keep("signed_in", on(&signed_in))
        .keep("version", &of);
    let press = Press::of(&cx, "letters", "session", &chosen);
    let result = press.once(move |mut cx| async move {
        let account = cx.somebody().await?.account;
        let wanted = service::Wanted {
            address_in_use: address_in_use.is_some(),
            signed_in: signed_in.is_some(),
        };
        if !service::choose_letters(
            &cx.app,
            &account,
            version.unwrap_or(account.version),
            &wanted,
            &cx.client,
        )
        .await?
        {
            return Err(AppError::new(Kind::ChangedElsewhere));
        }
        cx.leave_draft(LETTERS, &Draft::notice(Notice::Saved));
        Ok(Onward::to(LETTERS))
    });
    form.answer(result.await)
}
