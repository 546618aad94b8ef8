//! Rules for the source files, checked by reading them.

use std::path::Path;

use super::post_redirect_get::walk;
use crate::app;

/// What islands and components must not use: Leptos finds elements by references, distinguishes them by keys and writes
/// their HTML. A `data-` attribute that one place sets for another to find is wiring of the same kind.
const BY_HAND: [&str; 9] = [
    "query_selector",
    "get_element_by_id",
    "get_elements_by",
    "closest(",
    "inner_html",
    "outer_html",
    "insert_adjacent",
    "dataset",
    "data-",
];

/// Writes the scripts and the rendered body, and two marks on the document that the style sheet uses.
const DOCUMENT: &str = "components/layout/document.rs";
const MARKS: [&str; 2] = ["data-alive", "data-waking"];

fn source(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a source file")
}

/// Returns the path of a source below `src`.
fn name_of(path: &Path) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    path.strip_prefix(root).expect("a file of ours").display().to_string()
}

/// Returns the lines of a source that are not comments, with their numbers.
fn code(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    lines.filter(|(_, line)| !line.starts_with("//"))
}

#[test]
fn islands_and_components_write_no_html_and_look_for_no_elements() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut offenders = Vec::new();
    for folder in ["islands", "components"] {
        let files = walk(&root.join(folder));
        assert!(files.len() > 10, "{folder}: {files:?}");
        for path in files.iter().filter(|path| !path.ends_with(DOCUMENT)) {
            let name = path.strip_prefix(root).expect("a file of ours").display();
            for (number, line) in code(&source(path)) {
                let found = BY_HAND.into_iter().filter(|word| line.contains(word));
                offenders.extend(found.map(|word| format!("{name}:{number}: {word}")));
            }
        }
    }
    assert!(offenders.is_empty(), "by hand:\n{}", offenders.join("\n"));
}

#[test]
fn the_style_sheet_goes_by_two_marks_of_the_document_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = source(&root.join("src").join(DOCUMENT));
    for mark in MARKS {
        let name = mark.trim_start_matches("data-");
        assert!(document.contains(&format!("d.{name}=")), "{mark} is never set");
    }
    let mut offenders = Vec::new();
    let folder = std::fs::read_dir(root.join("style")).expect("the style sheet");
    let files = folder.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    for path in files {
        let name = path.file_name().expect("a name").display().to_string();
        for selector in source(&path).split('[').skip(1) {
            let attribute = selector.split([']', '=', '~', '^', '$', '*', '|']).next();
            let attribute = attribute.unwrap_or_default();
            if attribute.starts_with("data-") && !MARKS.contains(&attribute) {
                offenders.push(format!("style/{name}: {attribute}"));
            }
        }
    }
    assert!(offenders.is_empty(), "other marks:\n{}", offenders.join("\n"));
}

#[test]
fn no_page_is_patched_with_html() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut offenders = Vec::new();
    for file in walk(root) {
        let path = file.strip_prefix(root).expect("a file of ours").display().to_string();
        if path.starts_with("tests/") {
            continue;
        }
        if path.starts_with("ui/") || path.ends_with("/dom.rs") {
            offenders.push(path.clone());
        }
        for (number, line) in code(&source(&file)) {
            for word in ["crate::ui", "pub mod ui;", "fn patch(", ".patch(", "pub fn fragment"] {
                if line.contains(word) {
                    offenders.push(format!("{path}:{number}: {word}"));
                }
            }
        }
    }
    assert!(offenders.is_empty(), "left from patches:\n{}", offenders.join("\n"));
}

/// Features use Axum and Leptos directly: a redirect, a flash, a page component, an enum of problems each.
#[test]
fn no_own_frame_stands_between_the_features_and_the_framework() {
    const FRAME: [&str; 4] = ["Draft", "Onward", "Kind", "leave_draft"];
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut offenders = Vec::new();
    for file in walk(root).iter().filter(|file| !file.starts_with(root.join("tests"))) {
        let name = file.strip_prefix(root).expect("a file of ours").display();
        for (number, line) in code(&source(file)) {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let found = words.filter(|word| FRAME.contains(word));
            offenders.extend(found.map(|word| format!("{name}:{number}: {word}")));
        }
    }
    assert!(offenders.is_empty(), "of the frame:\n{}", offenders.join("\n"));
}

/// A form that comes back contains only names of problems; their texts are looked up here.
#[test]
fn every_problem_that_a_feature_knows_is_found_by_its_name() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let table = source(&root.join("app.rs"));
    let mut enums = 0;
    for file in walk(root) {
        for (_, line) in code(&source(&file)) {
            let Some(name) = line.strip_prefix("impl FormError for ") else { continue };
            let name = name.trim_end_matches([' ', '{', '}']);
            enums += usize::from(name != "Named");
            let listed = name == "Named" || table.contains(&format!(".with::<{name}>()"));
            assert!(listed, "{name} is not in app::problems()");
        }
    }
    assert!(enums > 20, "{enums}");
    // Each text belongs to one name, and each name to one enum.
    let texts: serde_json::Value =
        serde_json::from_str(include_str!("../../locales/en.json")).expect("JSON");
    let texts = texts["errors"].as_object().expect("the texts of errors");
    let problems = app::problems();
    let named: std::collections::BTreeSet<&str> = problems.names().collect();
    let texts: std::collections::BTreeSet<&str> =
        texts.keys().map(String::as_str).filter(|name| *name != "long_code_wrong").collect();
    assert_eq!(named, texts);
}

