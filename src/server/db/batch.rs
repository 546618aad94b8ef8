//! Statements that go to SQLite together.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::Value;

/// Statements whose results nobody waits for. Every one that is sent alone wakes the thread of the
/// connection and is woken by it; together they cost that once.
#[derive(Default)]
pub(super) struct Batch {
    sql: String,
    args: Vec<Value>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.sql.is_empty()
    }

    /// Adds a statement. Its placeholders count on from those before it: all share one list of
    /// arguments.
    pub fn push(&mut self, sql: &str, args: Vec<Value>) {
        let before = self.args.len();
        if !self.sql.is_empty() {
            self.sql.push(';');
        }
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

    /// What was added, and with it, last, a statement whose rows are waited for.
    pub fn complete(&mut self, sql: &'static str, args: Vec<Value>) -> (SqlStr, Vec<Value>) {
        if self.is_empty() {
            return (sql.into_sql_str(), args);
        }
        self.push(sql, args);
        self.take()
    }

    /// All that was added.
    pub fn take(&mut self) -> (SqlStr, Vec<Value>) {
        let Self { sql, args } = std::mem::take(self);
        // Put together of statements that were `&'static str` each.
        (AssertSqlSafe(sql).into_sql_str(), args)
    }
}
