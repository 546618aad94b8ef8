//! Turns `locales/*.json` into Rust: one function per text, so that a missing key, a missing translation or a misspelt
//! placeholder fails the build.
//!
//! English is the reference: its keys, and the order in which its placeholders first appear, define the signatures. An
//! object whose keys are CLDR plural categories is a plural text, whose function takes `count: i64` first.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a build script reports by failing"
)]

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

use serde_json::{Map, Value};

/// The locales: file stem, Rust variant, required plural categories (CLDR 48).
const LOCALES: [(&str, &str, &[&str]); 2] =
    [("en", "En", &["one", "other"]), ("ru", "Ru", &["one", "few", "many", "other"])];
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=build.rs");
    let texts: Vec<Map<String, Value>> = LOCALES
        .iter()
        .map(|(stem, _, _)| {
            let path = format!("locales/{stem}.json");
            let json = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
            match serde_json::from_str(&json) {
                Ok(Value::Object(map)) => map,
                other => panic!("{path}: not a JSON object: {other:?}"),
            }
        })
        .collect();
    let mut out = String::new();
    module(&mut out, &texts.iter().collect::<Vec<_>>(), "");
    handle(&mut out, texts.first().expect("there is a first locale"), "all texts");
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("i18n.rs");
    fs::write(target, out).expect("OUT_DIR is writable");
}

/// Writes one nesting level: groups become modules, texts become functions.
fn module(out: &mut String, maps: &[&Map<String, Value>], path: &str) {
    let (reference, others) = maps.split_first().expect("there is a first locale");
    for (map, (stem, ..)) in others.iter().zip(LOCALES.iter().skip(1)) {
        for key in map.keys() {
            assert!(
                reference.contains_key(key),
                "locales/{stem}.json: {path}{key} is not in en.json"
            );
        }
    }
    for (key, value) in *reference {
        let at = format!("{path}{key}");
        let values: Vec<&Value> = maps
            .iter()
            .zip(LOCALES)
            .map(|(map, (stem, ..))| {
                map.get(key).unwrap_or_else(|| panic!("locales/{stem}.json: {at} is missing"))
            })
            .collect();
        match value {
            Value::String(_) => text(out, key, &values, &at),
            Value::Object(map) if map.keys().all(|k| CATEGORIES.contains(&k.as_str())) => {
                plural(out, key, &values, &at);
            }
            Value::Object(_) => {
                let maps: Vec<&Map<String, Value>> = values
                    .iter()
                    .map(|v| {
                        v.as_object().unwrap_or_else(|| panic!("{at}: a group in English only"))
                    })
                    .collect();
                let _ =
                    writeln!(out, "/// Texts below `{at}`.\npub mod {key} {{\nuse super::Locale;");
                module(out, &maps, &format!("{at}."));
                handle(
                    out,
                    maps.first().expect("there is a first locale"),
                    &format!("the texts below `{at}`"),
                );
                out.push_str("}\n");
            }
            _ => panic!("{at}: a text or a group is expected"),
        }
    }
}

/// Writes `Texts`: the same functions as methods, for components that take their language from the context.
fn handle(out: &mut String, reference: &Map<String, Value>, what: &str) {
    let _ = writeln!(
        out,
        "/// In one language: {what}.\n#[derive(Clone, Copy, Debug, Default)]\npub struct Texts(pub Locale);\n\
         impl Texts {{"
    );
    for (key, value) in reference {
        let (plural, forms) = match value {
            Value::Object(map) if map.keys().all(|k| CATEGORIES.contains(&k.as_str())) => {
                (true, map.get("other"))
            }
            Value::Object(_) => {
                let _ = writeln!(
                    out,
                    "/// The texts below `{key}`.\n#[must_use] pub const fn {key}(self) -> {key}::Texts {{ {key}::Texts(self.0) }}"
                );
                continue;
            }
            text => (false, Some(text)),
        };
        let text = forms.and_then(Value::as_str).unwrap_or_default();
        let names: Vec<&str> = placeholders(text, key)
            .into_iter()
            .filter(|name| !plural || *name != "count")
            .collect();
        let given: String = names.iter().map(|name| format!(", {name}")).collect();
        // A placeholder may have the same name as the text.
        let function =
            if names.contains(&key.as_str()) { format!("self::{key}") } else { key.clone() };
        let expected = match key.as_str() {
            "new" => "#[expect(clippy::new_ret_no_self, reason = \"a text\")]\n",
            _ => "",
        };
        let (count, counted) = if plural { (", count: i64", ", count") } else { ("", "") };
        let (kind, result) = if plural || !names.is_empty() {
            ("fn", "String")
        } else {
            ("const fn", "&'static str")
        };
        let _ = writeln!(
            out,
            "/// “{}”\n{expected}#[must_use] pub {kind} {key}(self{count}{}) -> {result} {{ {function}(self.0{counted}{given}) }}",
            text.replace('\n', " "),
            arguments(&names)
        );
    }
    out.push_str("}\n");
}

