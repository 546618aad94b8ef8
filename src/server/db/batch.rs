//! Statements that go to SQLite together.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::Value;

/// Statements whose results nobody waits for. Every one that is sent alone wakes the thread of the
/// connection and is woken by it; together they cost that once.
#[derive(Default)]
pub(super) struct Batch {
    sql: String,
    args: Vec<Value>,
    statements: usize,
}

/// What goes to SQLite at once.
pub(super) struct StatementBatch {
    pub sql: SqlStr,
    pub args: Vec<Value>,
    /// How many statements there are in it.
    pub statements: usize,
}

impl Batch {
    /// Adds a statement. Its placeholders count on from those before it: all share one list of
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

    /// What was added, and with it, last, a statement whose result is waited for.
    pub fn complete(&mut self, sql: &'static str, args: Vec<Value>) -> StatementBatch {
        if self.sql.is_empty() {
            return StatementBatch { sql: sql.into_sql_str(), args, statements: 1 };
        }
        self.push(sql, args);
        let Self { sql, args, statements } = std::mem::take(self);
        // Put together of statements that were `&'static str` each.
        StatementBatch { sql: AssertSqlSafe(sql).into_sql_str(), args, statements }
    }
}
