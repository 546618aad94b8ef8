//! Settings: what is good is taken, what is not stops the start with one line that names it.

use std::path::Path;

use crate::server::config::{Accent, Config, SETTINGS};

use super::super::harness;

fn load(folder: &Path, change: &[(&str, &str)]) -> Result<Config, String> {
    let mut settings = vec![
        (
            "LATCHKEY_DATABASE_URL".to_owned(),
            format!("sqlite:{}", folder.join("data/latchkey.db").display()),
        ),
        ("LATCHKEY_SITE_ROOT".to_owned(), folder.join("site").display().to_string()),
    ];
    std::fs::create_dir_all(folder.join("site/pkg")).expect("a folder");
    for (name, value) in change {
        settings.retain(|(theirs, _)| theirs != name);
        settings.push(((*name).to_owned(), (*value).to_owned()));
    }
    Config::load(None, settings.into_iter()).map_err(|error| error.to_string())
}

#[test]
fn bad_settings_stop_the_start_with_one_line_that_names_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&[(&str, &str)], &str); 28] = [
        (&[("LATCHKEY_LISTEN", "here")], "LATCHKEY_LISTEN"),
        (&[("LATCHKEY_ADMIN_LISTEN", "there")], "LATCHKEY_ADMIN_LISTEN"),
        (&[("LATCHKEY_ADMIN_LISTEN", "127.0.0.1:3000")], "LATCHKEY_ADMIN_LISTEN"),
        (&[("LATCHKEY_BASE_URL", "shop")], "LATCHKEY_BASE_URL"),
        (&[("LATCHKEY_BASE_URL", "http://shop.example")], "LATCHKEY_BASE_URL"),
        (&[("LATCHKEY_BASE_URL", "https://shop.example/account")], "LATCHKEY_BASE_URL"),
        (&[("LATCHKEY_BASE_URL", "https://shop.example")], "LATCHKEY_SMTP_URL"),
        (
            &[
                ("LATCHKEY_BASE_URL", "https://shop.example"),
                ("LATCHKEY_SMTP_URL", "smtp://m"),
                ("LATCHKEY_LIMITS", "off"),
            ],
            "LATCHKEY_LIMITS",
        ),
        (&[("LATCHKEY_SITE_ROOT", "/nowhere")], "LATCHKEY_SITE_ROOT"),
        (&[("LATCHKEY_DATABASE_URL", "mysql://x")], "LATCHKEY_DATABASE_URL"),
        (&[("LATCHKEY_DATABASE_URL", "sqlite:")], "LATCHKEY_DATABASE_URL"),
        (&[("LATCHKEY_DATABASE_URL", "postgres://h/d")], "LATCHKEY_SECRET"),
        (&[("LATCHKEY_SECRET", "short")], "LATCHKEY_SECRET"),
        (&[("LATCHKEY_SECRET", "MDEyMzQ1Njc4OWFiY2RlZg==")], "LATCHKEY_SECRET"),
        (&[("LATCHKEY_SMTP_URL", "http://m")], "LATCHKEY_SMTP_URL"),
        (&[("LATCHKEY_MAIL_FROM", "nobody")], "LATCHKEY_MAIL_FROM"),
        (&[("LATCHKEY_SHOP_NAME", "")], "LATCHKEY_SHOP_NAME"),
        (&[("LATCHKEY_SHOP_NAME", "a\nb")], "LATCHKEY_SHOP_NAME"),
        (&[("LATCHKEY_SHOP_URL", "shop")], "LATCHKEY_SHOP_URL"),
        (&[("LATCHKEY_ACCENT", "blue")], "LATCHKEY_ACCENT"),
        (&[("LATCHKEY_RETURN_ORIGINS", "https://shop.example/path")], "LATCHKEY_RETURN_ORIGINS"),
        (&[("LATCHKEY_TRUSTED_PROXIES", "proxy")], "LATCHKEY_TRUSTED_PROXIES"),
        (&[("LATCHKEY_CODE_TTL_SECONDS", "soon")], "LATCHKEY_CODE_TTL_SECONDS"),
        (&[("LATCHKEY_CODE_RESEND_SECONDS", "-1")], "LATCHKEY_CODE_RESEND_SECONDS"),
        (&[("LATCHKEY_PASSWORD_PRESET", "strong")], "LATCHKEY_PASSWORD_PRESET"),
        (&[("LATCHKEY_LETTER_SENDERS", "nobody")], "LATCHKEY_LETTER_SENDERS"),
        (&[("LATCHKEY_ASSISTED_WAIT_SECONDS", "0")], "LATCHKEY_ASSISTED_WAIT_SECONDS"),
        (&[("LATCHKEY_COLOUR", "red")], "LATCHKEY_COLOUR"),
    ];
    for (change, named) in cases {
        let error =
            load(folder.path(), change).err().unwrap_or_else(|| panic!("{change:?} was taken"));
        assert!(error.starts_with(named) && error.lines().count() == 1, "{change:?}: {error}");
    }
}

