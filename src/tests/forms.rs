//! Parse-once types: any input is judged without a panic, and what passes has the promised form.

use proptest::prelude::*;

use crate::{
    domain::values::{
        BackupCode, Code, DeviceName, DisplayName, EmailAddress, EmailProblem, Password,
        PasswordContext, PasswordProblem, SecretText, ShortCode, Username, UsernameProblem,
        codes_in, decimal, identifier_key, two_digits,
    },
    i18n::Locale,
};

/// Any text, and text that resembles a name: with letter case, composed or joined characters, invisible ones and bidi
/// controls.
const NAMES: &str = "\\PC*|[\u{1}-\u{2ff}İıſKßẞŉǅﬀΐᾳ\u{300}-\u{345}\u{ad}\u{200b}-\u{200f}\u{2060}\u{feff}]{1,9}(@[a-zA-Zäßſıİ\u{ad}\u{200c}\u{200d}。.-]{1,9}\\.[a-zａ-ｚà-ž]{2,5})?|[a-zA-ZẞßİК-Яא-תก-ฺเ-๏अ-ह\u{93e}-\u{94d}あ-んァ-ン一-鿿_\\-0-9]{3,12}|.{0,4}[@＠﹫].{0,6}";

proptest! {
    #[test]
    fn login_is_three_to_thirty_two_letters_digits_and_two_signs(typed in "\\PC*") {
        if let Ok(login) = Username::parse(&typed) {
            let count = login.as_str().chars().count();
            prop_assert!((3..=32).contains(&count));
            let is_mark = unicode_normalization::char::is_combining_mark;
            prop_assert!(login.as_str().chars().all(|c| c.is_alphanumeric() || is_mark(c) || "_-".contains(c)));
            prop_assert!(login.as_str().starts_with(|c: char| !is_mark(c)));
            prop_assert!(!login.as_str().contains(['@', '.', ' ', '\r', '\n']));
        }
    }

    #[test]
    fn device_name_is_one_line_of_forty_signs_that_turn_nothing(typed in "\\PC*|[a-zа-я \r\n\t\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]{0,60}") {
        if let Ok(Some(name)) = DeviceName::parse(&typed) {
            let name = name.as_str();
            prop_assert!((1..=40).contains(&name.chars().count()) && name == name.trim());
            let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!name.chars().any(|c| c.is_control() || turns(c)), "{:?}", name);
            // By the same rules as the display name.
            let same = DisplayName::parse(&typed).expect("it is shorter");
            prop_assert_eq!(same.as_ref().map(DisplayName::as_str), Some(name));
        }
    }

    #[test]
    fn login_key_forgets_letter_case(typed in "[a-zA-Zß0-9_-]{3,32}") {
        let key = |text: &str| Username::parse(text).map(|login| login.key());
        prop_assert_eq!(key(&typed.to_uppercase()).ok(), key(&typed).ok().map(|k| k.replace('ß', "ss")).filter(|_| typed.to_uppercase().chars().count() <= 32));
    }

    #[test]
    fn login_key_is_what_sign_in_looks_up(typed in "\\PC*") {
        if let Ok(login) = Username::parse(&typed) {
            prop_assert_eq!(login.key(), identifier_key(&typed));
        }
    }

    #[test]
    fn folding_twice_is_folding_once(typed in NAMES) {
        let key = identifier_key(&typed);
        prop_assert_eq!(identifier_key(&key), key);
    }

    #[test]
    fn name_that_is_stored_is_found_and_judged_as_it_was(typed in NAMES) {
        if let Ok(login) = Username::parse(&typed) {
            prop_assert_eq!(login.key(), identifier_key(&typed));
            prop_assert_eq!(login.key(), identifier_key(login.as_str()));
            prop_assert_eq!(Username::parse(login.as_str()), Ok(login.clone()));
            prop_assert!(!login.key().contains('@'));
        }
        if let Ok(email) = EmailAddress::parse(&typed) {
            prop_assert_eq!(email.key(), identifier_key(&typed));
            prop_assert_eq!(email.key(), identifier_key(email.as_str()));
            prop_assert_eq!(email.key(), identifier_key(&email.shown()));
            prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email.clone()));
            prop_assert_eq!(EmailAddress::parse(&email.shown()), Ok(email.clone()));
            prop_assert!(email.key().contains('@'));
        }
    }

    #[test]
    fn letter_case_and_what_cannot_be_seen_make_no_other_name(
        typed in "[a-zA-Zà-öø-ÿĀ-žΑ-ωА-яёİ0-9]{1,12}(@[a-zäöüа-я]{2,8}\\.example)?",
        unseen in "[\u{200b}\u{feff}\u{ad}\u{2060}]{0,2}",
    ) {
        let (upper, spaced): (String, String) = (
            typed.to_uppercase(),
            typed.chars().map(|c| format!("{unseen}{c}{unseen}")).collect(),
        );
        prop_assert_eq!(identifier_key(&spaced), identifier_key(&typed));
        // In simple case folding `ß` has no capital that folds back to it, and `ŉ` becomes two letters.
        if !typed.contains(['ß', 'ŉ', 'İ', 'ı', 'ΐ', 'ΰ', 'ſ']) {
            prop_assert_eq!(identifier_key(&upper), identifier_key(&typed));
        }
    }

    #[test]
    fn logins_of_one_key_look_alike(typed in NAMES) {
        if let Ok(login) = Username::parse(&typed)
            && let Ok(small) = Username::parse(&login.key())
        {
            prop_assert_eq!(login.looks().key, small.looks().key);
        }
    }

    #[test]
    fn email_is_one_line_with_one_address(typed in "\\PC*|[a-z.+]{1,9}@[a-z.]{1,12}") {
        if let Ok(email) = EmailAddress::parse(&typed) {
            prop_assert!(email.as_str().contains('@') && !email.as_str().chars().any(char::is_control));
            prop_assert!(email.as_str().len() <= 254);
            prop_assert_eq!(email.key(), identifier_key(&typed));
        }
    }

    #[test]
    fn password_keeps_every_character(typed in "\\PC{0,200}") {
        let context = PasswordContext { min: 10, words: &[] };
        match Password::choose(&typed, &context) {
            Ok(password) => {
                prop_assert!((10..=128).contains(&password.expose_secret().chars().count()));
                prop_assert_eq!(Password::entered(&typed).map(|p| p.expose_secret().to_owned()), Some(password.expose_secret().to_owned()));
            }
            Err(PasswordProblem::TooLong) => prop_assert!(Password::entered(&typed).is_none()),
            Err(_) => {}
        }
    }

    #[test]
    fn code_survives_spaces_dashes_and_letter_case(code in "[0-9]{6}|[0-9A-HJKMNP-TV-Z]{12}", gap in "[ \\-\u{a0}]{0,2}") {
        let spaced: String = code.chars().map(|c| format!("{}{gap}", c.to_lowercase())).collect();
        let parsed = Code::parse(&spaced);
        prop_assert_eq!(parsed.map(|c| c.expose_secret().to_owned()), Some(code));
    }

    #[test]
    fn code_is_six_digits_or_twelve_characters(typed in "\\PC{0,20}") {
        if let Some(code) = Code::parse(&typed) {
            prop_assert!(matches!(code.expose_secret().len(), 6 | 12));
        }
    }

    #[test]
    fn code_is_found_among_words_quotes_and_unseen_marks(
        code in "[0-9]{6}", zero in "[0٠۰०๐০０𝟎]",
        before in "(Your code: |Ваш код |\\(\u{200e}|«|\u{202a}|【|コードは)?", after in "([.,!»\\)】]|\u{202c}| is good until 14:13|です)?",
        between in "[\u{200e}\u{2011}\u{200b}\u{ad}]?"
    ) {
        let zero = u32::from(zero.chars().next().unwrap_or('0'));
        let typed: Vec<String> = code
            .bytes()
            .filter_map(|digit| char::from_u32(zero + u32::from(digit - b'0')))
            .map(String::from)
            .collect();
        let typed = format!("{before}{}{after}", typed.join(&between));
        prop_assert_eq!(Code::parse(&typed).map(|c| c.expose_secret().to_owned()), Some(code), "{}", typed);
    }

    #[test]
    fn no_text_is_too_strange_for_codes(typed in "\\PC{0,60}") {
        for found in codes_in(&typed) {
            prop_assert!(typed.get(found.range).is_some());
        }
        let _ = (BackupCode::parse(&typed), ShortCode::parse(&typed), two_digits(&typed));
    }

    #[test]
    fn saved_code_survives_spaces_dashes_letter_case_and_look_alikes(
        code in "[0-9A-HJKMNP-TV-Z]{16}", gap in "[ \\-\u{a0}]{0,2}", zero in "[0oO]", one in "[1iIlL]"
    ) {
        let typed: String = code
            .chars()
            .map(|c| match c {
                '0' => format!("{zero}{gap}"),
                '1' => format!("{one}{gap}"),
                c => format!("{}{gap}", c.to_lowercase()),
            })
            .collect();
        let parsed = BackupCode::parse(&typed);
        prop_assert_eq!(parsed.as_ref().map(|c| c.expose_secret().to_owned()), Some(code));
        let display = parsed.map(|c| c.display()).unwrap_or_default();
        prop_assert!(display.len() == 19 && BackupCode::parse(&display).is_some());
    }

    #[test]
    fn saved_code_is_sixteen_characters(typed in "\\PC{0,24}") {
        if let Some(code) = BackupCode::parse(&typed) {
            prop_assert_eq!(code.expose_secret().len(), BackupCode::LENGTH);
        }
    }

    #[test]
    fn accept_language_never_panics(header in "\\PC{0,60}") {
        let _ = Locale::negotiate(&header);
    }
}

