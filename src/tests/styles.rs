//! A page loads a style sheet with all classes that it uses: checked on every page that a test receives.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::LazyLock,
};

use super::post_redirect_get::walk;

/// The classes that each style sheet has rules for, by its name.
static SHEETS: LazyLock<BTreeMap<&str, BTreeSet<String>>> = LazyLock::new(|| {
    let sheets = [
        ("main", "main.css"),
        ("card", "sheets/card.css"),
        ("chat", "sheets/chat.css"),
        ("console", "sheets/console.css"),
    ];
    sheets.map(|(name, file)| (name, classes(&sheet(file)))).into()
});

/// Reads a style sheet with its imports.
fn sheet(file: &str) -> String {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/style"));
    let read = |path: &Path| std::fs::read_to_string(path).expect("a style sheet");
    let path = folder.join(file);
    let imports: Vec<String> = read(&path)
        .lines()
        .filter_map(|line| line.strip_prefix("@import \"")?.strip_suffix("\";"))
        .map(|part| read(&path.with_file_name(part)))
        .collect();
    assert!(!imports.is_empty(), "{file} imports nothing");
    imports.concat()
}

fn classes(css: &str) -> BTreeSet<String> {
    let names = css.split('.').skip(1).map(|rest| {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>()
    });
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).collect()
}

/// Checks that a page uses no class that only another style sheet has rules for.
#[track_caller]
pub(super) fn check(path: &str, html: &str) {
    let sheet = html.split("href=\"/pkg/").filter_map(|rest| rest.split_once(".css\"")).next();
    let (sheet, _) = sheet.unwrap_or_else(|| panic!("{path} has no style sheet"));
    let shown = html.split(" class=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let lacks: BTreeSet<&str> = shown
        .flat_map(str::split_whitespace)
        .filter(|class| SHEETS["main"].contains(*class) && !SHEETS[sheet].contains(*class))
        .collect();
    assert!(lacks.is_empty(), "{path}: the sheet {sheet} lacks {lacks:?}");
}

/// A rule without an element was left behind, or its element lost the class.
#[test]
fn every_class_of_the_style_sheet_is_shown_somewhere() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let sources = walk(root).into_iter().filter(|file| !file.starts_with(root.join("tests")));
    let sources: String = sources
        .map(|file| std::fs::read_to_string(file).expect("a source file"))
        .collect::<Vec<_>>()
        .concat();
    let words: BTreeSet<&str> =
        sources.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let unused: Vec<&String> = SHEETS["main"]
        .iter()
        // Some are numbered: `score-3`.
        .filter(|class| !words.contains(class.trim_end_matches(|c: char| c.is_ascii_digit())))
        .collect();
    assert!(unused.is_empty(), "no source shows {unused:?}");
}
