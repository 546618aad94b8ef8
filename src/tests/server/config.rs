//! Settings: valid ones are accepted, an invalid one stops the start with one line that names it.

use std::path::Path;

use jiff::{civil::date, tz::TimeZone};

use crate::{
    clock::{Duration, Timestamp, minutes},
    config::{Accent, Config, Hours, SETTINGS},
};

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
        ("From outside", 4000, minutes(5))
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

#[test]
fn variables_that_kubernetes_sets_for_a_service_named_latchkey_are_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let theirs = [
        ("LATCHKEY_SERVICE_HOST", "10.96.0.7"),
        ("LATCHKEY_SERVICE_PORT", "3000"),
        ("LATCHKEY_SERVICE_PORT_HTTP", "3000"),
        ("LATCHKEY_PORT", "tcp://10.96.0.7:3000"),
        ("LATCHKEY_PORT_3000_TCP", "tcp://10.96.0.7:3000"),
        ("LATCHKEY_PORT_3000_TCP_PROTO", "tcp"),
        ("LATCHKEY_PORT_3000_TCP_PORT", "3000"),
        ("LATCHKEY_PORT_3000_TCP_ADDR", "10.96.0.7"),
        ("LATCHKEY_PORT_443_TCP", "tcp://[fd00::7]:443"),
        // Another service, named latchkey-db.
        ("LATCHKEY_DB_SERVICE_HOST", "fd00::8"),
        ("LATCHKEY_DB_PORT", "tcp://[fd00::8]:5432"),
        ("LATCHKEY_DB_PORT_5432_TCP_ADDR", "fd00::8"),
    ];
    load(folder.path(), &theirs).expect("it starts");
    // Other unknown variables still stop the start.
    for (name, value) in [
        ("LATCHKEY_PORT", "3000"),
        ("LATCHKEY_HOST", "10.96.0.7"),
        ("LATCHKEY_SERVICE_HOST", "shop"),
        ("LATCHKEY_SERVICE_PORT", "http"),
        ("LATCHKEY_PORT_3000_TCP", "3000"),
        ("LATCHKEY_SMTP_PORT", "587"),
        ("latchkey_port", "tcp://10.96.0.7:3000"),
    ] {
        let loaded = load(folder.path(), &[(name, value)]);
        if name.starts_with("LATCHKEY_") {
            let error = loaded.err().unwrap_or_else(|| panic!("{name}={value} was taken"));
            assert!(error.starts_with(name) && error.contains("no such setting"), "{error}");
        } else {
            loaded.expect("not ours");
        }
    }
}

/// Loads settings from a file with these lines.
fn from_file(lines: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("a folder");
    let file = folder.path().join("latchkey.toml");
    let (site, data) = (site.display().to_string(), folder.path().join("x.db"));
    let text =
        format!("site_root = {site:?}\ndatabase_url = \"sqlite:{}\"\n{lines}", data.display());
    std::fs::write(&file, text).expect("written");
    Config::load(Some(&file), std::iter::empty()).map_err(|error| error.to_string())
}

#[test]
fn lists_of_toml_stay_lists() {
    let config = from_file(
        r#"
            letter_senders = ['"Shop, Inc." <orders@shop.example>', "news@shop.example"]
            support_checks = ["orders, and what was in them", "", " the date of registration "]
            return_origins = ["https://shop.example", "https://m.shop.example/"]
            trusted_proxies = ["10.0.0.0/8", "192.0.2.7"]
        "#,
    );
    let config = config.expect("good");
    let senders: Vec<String> = config.letter_senders.iter().map(ToString::to_string).collect();
    assert_eq!(senders, ["\"Shop, Inc.\" <orders@shop.example>", "news@shop.example"]);
    assert_eq!(config.support_checks, ["orders, and what was in them", "the date of registration"]);
    assert_eq!(config.return_origins, ["https://shop.example", "https://m.shop.example"]);
    assert_eq!(config.trusted_proxies.len(), 2);
    // A list is no value for a single text, nor nested lists for a list.
    for lines in [r#"shop_name = ["a", "b"]"#, r#"letter_senders = [["a@shop.example"]]"#] {
        let error = from_file(lines).err().unwrap_or_else(|| panic!("{lines} was taken"));
        assert!(error.starts_with("LATCHKEY_") && error.lines().count() == 1, "{error}");
    }
}

