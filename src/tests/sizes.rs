//! How long files and functions may be: each is read in one sitting.

use std::path::Path;

use super::post_redirect_get::walk;

const LINES_OF_A_FILE: usize = 400;
const LINES_OF_A_FUNCTION: usize = 60;
/// Functions that are tables: one line an entry.
const TABLES: [&str; 2] = ["account/export/words.rs: column", "account/activity/words.rs: words"];

/// Returns the name of the function that begins in a line.
fn function_in(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let words = ["pub", "async", "const", "unsafe", "extern", "\"C\""];
    let is_word = |word: &str| words.contains(&word) || word.starts_with("pub(");
    // `pub(in crate::support)` is two words.
    let before = before.replace("(in ", "(in_");
    let is_function = before.split_whitespace().all(is_word);
    let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (is_function && !name.is_empty()).then_some(name)
}

/// Returns the functions of a source with the number of their lines.
fn functions(source: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = source.lines().collect();
    let found = lines.iter().enumerate().filter_map(|(number, line)| {
        let name = function_in(line)?;
        let depth = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(depth));
        let rest = lines.get(number..)?;
        let last = rest.iter().position(|line| **line == end).unwrap_or(0);
        Some((name, last + 1))
    });
    found.collect()
}

#[test]
fn files_and_functions_can_be_read_in_one_sitting() {
    let source =
        "fn a() {\n    b();\n}\n    pub(in crate::x) async fn c() {\n    }\nlet fn_ = 1;\n";
    assert_eq!(functions(source), [("a", 3), ("c", 2)]);
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let (mut seen, mut offenders) = (0, Vec::new());
    for path in walk(root) {
        let name = path.strip_prefix(root).expect("a file of ours").display().to_string();
        let source = std::fs::read_to_string(&path).expect("a source file");
        let lines = source.lines().count();
        if lines > LINES_OF_A_FILE {
            offenders.push(format!("{name}: {lines} lines"));
        }
        for (function, lines) in functions(&source) {
            seen += 1;
            let function = format!("{name}: {function}");
            if lines > LINES_OF_A_FUNCTION && !TABLES.contains(&function.as_str()) {
                offenders.push(format!("{function}: {lines} lines"));
            }
        }
    }
    assert!(seen > 2_000, "{seen} functions");
    assert!(offenders.is_empty(), "too long:\n{}", offenders.join("\n"));
}
