//! The odds of guessing, computed from the constants: `docs/odds-of-guessing.md` documents them, and they must not
//! grow.

use crate::domain::{
    values::{BackupCode, Code, ShortCode},
    verification::codes::{
        FAILURES_A_DAY, FAILURES_AN_HOUR_AND_NETWORK, SITE_FACTOR, SITE_FLOOR, SITE_NETWORK_MOST,
        SITE_USUAL_MOST, TRIES,
    },
};

const DOC: &str = include_str!("../../../docs/odds-of-guessing.md");

/// Tries a day, and the number of possible codes.
struct Row {
    who: &'static str,
    at: &'static str,
    tries: f64,
    of: f64,
}

fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let from_the_end: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|three| String::from_utf8_lossy(three).into_owned())
        .collect();
    from_the_end.join(",")
}

/// Formats `1 in …`, to three places.
fn odds(within: f64) -> String {
    let one_in = 1.0 / within;
    if one_in < 10.0 {
        return format!("{:.0} %", within * 100.0);
    }
    let scale = 10_f64.powf((one_in.log10().floor() - 2.0).max(0.0));
    if one_in < 1e12 {
        format!("1 in {}", grouped((one_in / scale).round() * scale))
    } else {
        format!("1 in 10^{:.0}", one_in.log10().floor())
    }
}

/// Returns the probability that at least one of `tries` is right.
fn hit(tries: f64, of: f64) -> f64 {
    -f64::exp_m1(tries * f64::ln_1p(-1.0 / of))
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn rows() -> Vec<Row> {
    let short = 10_f64.powi(i32::try_from(Code::SHORT).expect("small"));
    let of_letters = |length: usize| 32_f64.powi(i32::try_from(length).expect("small"));
    let account = FAILURES_A_DAY as f64;
    let network = (24 * FAILURES_AN_HOUR_AND_NETWORK) as f64;
    // Only part of the tries that a network has count for the alarm.
    let unseen = FAILURES_AN_HOUR_AND_NETWORK as f64 / SITE_NETWORK_MOST as f64;
    let quiet = 24.0 * SITE_FLOOR as f64 * unseen;
    let raised = 24.0 * (SITE_FACTOR * SITE_USUAL_MOST) as f64 * unseen;
    let fast = 24.0 * 3600.0 * 1000.0;
    let all = 10_000.0 * network;
    vec![
        Row {
            who: "anybody, from any number of networks",
            at: "one account",
            tries: account,
            of: short,
        },
        Row { who: "one network", at: "a million accounts", tries: network, of: short },
        Row { who: "ten thousand networks", at: "one account", tries: account, of: short },
        Row {
            who: "ten thousand networks, in a shop that is quiet",
            at: "a million accounts",
            tries: quiet.min(all),
            of: short,
        },
        Row {
            who: "ten thousand networks, after weeks of raising the usual",
            at: "a million accounts",
            tries: raised.max(quiet).min(all),
            of: short,
        },
        Row {
            who: "a thousand tries a second",
            at: "long codes",
            tries: fast,
            of: of_letters(Code::LONG),
        },
        Row {
            who: "a thousand tries a second",
            at: "saved codes of a million accounts",
            tries: fast,
            of: of_letters(BackupCode::LENGTH) / 1e7,
        },
        Row {
            who: "the support chat, any number of messages",
            at: "any account",
            tries: 0.0,
            of: short,
        },
    ]
}

fn table() -> String {
    let mut lines = vec![
        "| who guesses | at | tries a day | one is right within a day | within a year |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for Row { who, at, tries, of } in rows() {
        let within =
            |days: f64| if tries > 0.0 { odds(hit(tries * days, of)) } else { "never".to_owned() };
        let (day, year) = (within(1.0), within(365.0));
        lines.push(format!("| {who} | {at} | {} | {day} | {year} |", grouped(tries)));
    }
    lines.join("\n")
}

#[test]
fn a6_6_3_odds_are_what_the_document_says() {
    let told = DOC.split("<!-- computed -->").nth(1).map(str::trim);
    assert_eq!(told, Some(table().as_str()), "\n{}", table());
}

/// Limits that the constants must keep, whatever the document states.
#[test]
fn a6_6_3_odds_do_not_grow() {
    let size = |length: usize| i64::try_from(length).expect("small");
    for (what, value, most) in [
        ("tries at an account in a day, through all doors", FAILURES_A_DAY, 20),
        ("tries of one code", TRIES, 5),
        ("digits of a short code, turned round", -size(Code::SHORT), -6),
        ("characters of a long code, turned round", -size(Code::LONG), -12),
        ("characters of a saved code, turned round", -size(BackupCode::LENGTH), -16),
        ("characters of a code below a QR code, turned round", -size(ShortCode::LENGTH), -8),
        ("what one network adds at the turn of an hour", 2 * SITE_NETWORK_MOST, SITE_FLOOR - 1),
        ("what counts of a network's tries", SITE_NETWORK_MOST, FAILURES_AN_HOUR_AND_NETWORK),
    ] {
        assert!(value <= most, "{what}: {value}");
    }
    for Row { who, at, tries, of } in rows() {
        let day = hit(tries, of);
        let most = if at == "one account" { 0.000_021 } else { 0.015 };
        assert!(day <= most, "{who}, {at}: {day}");
    }
}