#[test]
fn a_database_password_is_not_repeated_in_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = load(folder.path(), &[("LATCHKEY_DATABASE_URL", "mysql://me:canary@h/d")])
        .err()
        .expect("an error");
    assert!(!error.contains("canary"));
}

#[test]
fn secret_is_made_once_and_readable_by_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let first = load(folder.path(), &[]).expect("good").secret;
    assert_eq!(first.len(), 32);
    assert_eq!(load(folder.path(), &[]).expect("good").secret, first);
    let mode = std::fs::metadata(folder.path().join("data/secret"))
        .expect("the file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        std::fs::read_dir(folder.path().join("data")).expect("a folder").count(),
        1,
        "nothing else is left there"
    );
}

#[test]
fn environment_overrides_the_file_and_unknown_keys_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("a folder");
    let file = folder.path().join("latchkey.toml");
    let text = format!(
        "shop_name = \"From the file\"\nlisten = \"127.0.0.1:4000\"\ncode_ttl_seconds = 300\n\
         return_origins = [\"https://a.example\", \"https://b.example\"]\nsite_root = {:?}\ndatabase_url = \"sqlite:{}\"\n",
        site.display().to_string(),
        folder.path().join("x.db").display()
    );
    std::fs::write(&file, &text).expect("written");
    let env = [("LATCHKEY_SHOP_NAME".to_owned(), "From outside".to_owned())];
    let config = Config::load(Some(&file), env.into_iter()).expect("good");
    assert_eq!(
        (config.shop_name.as_str(), config.listen.port(), config.code_ttl),
        ("From outside", 4000, 300_000)
    );
    assert_eq!(config.return_origins, ["https://a.example", "https://b.example"]);
    std::fs::write(&file, format!("{text}colour = \"red\"\n")).expect("written");
    let error = Config::load(Some(&file), std::iter::empty()).err().expect("an error").to_string();
    assert!(error.contains("colour") && error.lines().count() == 1, "{error}");
}

#[test]
fn example_file_shows_every_setting_with_its_default() {
    let example = include_str!("../../../latchkey.example.toml");
    for (key, default) in SETTINGS {
        let lines: Vec<&str> = example
            .lines()
            .filter_map(|line| line.strip_prefix("# ")?.strip_prefix(key)?.trim().strip_prefix('='))
            .collect();
        assert_eq!(lines.len(), 1, "{key} stands there {} times", lines.len());
        let table: toml::Table = format!("value = {}", lines[0]).parse().expect("TOML");
        let shown = match &table["value"] {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(shown, default, "{key}");
    }
}

#[test]
fn accent_keeps_its_hue_and_comes_back_as_hex() {
    let blue = Accent::parse("#3d5bd9".to_owned()).expect("a colour");
    assert!((255.0..275.0).contains(&blue.hue) && blue.chroma <= 0.17, "{blue:?}");
    let grey = Accent::parse("#808080".to_owned()).expect("a colour");
    assert!(grey.chroma < 0.001);
    assert_eq!(grey.hex().len(), 7);
    for bad in ["#12345", "123456", "#12345g", "#ééé"] {
        assert!(Accent::parse(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn harness_begins_with_good_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = harness::config(folder.path(), "sqlite:x.db".to_owned());
    assert!(config.limits && config.return_origins == ["https://shop.example"]);
}