#[test]
fn senders_in_one_text_may_have_commas_in_quotes() {
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        r#""Shop, Inc." <orders@shop.example>, The News <news@shop.example>, x@shop.example"#;
    let config = load(folder.path(), &[("LATCHKEY_LETTER_SENDERS", text)]).expect("good");
    let senders: Vec<String> = config.letter_senders.iter().map(ToString::to_string).collect();
    assert_eq!(senders.len(), 3, "{senders:?}");
    assert_eq!(senders[0], "\"Shop, Inc.\" <orders@shop.example>");
    assert_eq!(config.letter_senders[1].name.as_deref(), Some("The News"));
}

/// Returns a minute of November 2026 in Berlin, where the 16th is a Monday.
fn berlin(day: i8, hour: i8, minute: i8) -> Timestamp {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    let at = date(2026, 11, day).at(hour, minute, 0, 0).to_zoned(zone).expect("a time");
    at.timestamp().into()
}

#[test]
fn the_next_time_that_somebody_is_there_is_the_minute_at_which_the_hours_begin() {
    let hours = Hours::parse("Mon-Fri 10:00-18:00 Europe/Berlin").expect("hours");
    for (from, to) in [
        (berlin(16, 9, 51), berlin(16, 10, 0)),
        (berlin(16, 10, 0), berlin(16, 10, 0)),
        (berlin(16, 17, 59), berlin(16, 17, 59)),
        (berlin(16, 18, 0), berlin(17, 10, 0)),
        (berlin(20, 18, 6), berlin(23, 10, 0)),
    ] {
        assert_eq!(hours.next_open(from), Some(to));
    }
    // Seconds are dropped.
    assert_eq!(
        hours.next_open(berlin(16, 9, 51) + Duration::from_millis(30_123)),
        Some(berlin(16, 10, 0))
    );
    let odd = Hours::parse("Sat 10:07-10:09 Europe/Berlin").expect("hours");
    assert_eq!(odd.next_open(berlin(16, 9, 51)), Some(berlin(21, 10, 7)));
    // The night in which the clocks go back, and the hour that does not exist in spring.
    let spring = Hours::parse("Sun 02:30-12:00 Europe/Berlin").expect("hours");
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    let before = date(2026, 3, 28).at(12, 0, 0, 0).to_zoned(zone.clone()).expect("a time");
    let begin = date(2026, 3, 29).at(3, 30, 0, 0).to_zoned(zone).expect("a time");
    assert_eq!(spring.next_open(before.timestamp().into()), Some(begin.timestamp().into()));
}

#[test]
fn office_hours_are_written_as_people_write_them() {
    let is_open = |text: &str, (day, hour, minute): (i8, i8, i8)| {
        let hours = Hours::parse(&format!("{text} Europe/Berlin"));
        hours.unwrap_or_else(|error| panic!("{error}")).are_open(berlin(day, hour, minute))
    };
    // From Friday, the 20th, to Saturday, the 21st.
    let night = "Fri 22:00-02:00";
    assert!(!is_open(night, (20, 21, 59)) && is_open(night, (20, 22, 0)));
    assert!(is_open(night, (21, 1, 59)) && !is_open(night, (21, 2, 0)));
    assert!(!is_open(night, (20, 1, 0)) && !is_open(night, (21, 22, 0)));
    let midnight = "Fri 18:00-00:00";
    assert!(is_open(midnight, (20, 23, 59)) && !is_open(midnight, (21, 0, 0)));
    assert!(is_open("Mon-Sun 00:00-24:00", (21, 23, 59)));
    // A week that does not begin on Monday.
    let week = "Sun-Thu 09:00-18:00";
    for (day, open) in [(15, true), (16, true), (19, true), (20, false), (21, false), (22, true)] {
        assert_eq!(is_open(week, (day, 10, 0)), open, "{day}");
    }
    let listed = "Mon,Wed 09:00-18:00, Fri-Sat 10:00-14:00";
    for (day, open) in [(16, true), (17, false), (18, true), (19, false), (20, true), (21, true)] {
        assert_eq!(is_open(listed, (day, 11, 0)), open, "{day}");
    }
    assert!(!is_open(listed, (20, 9, 30)) && is_open(listed, (16, 9, 30)));
    for same in [
        "Mon – Fri 09:00–18:00",
        "mon-fri 9:00 - 18:00",
        "Monday-Friday 09:00—18:00",
        "Mon, Tue, Wed-Fri  09:00-18:00",
        "Mon-Fri 09:00-12:00, 12:00-18:00",
        "Mon\u{2011}Fri\u{a0}09:00-18:00",
    ] {
        assert!(is_open(same, (16, 9, 0)) && is_open(same, (20, 17, 59)), "{same}");
        assert!(!is_open(same, (20, 18, 0)) && !is_open(same, (21, 12, 0)), "{same}");
    }
}

