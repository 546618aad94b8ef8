//! The values that a query takes: the four portable types, nullable except for booleans.

use sqlx::{
    Postgres, Sqlite,
    postgres::PgArguments,
    query::{Query, QueryAs},
    sqlite::SqliteArguments,
};

/// One argument of a query.
#[derive(Clone, Debug)]
pub enum Value {
    /// BIGINT
    Int(Option<i64>),
    /// TEXT
    Text(Option<String>),
    /// BLOB or BYTEA
    Bytes(Option<Vec<u8>>),
    /// BOOLEAN
    Bool(bool),
}

/// Makes a text storable in both engines. PostgreSQL's text cannot hold NUL: form fields with NUL are refused on
/// arrival, and text from other sources must not cause what looks like a database failure. HTML replaces NUL in the
/// same way.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

macro_rules! from {
    ($($from:ty => |$value:ident| $to:expr),* $(,)?) => {
        $(impl From<$from> for Value { fn from($value: $from) -> Self { $to } })*
    };
}

from! {
    i64 => |v| Self::Int(Some(v)),
    Option<i64> => |v| Self::Int(v),
    &str => |v| Self::Text(Some(storable(v.to_owned()))),
    Option<&str> => |v| Self::Text(v.map(|v| storable(v.to_owned()))),
    String => |v| Self::Text(Some(storable(v))),
    &String => |v| Self::Text(Some(storable(v.clone()))),
    Option<String> => |v| Self::Text(v.map(storable)),
    Vec<u8> => |v| Self::Bytes(Some(v)),
    &Vec<u8> => |v| Self::Bytes(Some(v.clone())),
    Option<Vec<u8>> => |v| Self::Bytes(v),
    bool => |v| Self::Bool(v),
}

macro_rules! binder {
    ($name:ident, $query:ty $(, $row:ident)?) => {
        /// Binds `args` in order.
        pub(super) fn $name<$($row)?>(query: $query, args: Vec<Value>) -> $query {
            args.into_iter().fold(query, |query, value| match value {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
            })
        }
    };
}

binder!(bind_sqlite, QueryAs<'static, Sqlite, T, SqliteArguments>, T);
binder!(bind_postgres, QueryAs<'static, Postgres, T, PgArguments>, T);
binder!(bind_sqlite_execute, Query<'static, Sqlite, SqliteArguments>);
binder!(bind_postgres_execute, Query<'static, Postgres, PgArguments>);