fn text(out: &mut String, key: &str, values: &[&Value], at: &str) {
    let texts: Vec<&str> = values.iter().map(|v| string(v, at)).collect();
    let names = placeholders(texts[0], at);
    for text in &texts {
        let mut theirs = placeholders(text, at);
        let mut ours = names.clone();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert!(ours == theirs, "{at}: placeholders differ: {ours:?} and {theirs:?}");
    }
    let _ = writeln!(out, "/// “{}”", texts[0].replace('\n', " "));
    if names.is_empty() {
        let _ =
            writeln!(out, "pub const fn {key}(locale: Locale) -> &'static str {{ match locale {{");
        for (text, (_, variant, _)) in texts.iter().zip(LOCALES) {
            let _ = writeln!(out, "Locale::{variant} => {text:?},");
        }
    } else {
        let _ = writeln!(
            out,
            "pub fn {key}(locale: Locale{}) -> String {{ match locale {{",
            arguments(&names)
        );
        for (text, (_, variant, _)) in texts.iter().zip(LOCALES) {
            let _ = writeln!(out, "Locale::{variant} => format!({text:?}),");
        }
    }
    out.push_str("} }\n");
}

fn plural(out: &mut String, key: &str, values: &[&Value], at: &str) {
    let forms: Vec<BTreeMap<&str, &str>> = values
        .iter()
        .map(|v| {
            let map = v.as_object().unwrap_or_else(|| panic!("{at}: plural in English only"));
            map.iter().map(|(k, v)| (k.as_str(), string(v, at))).collect()
        })
        .collect();
    let names: Vec<&str> =
        placeholders(forms[0]["other"], at).into_iter().filter(|n| *n != "count").collect();
    let _ = writeln!(out, "/// “{}”", forms[0]["other"]);
    let _ = writeln!(
        out,
        "pub fn {key}(locale: Locale, count: i64{}) -> String {{ match (locale, crate::i18n::category(locale, count)) {{",
        arguments(&names)
    );
    for (form, (stem, variant, categories)) in forms.iter().zip(LOCALES) {
        let have: Vec<&str> = form.keys().copied().collect();
        let mut want = categories.to_vec();
        want.sort_unstable();
        assert!(have == want, "locales/{stem}.json: {at} needs the plural forms {want:?}");
        for category in categories.iter().filter(|c| **c != "other") {
            let text = form[category];
            let _ = writeln!(
                out,
                "(Locale::{variant}, crate::i18n::Category::{}) => format!({text:?}),",
                upper(category)
            );
        }
        let _ = writeln!(out, "(Locale::{variant}, _) => format!({:?}),", form["other"]);
    }
    out.push_str("} }\n");
}

fn arguments(names: &[&str]) -> String {
    names.iter().fold(String::new(), |mut all, n| {
        let _ = write!(all, ", {n}: impl std::fmt::Display");
        all
    })
}

fn upper(category: &str) -> String {
    let mut letters = category.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn string<'a>(value: &'a Value, at: &str) -> &'a str {
    value.as_str().unwrap_or_else(|| panic!("{at}: a text is expected"))
}

/// Returns the `{names}` of a text, each once, in the order of their first appearance.
fn placeholders<'a>(text: &'a str, at: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once('{') {
        let (name, tail) = tail.split_once('}').unwrap_or_else(|| panic!("{at}: unclosed {{"));
        assert!(
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{at}: bad placeholder {name:?}"
        );
        if !names.contains(&name) {
            names.push(name);
        }
        rest = tail;
    }
    names
}
