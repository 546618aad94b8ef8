//! The names of the built files, hashes included, read once at start.

use std::{collections::BTreeMap, path::Path};

/// The addresses that screens refer to.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The glue of the islands.
    pub js: String,
    /// What loads the rest of the islands.
    pub split: String,
    /// The islands of most pages, and what all stand on.
    pub wasm: String,
    /// The rest: the name of an island, and the files that it needs.
    pub lazy: Vec<(String, Vec<String>)>,
    /// Whether the names hold hashes: such a file never changes.
    pub hashed: bool,
}

impl Assets {
    /// Reads `hash.txt` of the site folder; without it (`make dev`) the names are plain.
    #[must_use]
    pub fn read(site_root: &Path) -> Self {
        let hashes = std::fs::read_to_string(site_root.join("hash.txt")).unwrap_or_default();
        let hash = |kind: &str| {
            let of_kind = |line: &'_ str| {
                Some(line.trim().strip_prefix(kind)?.strip_prefix(':')?.trim().to_owned())
            };
            hashes.lines().find_map(of_kind)
        };
        let file = |kind: &str, name: &str, ending: &str| match hash(kind) {
            Some(hash) => format!("/pkg/{name}.{hash}.{ending}"),
            None => format!("/pkg/{name}.{ending}"),
        };
        let wasm = if hashes.is_empty() { "latchkey_bg" } else { "latchkey" };
        let manifest = file("manifest", "__wasm_split_manifest", "json");
        Self {
            css: file("css", "latchkey", "css"),
            js: file("js", "latchkey", "js"),
            wasm: file("wasm", wasm, "wasm"),
            split: file("split", "__wasm_split", "js"),
            lazy: lazy(&site_root.join(manifest.trim_start_matches('/'))),
            hashed: !hashes.is_empty(),
        }
    }
}

/// The islands that are loaded where they are shown, by what the build wrote about them: `code_form_loader_…` and the
/// names of its files. They load by themselves if nothing is known of them here, only later.
fn lazy(manifest: &Path) -> Vec<(String, Vec<String>)> {
    let json = std::fs::read_to_string(manifest).unwrap_or_default();
    let islands: BTreeMap<String, Vec<String>> = serde_json::from_str(&json).unwrap_or_default();
    let named = islands.into_iter().filter_map(|(loader, files)| {
        let (island, _) = loader.split_once("_loader_")?;
        let files = files.into_iter().map(|file| format!("/pkg/{file}.wasm")).collect();
        Some((camel_case(island), files))
    });
    named.collect()
}

/// `CodeForm`, from `code_form`.
fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    });
    words.collect()
}
