//! The rules of an export.

use std::io::{Cursor, Write as _};

use askama::Template;
use serde_json::{Map, Value};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    i18n::{self, Locale},
    server::{
        Fault,
        accounts::{self, Account},
        app::App,
        client::Client,
        db::DbError,
        events::{self, EventKind},
        outbox, when,
    },
};

use super::{mail, store};

/// The file.
pub(super) struct Export {
    pub file_name: String,
    pub zip: Vec<u8>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    /// The account was deleted, disabled or changed meanwhile.
    #[error("the account is gone")]
    Gone,
    /// The file could not be written.
    #[error("the file could not be written")]
    Failed,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<DbError> for ExportError {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}

/// Reads everything in one transaction, so that it fits together, and records that it was done.
pub(super) async fn export(
    app: &App,
    account: &Account,
    locale: Locale,
    client: &Client,
) -> Result<Export, ExportError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let current = accounts::get_for_update(&mut tx, &account.id).await?;
    let current = current.filter(|current| current.is_active() && current.epoch == account.epoch);
    let account = current.ok_or(ExportError::Gone)?;
    let kind = EventKind::Exported;
    events::record(&mut tx, &app.random, now, kind, Some(&account.id), client).await?;
    let letter = mail::export_ready(app, &account, client);
    outbox::enqueue(app, &mut tx, letter, true, now, None).await?;
    let tables = store::read(&mut tx, &account.id).await?;
    let picture = store::picture(&mut tx, &account.id).await?;
    tx.commit().await?;
    let made = when::full(locale, &account.zone(), now);
    let html = readable(app, &account, &tables, locale, made)?;
    let zip = pack(&tables, &html, picture).map_err(|error| {
        tracing::error!(%error, "an export could not be packed");
        ExportError::Failed
    })?;
    let day = when::machine(now);
    let day = day.get(..10).unwrap_or_default();
    Ok(Export { file_name: format!("my-account-{day}.zip"), zip })
}

fn pack(
    tables: &Map<String, Value>,
    html: &str,
    picture: Option<Vec<u8>>,
) -> Result<Vec<u8>, std::io::Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.start_file("my-account.json", options)?;
    zip.write_all(&serde_json::to_vec_pretty(tables)?)?;
    zip.start_file("my-account.html", options)?;
    zip.write_all(html.as_bytes())?;
    if let Some(picture) = picture {
        zip.start_file("picture.jpg", options)?;
        zip.write_all(&picture)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A table of the readable part.
struct Section {
    title: &'static str,
    rows: Vec<Vec<(&'static str, String)>>,
}

#[derive(Template)]
#[template(
    path = "export.html",
    escape = "html",
    config = "src/server/outbox/templates/askama.toml"
)]
struct Readable<'a> {
    lang: &'static str,
    title: String,
    made: String,
    left_out: &'static str,
    nothing: &'static str,
    sections: &'a [Section],
}

fn readable(
    app: &App,
    account: &Account,
    tables: &Map<String, Value>,
    locale: Locale,
    made: String,
) -> Result<String, ExportError> {
    let sections: Vec<Section> = tables
        .iter()
        .map(|(table, rows)| Section {
            title: super::words::table(table, locale),
            rows: rows
                .as_array()
                .map(|rows| rows.iter().map(|row| facts(row, locale)).collect())
                .unwrap_or_default(),
        })
        .collect();
    let page = Readable {
        lang: locale.tag(),
        title: i18n::export::html_title(locale, &account.login, &app.config.shop_name),
        made: i18n::export::made(locale, made),
        left_out: i18n::export::left_out(locale),
        nothing: i18n::export::nothing(locale),
        sections: &sections,
    };
    page.render().map_err(|_| ExportError::Failed)
}

/// The columns of a row that hold something, with what they are called.
fn facts(row: &Value, locale: Locale) -> Vec<(&'static str, String)> {
    let Some(row) = row.as_object() else { return Vec::new() };
    row.iter()
        .filter_map(|(column, value)| {
            let value = match value {
                Value::Null => return None,
                Value::String(text) if text.is_empty() => return None,
                Value::String(text) => text.clone(),
                Value::Bool(yes) => {
                    if *yes { i18n::export::yes(locale) } else { i18n::export::no(locale) }
                        .to_owned()
                }
                other => other.to_string(),
            };
            Some((super::words::column(column, locale), value))
        })
        .collect()
}