#[test]
fn look_alike_scripts_are_told_apart() {
    assert_eq!(Username::parse("аdmin"), Err(UsernameProblem::MixedScripts));
    assert!(Username::parse("админ").is_ok() && Username::parse("admin_2").is_ok());
    // Full-width letters are the same letters.
    assert_eq!(
        Username::parse("ＡＤＭＩＮ").map(|l| l.key()),
        Username::parse("admin").map(|l| l.key())
    );
}

#[test]
fn host_is_stored_as_it_travels_and_shown_as_it_is_read() {
    for (typed, stored, shown) in [
        ("anna@Bücher.example", "anna@xn--bcher-kva.example", "anna@bücher.example"),
        ("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example", "anna@bücher.example"),
        ("анна@почта.рф", "анна@xn--80a1acny.xn--p1ai", "анна@почта.рф"),
        ("anna＠mail。example", "anna@mail.example", "anna@mail.example"),
        // Letters that all look Latin, and letters of two alphabets.
        ("anna@сосо.example", "anna@xn--n1aahb.example", "anna@xn--n1aahb.example"),
        ("anna@mаil.example", "anna@xn--mil-6cd.example", "anna@xn--mil-6cd.example"),
        ("an\u{200d}na@ma\u{200d}il.example", "anna@mail.example", "anna@mail.example"),
        // Persian is written with a joiner: without it this would be another host.
        ("a@نامه\u{200c}ای.example", "a@xn--mgba3gch31f060k.example", "a@نامه\u{200c}ای.example"),
    ] {
        let email = EmailAddress::parse(typed).unwrap_or_else(|e| panic!("{typed}: {e:?}"));
        assert_eq!((email.as_str(), email.shown().as_str()), (stored, shown), "{typed}");
    }
    assert!(EmailAddress::parse("анна@почта.рф").is_ok_and(|email| email.needs_smtputf8()));
    assert!(EmailAddress::parse("anna@почта.рф").is_ok_and(|email| !email.needs_smtputf8()));
    for typed in [
        "a@-mail.example",
        "a@mail..example",
        "a@xn--a.example",
        "a@ma_il.example",
        "a@mail.example.",
    ] {
        assert_eq!(EmailAddress::parse(typed), Err(EmailProblem::Malformed), "{typed}");
    }
    let long = format!("a@{}.example", "ä".repeat(70));
    assert_eq!(EmailAddress::parse(&long), Err(EmailProblem::Malformed), "a label has 63 bytes");
}

