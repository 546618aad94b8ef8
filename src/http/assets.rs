//! The names of the built files, including hashes, read once at start.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

/// The addresses of the built files that pages refer to.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet that every page can use.
    css: String,
    /// Smaller style sheets, by name.
    sheets: BTreeMap<String, String>,
    /// The bundles of the browser build, the smallest first.
    bundles: Vec<Bundle>,
    /// The bundle that every page can use.
    whole: Bundle,
    /// Whether the names contain hashes: such a file never changes.
    pub hashed: bool,
}

/// A browser build with the islands of some pages.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Bundle {
    /// The JavaScript glue, a module.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// Its size over the wire, in bytes.
    #[serde(default)]
    size: u64,
    /// The islands in it, as `data-component` names them.
    #[serde(default)]
    islands: Vec<String>,
}

impl Assets {
    /// Reads `hash.txt`, `bundles.json` and `sheets.json` from the site folder; without them (`make dev`) the names are
    /// plain, and all pages use one bundle and one style sheet.
    #[must_use]
    pub(crate) fn read(site_root: &Path) -> Self {
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
        let whole = Bundle {
            js: file("js", "latchkey", "js"),
            wasm: file("wasm", wasm, "wasm"),
            ..Bundle::default()
        };
        let json = std::fs::read_to_string(site_root.join("bundles.json")).unwrap_or_default();
        let mut bundles: Vec<Bundle> = serde_json::from_str(&json).unwrap_or_default();
        bundles.sort_by_key(|bundle| bundle.size);
        let json = std::fs::read_to_string(site_root.join("sheets.json")).unwrap_or_default();
        let sheets = serde_json::from_str(&json).unwrap_or_default();
        let css = file("css", "latchkey", "css");
        Self { css, sheets, bundles, whole, hashed: !hashes.is_empty() }
    }

    /// Returns the style sheet of this name; without a name, or where it was not built, that of all pages.
    #[must_use]
    pub(crate) fn style(&self, name: Option<&str>) -> &str {
        name.and_then(|name| self.sheets.get(name)).unwrap_or(&self.css)
    }

    /// Returns assets as if every style sheet had been built.
    #[cfg(test)]
    pub(crate) fn of_tests() -> Self {
        let names = ["card", "chat", "console"];
        let sheets = names.map(|name| (name.to_owned(), format!("/pkg/{name}.css")));
        Self { css: "/pkg/main.css".to_owned(), sheets: sheets.into(), ..Self::default() }
    }

    /// Returns the smallest bundle that contains all islands of a page, given its HTML.
    #[must_use]
    pub(crate) fn bundle(&self, html: &str) -> &Bundle {
        let shown: Vec<&str> = html
            .split("data-component=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let holds = |bundle: &&Bundle| {
            shown.iter().all(|island| bundle.islands.iter().any(|held| held == island))
        };
        self.bundles.iter().find(holds).unwrap_or(&self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loads_the_smallest_bundle_that_holds_its_islands() {
        let site = tempfile::tempdir().expect("a folder");
        let json = r#"[{"js":"/pkg/large.js","wasm":"/pkg/large.wasm","size":9,"islands":["Form_1","Chat_2"]},
            {"js":"/pkg/small.js","wasm":"/pkg/small.wasm","size":4,"islands":["Form_1"]}]"#;
        std::fs::write(site.path().join("bundles.json"), json).expect("written");
        std::fs::write(site.path().join("hash.txt"), "js: 0a\nwasm: 0b\ncss: 0c\n")
            .expect("written");
        let assets = Assets::read(site.path());
        let island =
            |name: &str| format!(r#"<leptos-island data-component="{name}" data-props="{{}}">"#);
        let js = |html: String| assets.bundle(&html).js.clone();
        assert_eq!(js(island("Form_1")), "/pkg/small.js");
        assert_eq!(js(island("Form_1") + &island("Chat_2")), "/pkg/large.js");
        assert_eq!(js(island("Form_1") + &island("Console_3")), "/pkg/latchkey.0a.js");
        assert_eq!(js(island("Form_12")), "/pkg/latchkey.0a.js");
    }

    #[test]
    fn a_site_without_bundles_has_one_for_all() {
        let site = tempfile::tempdir().expect("a folder");
        let assets = Assets::read(site.path());
        assert_eq!(assets.bundle("").js, "/pkg/latchkey.js");
        assert_eq!(assets.bundle("").wasm, "/pkg/latchkey_bg.wasm");
        assert!(!assets.hashed);
    }
}
