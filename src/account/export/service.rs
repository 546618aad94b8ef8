//! The rules of an export.

use std::io::{Cursor, Write as _};

use askama::Template;
use serde_json::{Map, Value};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    clock::{Duration, HOUR},
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account},
        audit::{self, EventKind},
        client::Client,
        format,
        rate_limit::{self, Key},
    },
    error::InternalError,
    i18n::{self, Locale},
    state::AppState,
};

use super::{emails, store};

/// Exports per account and hour.
const AN_HOUR: i64 = 5;

/// The exported file.
pub(super) struct Export {
    pub file_name: String,
    pub zip: Vec<u8>,
}

/// Why the export failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    /// The account was deleted, disabled or changed meanwhile.
    #[error("the account is gone")]
    Gone,
    /// Too many exports recently.
    #[error("too many exports")]
    TooMany(Duration),
    /// The file could not be written.
    #[error("the file could not be written")]
    Failed,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for ExportError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Reads everything in one transaction, so that it is consistent; records the export once it is complete.
#[tracing::instrument(skip_all)]
pub(super) async fn export(
    state: &AppState,
    account: &Account,
    locale: Locale,
    client: &Client,
) -> Result<Export, ExportError> {
    let now = state.clock.now();
    may_export(state, account).await?;
    let mut tx = state.db.begin().await?;
    let current = still_there(&mut tx, account).await?;
    let tables = store::read(&mut tx, &account.id).await?;
    let pictures = store::pictures(&mut tx, &account.id).await?;
    drop(tx);
    // Years of events take a while to pack; on a blocking thread, no other request waits for it.
    let (maker, made) = (state.clone(), format::datetime(locale, &current.zone(), now));
    let packed = tokio::task::spawn_blocking(move || {
        let html = readable(&maker, &current, &tables, locale, made)?;
        pack(&tables, &html, pictures).map_err(|error| {
            tracing::error!(%error, "an export could not be packed");
            ExportError::Failed
        })
    });
    let zip = packed.await.map_err(|_| ExportError::Failed)??;
    // The file is not handed out if the account was deleted or changed meanwhile.
    let mut tx = state.db.begin().await?;
    let account = still_there(&mut tx, account).await?;
    let kind = EventKind::Exported;
    audit::record(&mut tx, &state.random, now, kind, Some(&account.id), client).await?;
    let email = emails::export_ready(state, &account, client);
    state.outbox.enqueue(&mut tx, email, true, now, None).await?;
    tx.commit().await?;
    let day = format::machine(now);
    let day = day.get(..10).unwrap_or_default();
    Ok(Export { file_name: format!("my-account-{day}.zip"), zip })
}

async fn may_export(state: &AppState, account: &Account) -> Result<(), ExportError> {
    if !state.config.limits {
        return Ok(());
    }
    let now = state.clock.now();
    let key = Key::new(&state.keys, "exports", &[&account.id]);
    let mut tx = state.db.begin().await?;
    let passed = rate_limit::at_most(&mut tx, &key, HOUR, AN_HOUR, now).await?;
    tx.commit().await?;
    passed.map_err(ExportError::TooMany)
}

/// Returns the account as it is now, unless it was deleted, disabled or changed meanwhile.
async fn still_there(tx: &mut Tx, account: &Account) -> Result<Account, ExportError> {
    accounts::get_unchanged(tx, &account.id, account.credential_version)
        .await?
        .ok_or(ExportError::Gone)
}

fn pack(
    tables: &Map<String, Value>,
    html: &str,
    pictures: Vec<(String, Vec<u8>)>,
) -> Result<Vec<u8>, std::io::Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.start_file("my-account.json", options)?;
    zip.write_all(&serde_json::to_vec_pretty(tables)?)?;
    zip.start_file("my-account.html", options)?;
    zip.write_all(html.as_bytes())?;
    for (name, picture) in pictures {
        zip.start_file(name, options)?;
        zip.write_all(&picture)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A table of the HTML part.
struct Section {
    title: &'static str,
    rows: Vec<Vec<(&'static str, String)>>,
}

#[derive(Template)]
#[template(path = "export.html", escape = "html", config = "src/mailer/templates/askama.toml")]
struct Readable<'a> {
    lang: &'static str,
    title: String,
    made: String,
    left_out: &'static str,
    nothing: &'static str,
    sections: &'a [Section],
}

fn readable(
    state: &AppState,
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
        title: i18n::export::html_title(locale, &account.login, &state.config.shop_name),
        made: i18n::export::made(locale, made),
        left_out: i18n::export::left_out(locale),
        nothing: i18n::export::nothing(locale),
        sections: &sections,
    };
    page.render().map_err(|_| ExportError::Failed)
}

/// Returns the non-empty columns of a row, with their names.
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