#[test]
fn long_codes_forgive_look_alike_letters() {
    assert_eq!(
        Code::parse("O1IL-0000-0000").map(|c| c.display()),
        Some("0111-0000-0000".to_owned())
    );
}

#[test]
fn secrets_cannot_be_printed_or_serialised() {
    let secret = SecretText::from("my secret words".to_owned());
    assert_eq!(format!("{secret:?}"), "SecretText(…)");
    assert!(serde_json::to_string(&secret).is_err());
}

#[test]
fn plurals_are_right() {
    use crate::i18n::units::minutes;
    let say = |n| minutes(Locale::Ru, n);
    assert_eq!(
        [say(1), say(2), say(5), say(11), say(21), say(22)],
        ["1 минуту", "2 минуты", "5 минут", "11 минут", "21 минуту", "22 минуты"]
    );
    assert_eq!([minutes(Locale::En, 1), minutes(Locale::En, 2)], ["1 minute", "2 minutes"]);
}

#[test]
fn digits_of_every_script_have_their_value() {
    let all: Vec<u32> =
        (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter_map(decimal).collect();
    // Ten of each script, from zero to nine.
    assert!(all.len() >= 700 && all.len().is_multiple_of(10), "{}", all.len());
    assert!(all.iter().zip((0..10).cycle()).all(|(value, expected)| *value == expected));
    assert_eq!(decimal('²'), None);
    assert_eq!(decimal('½'), None);
}

#[test]
fn a_code_is_one_run_of_six_digits() {
    let parsed = |typed: &str| Code::parse(typed).map(|code| code.expose_secret().to_owned());
    for typed in [
        "123456",
        "۱۲۳۴۵۶",
        "१२३४५६",
        "\u{200f}123456\u{200f}",
        "123\u{2011}456",
        "123456.",
        "\"123456\"",
        "„123 456“",
        "Your code: 123456",
        "Your code is 123456. It is good until 14:13.",
        "My code 123456",
        "is code 123456",
        "Ihr Code123456",
        "123456 123456",
        "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣",
    ] {
        assert_eq!(parsed(typed).as_deref(), Some("123456"), "{typed}");
    }
    for typed in ["12345", "1234567", "abc", "123456 or 654321", "12345½", "", "....", "1234 567"]
    {
        assert_eq!(parsed(typed), None, "{typed}");
    }
    for typed in [
        "0Z3K-8P2M-77AB",
        "Your code: 0Z3K-8P2M-77AB.",
        "«0z3k‑8p2m‑77ab»",
        "oZ3K 8P2M 77AB",
        "0 Z 3 K 8 P 2 M 7 7 A B",
    ] {
        assert_eq!(parsed(typed).as_deref(), Some("0Z3K8P2M77AB"), "{typed}");
    }
    assert_eq!(parsed("123456 ABCDEF").as_deref(), Some("123456ABCDEF"));
    assert_eq!(parsed("1 2 3 4 5 6 A B C D E F").as_deref(), Some("123456ABCDEF"));
}

#[test]
fn codes_from_screens_and_paper_are_found_as_well() {
    let short = |typed: &str| ShortCode::parse(typed).map(|code| code.display());
    for typed in ["0z3k-8p2m", "Code: 0Z3K-8P2M.", "«0Z3K 8P2M»", "\u{202a}0Z3K‑8P2M\u{202c}"] {
        assert_eq!(short(typed).as_deref(), Some("0Z3K-8P2M"), "{typed}");
    }
    for typed in ["47", "४७", "47.", " 4 7", "number 47", "«٤٧»"] {
        assert_eq!(two_digits(typed).as_deref(), Some("47"), "{typed}");
    }
    assert_eq!(two_digits("47 or 48"), None);
    let saved = BackupCode::parse("3. 0Z3K-8P2M-77AB-9QRS");
    assert_eq!(saved.map(|code| code.display()).as_deref(), Some("0Z3K-8P2M-77AB-9QRS"));
}
