//! Every statement in the sources is one that both engines take.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection,
};

use super::super::{harness::db_test, post_redirect_get::walk};

const BEGINNINGS: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

/// Returns the string literals of a source that are statements. Those that macros put together are left out: they are
/// parts, and run in the tests of their features.
fn statements(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    // How deep in parentheses, and at which depth a `concat!` or the body of a macro began.
    let (mut depth, mut macros) = (0_usize, Vec::new());
    while let Some(at) = rest.find(['"', '\'', '/', '(', ')', '{', '}']) {
        let before = &rest[..at];
        let after = &rest[at + 1..];
        rest = after;
        match source.as_bytes()[source.len() - after.len() - 1] {
            b'"' => {
                let mut text = String::new();
                let mut chars = after.char_indices();
                while let Some((_, c)) = chars.next() {
                    match c {
                        '\\' => text.extend(chars.next().map(|(_, c)| c)),
                        '"' => break,
                        c => text.push(c),
                    }
                }
                rest = chars.as_str();
                if macros.is_empty() && BEGINNINGS.iter().any(|begin| text.starts_with(begin)) {
                    found.push(text);
                }
            }
            // A character, not a lifetime.
            b'\'' => {
                let end = if after.starts_with('\\') {
                    after[2..].find('\'').map(|n| n + 2)
                } else {
                    after.char_indices().nth(1).filter(|(_, c)| *c == '\'').map(|(n, _)| n)
                };
                rest = end.map_or(after, |end| &after[end + 1..]);
            }
            b'/' if after.starts_with('/') => {
                rest = after.split_once('\n').map_or("", |(_, rest)| rest);
            }
            b'(' | b'{' => {
                let head = before.trim_end();
                let line = head.rsplit('\n').next().unwrap_or_default();
                if head.ends_with("concat!") || line.trim_start().starts_with("macro_rules!") {
                    macros.push(depth);
                }
                depth += 1;
            }
            b')' | b'}' => {
                depth = depth.saturating_sub(1);
                macros.retain(|began| *began < depth);
            }
            _ => {}
        }
    }
    found
}

db_test!(every_statement_is_prepared, |t| {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut all = Vec::new();
    for path in walk(root) {
        let name = path.strip_prefix(root).expect("a file of ours").display().to_string();
        if !name.starts_with("tests") {
            let source = std::fs::read_to_string(&path).expect("a source file");
            all.extend(statements(&source).into_iter().map(|sql| (name.clone(), sql)));
        }
    }
    assert!(all.len() > 200, "{} statements", all.len());
    let url = &t.state.config.database_url;
    let mut refused = Vec::new();
    if t.state.db.is_postgres() {
        let mut connection = PgConnection::connect(url).await.expect("a connection");
        for (name, sql) in all {
            if let Err(error) = connection.prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await
            {
                refused.push(format!("{name}: {error}\n{sql}"));
            }
        }
    } else {
        let mut connection = SqliteConnection::connect(url).await.expect("a connection");
        // Those of PostgreSQL alone name its functions, or lock rows.
        let of_both =
            |sql: &str| !["pg_", "FOR UPDATE", "FOR SHARE"].iter().any(|it| sql.contains(it));
        for (name, sql) in all.into_iter().filter(|(_, sql)| of_both(sql)) {
            if let Err(error) = connection.prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await
            {
                refused.push(format!("{name}: {error}\n{sql}"));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
});
