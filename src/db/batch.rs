//! Statements that are sent to SQLite together.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::Value;

/// Statements whose results are not awaited. Each statement that is sent alone costs a round trip to the connection's
/// thread; a batch costs one in all.
#[derive(Default)]
pub(super) struct Batch {
    sql: String,
    args: Vec<Value>,
    statements: usize,
}

/// A batch that is sent to SQLite at once.
pub(super) struct StatementBatch {
    pub sql: SqlStr,
    pub args: Vec<Value>,
    /// How many statements it contains.
    pub statements: usize,
}

impl Batch {
    /// Adds a statement. Its placeholders are renumbered to follow those before it: all statements share one list of
    /// arguments.
    pub fn push(&mut self, sql: &str, args: Vec<Value>) {
        let before = self.args.len();
        if !self.sql.is_empty() {
            self.sql.push(';');
        }
        self.statements += 1;
        let mut parts = sql.split('$');
        self.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            self.sql.push('$');
            match number.parse::<usize>() {
                Ok(number) => self.sql.push_str(&(before + number).to_string()),
                Err(_) => self.sql.push_str(number),
            }
            self.sql.push_str(rest);
        }
        self.args.extend(args);
    }

    /// Takes the statements added so far, followed by one whose result is awaited.
    pub fn complete(&mut self, sql: &'static str, args: Vec<Value>) -> StatementBatch {
        if self.sql.is_empty() {
            return StatementBatch { sql: sql.into_sql_str(), args, statements: 1 };
        }
        self.push(sql, args);
        let Self { sql, args, statements } = std::mem::take(self);
        // Built from statements that were `&'static str` each.
        StatementBatch { sql: AssertSqlSafe(sql).into_sql_str(), args, statements }
    }
}