#[test]
fn every_function_of_a_service_has_a_span() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut services = 0;
    let mut offenders = Vec::new();
    for path in walk(root) {
        let name = name_of(&path);
        let is_service = name.ends_with("/service.rs") || name.contains("/service/");
        if !is_service || name.starts_with("tests") {
            continue;
        }
        services += 1;
        let mut before = String::new();
        for line in source(&path).lines() {
            let is_function = line.starts_with("pub") && line.contains(" async fn ");
            if is_function && !before.starts_with("#[tracing::instrument(skip_all") {
                offenders.push(format!("{name}: {line}"));
            }
            line.clone_into(&mut before);
        }
    }
    assert!(services > 20, "{services} services");
    assert!(offenders.is_empty(), "without a span:\n{}", offenders.join("\n"));
}

/// Words that the code no longer uses, each with the one that took its place (the glossary in CONTRIBUTING).
const RETIRED: [(&str, &str); 33] = [
    ("Cx", "RequestContext"),
    ("Onward", "Redirect"),
    ("Draft", "Flash"),
    ("Fault", "InternalError"),
    ("Millis", "Timestamp, Duration"),
    ("Asking", "…Request"),
    ("Opening", "…Request"),
    ("Giving", "…Request"),
    ("Verdict", "Verification"),
    ("work_off", "run"),
    ("expose", "expose_secret"),
    ("Standing", "AddressStatus"),
    ("standing", "status"),
    ("HOLD", "RECLAIM_WINDOW"),
    ("epoch", "credential_version"),
    ("objection", "reclaim"),
    ("ObjectionError", "ReclaimError"),
    ("entering", "sign_in"),
    ("Entering", "SignInContext"),
    ("go_by", "bind_to"),
    ("take_turn", "record_attempt"),
    ("once_per", "cooldown"),
    ("begin_shared", "begin"),
    ("Desk", "ConsoleView"),
    ("desk", "console"),
    ("acts", "actions"),
    ("PaneActs", "PaneActions"),
    ("Numbers", "Stats"),
    ("MatchHint", "PasswordMatch"),
    ("visit", "CaptchaContext"),
    ("SCREEN", "PAGE"),
    ("screens", "pages"),
    ("LoginProblem", "UsernameProblem"),
];

/// Returns a source without its comments and string literals.
fn bare(source: &str) -> String {
    let mut bare = String::new();
    for (_, line) in code(source) {
        for (number, part) in line.split('"').enumerate() {
            if number % 2 == 0 {
                bare.push_str(part.split("//").next().unwrap_or_default());
            }
            bare.push(' ');
        }
        bare.push('\n');
    }
    bare
}

#[test]
fn retired_words_are_not_used() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut offenders = Vec::new();
    for path in walk(root).into_iter().filter(|path| !path.ends_with("tests/sources.rs")) {
        let name = name_of(&path);
        let source = bare(&source(&path));
        let words = source.split(|c: char| !c.is_alphanumeric() && c != '_');
        let used: std::collections::BTreeSet<&str> = words.collect();
        let found = RETIRED.iter().filter(|(word, _)| used.contains(word));
        offenders.extend(found.map(|(word, new)| format!("{name}: {word}, now {new}")));
    }
    assert!(offenders.is_empty(), "retired words:\n{}", offenders.join("\n"));
}

/// What stands above these modules: none of them uses any of it, by the first name of a path below `crate`. Areas may
/// use of each other what their features offer.
const ABOVE: [&str; 7] = ["account", "auth", "recovery", "support", "app", "cli", "server"];

/// What else a module must not use.
const NEVERS: [(&str, &str); 8] = [
    ("components", ""),
    ("http", "components"),
    (
        "db",
        "components config domain error http i18n images islands mailer random realtime security state telemetry turns",
    ),
    ("domain", "components http"),
    ("mailer", "components http islands state"),
    ("security", "components db domain http islands mailer state"),
    ("config", "components db http islands mailer security state"),
    ("islands", "config db http mailer security state"),
];

/// Returns the first names of all paths below `crate` that a source uses, also those in groups.
fn used(source: &str) -> std::collections::BTreeSet<String> {
    let mut found = std::collections::BTreeSet::new();
    let source = bare(source);
    for part in source.split("crate::").skip(1) {
        let Some(group) = part.strip_prefix('{') else {
            let name = part.split(|c: char| !c.is_alphanumeric() && c != '_').next();
            found.extend(name.map(str::to_owned));
            continue;
        };
        // The names at the first level of the group.
        let (mut depth, mut name, mut is_first) = (0, String::new(), true);
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    found.insert(std::mem::take(&mut name));
                    is_first = true;
                }
                ':' if depth == 0 => is_first = false,
                c if depth == 0 && is_first && (c.is_alphanumeric() || c == '_') => name.push(c),
                _ => {}
            }
        }
        found.insert(name);
    }
    found
}

#[test]
fn modules_use_only_what_is_below_them() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    assert_eq!(
        used("use crate::{a::{b, c}, d, e::f};\nfn x() { crate::g::h() }")
            .into_iter()
            .collect::<Vec<_>>(),
        ["a", "d", "e", "g"]
    );
    let mut offenders = Vec::new();
    for (module, nevers) in NEVERS {
        let files = walk(&root.join(module));
        assert!(!files.is_empty(), "{module}");
        for path in files {
            let name = name_of(&path);
            let used = used(&source(&path));
            let nevers = ABOVE.into_iter().chain(nevers.split_whitespace());
            let found = nevers.filter(|never| used.contains(*never));
            offenders.extend(found.map(|never| format!("{name} uses {never}")));
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}