#[test]
fn each_mistake_in_office_hours_names_itself() {
    for (text, named) in [
        ("Mon-Fri 09:00-18:00", "time zone"),
        ("Mon-Fri 09:00-18:00 Europe/Berlim", "`Europe/Berlim`"),
        ("Mo-Fr 09:00-18:00 UTC", "`Mo`"),
        ("Mon-Fry 09:00-18:00 UTC", "`Fry`"),
        ("Mon-Fri 09:00-25:00 UTC", "`25:00`"),
        ("Mon-Fri 24:00-09:00 UTC", "`24:00`"),
        ("Mon-Fri 0900-18:00 UTC", "`0900`"),
        ("Mon-Fri 09:60-18:00 UTC", "`09:60`"),
        ("Mon-Fri 9am-6pm UTC", "`9am`"),
        ("Mon-Fri 09:00 UTC", "`09:00`"),
        ("Mon-Fri 09:00-09:00 UTC", "`09:00-09:00`"),
        ("Mon-Fri UTC", "`Mon-Fri`"),
        ("09:00-18:00 UTC", "`09:00-18:00`"),
        ("Mon,,Tue 09:00-18:00 UTC", "comma"),
        ("Mon-Fri 09:00-18:00, Sat UTC", "`Sat`"),
        ("UTC", "Mon-Fri 09:00-18:00"),
    ] {
        let error = Hours::parse(text).err().unwrap_or_else(|| panic!("{text} was taken"));
        let error = error.to_string();
        assert!(error.starts_with("LATCHKEY_SUPPORT_HOURS"), "{error}");
        assert!(error.contains(named) && error.lines().count() == 1, "{text}: {error}");
    }
}

#[test]
fn office_hours_take_the_names_that_a_distribution_left_out() {
    for zone in ["Asia/Calcutta", "Europe/Kiev", "Etc/UTC", "US/Eastern"] {
        Hours::parse(&format!("Mon-Fri 09:00-18:00 {zone}")).unwrap_or_else(|e| panic!("{e}"));
    }
}

/// For a cdylib that is built with an rlib cargo silently leaves out link-time optimisation: the browser would load
/// half as much again.
#[test]
fn browser_build_is_a_cdylib_alone() {
    let manifest = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(path).expect("a manifest");
        text.parse::<toml::Table>().expect("TOML")
    };
    let kinds = |table: &toml::Table| {
        let kinds = table.get("lib").and_then(|lib| lib.get("crate-type"));
        kinds.map(|kinds| kinds.as_array().expect("a list").clone()).unwrap_or_default()
    };
    assert_eq!(kinds(&manifest("browser/Cargo.toml")), [toml::Value::from("cdylib")]);
    let root = manifest("Cargo.toml");
    assert_eq!(kinds(&root), [], "the library itself is an rlib");
    let profile = root.get("profile").and_then(|profiles| profiles.get("wasm-release"));
    assert_eq!(profile.and_then(|profile| profile.get("lto")), Some(&true.into()));
    let built = root["workspace"]["metadata"]["leptos"][0]["lib-package"].as_str();
    assert_eq!(built, Some("browser"));
}
