//! The guide to saved passwords: the reader's own browser is shown first.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{
    browser::Answer,
    harness::{PASSWORD, db_test},
};
use crate::domain::user_agent::{BrowserName as B, DeviceKind, System as S, UserAgent};

/// User agents, with the browser and the system that they stand for.
const AGENTS: [(&str, B, S); 25] = [
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        B::Chrome,
        S::Windows,
    ),
    (
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        B::Chrome,
        S::ChromeOs,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
        B::Chrome,
        S::Android,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0.8078.40 Mobile/15E148 Safari/604.1",
        B::Chrome,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0.8078.40 Mobile/15E148 Safari/604.1",
        B::Chrome,
        S::IPad,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 YaBrowser/25.12.0.0 Safari/537.36",
        B::Yandex,
        S::Windows,
    ),
    (
        "Mozilla/5.0 (Linux; arm_64; Android 14; SM-A536E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 YaBrowser/25.12.1.70.00 SA/3 Mobile Safari/537.36",
        B::Yandex,
        S::Android,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 YaBrowser/25.12.2.417.10 SA/3 Mobile/15E148 Safari/604.1",
        B::Yandex,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
        B::Firefox,
        S::Linux,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:153.0) Gecko/20100101 Firefox/153.0",
        B::Firefox,
        S::MacOs,
    ),
    (
        "Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0",
        B::Firefox,
        S::Android,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/153.0 Mobile/15E148 Safari/605.1.15",
        B::Firefox,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
        B::Safari,
        S::MacOs,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
        B::Safari,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
        B::Safari,
        S::IPad,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
        B::Edge,
        S::Windows,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36 EdgA/156.0.0.0",
        B::Edge,
        S::Android,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/156.0.0.0 Mobile/15E148 Safari/604.1",
        B::Edge,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36 OPR/138.0.0.0",
        B::Opera,
        S::Windows,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Mobile Safari/537.36 OPR/96.0.0.0",
        B::Opera,
        S::Android,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1 OPT/6.1.0",
        B::Opera,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 9_3 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) OPiOS/14.0.0.104835 Mobile/13E233 Safari/9537.53",
        B::Opera,
        S::IPhone,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
        B::Samsung,
        S::Android,
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
        B::Samsung,
        S::Android,
    ),
    (
        // An iPad that requests desktop sites identifies itself as a Macintosh.
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156 Version/18.0 Safari/605.1.15",
        B::Chrome,
        S::MacOs,
    ),
];

const CHROME: &str = AGENTS[0].0;
const YANDEX: &str = AGENTS[5].0;

fn hints(brands: &str, platform: &str, mobile: &str) -> Vec<(&'static str, String)> {
    vec![
        ("sec-ch-ua", brands.to_owned()),
        ("sec-ch-ua-platform", platform.to_owned()),
        ("sec-ch-ua-mobile", mobile.to_owned()),
    ]
}

fn agent(user_agent: &str, hints: &[(&'static str, String)]) -> UserAgent {
    let mut headers = HeaderMap::new();
    let said = [("user-agent", user_agent.to_owned())];
    for (name, value) in said.iter().chain(hints) {
        let value = HeaderValue::from_str(value).expect("a header");
        headers.insert(HeaderName::from_static(name), value);
    }
    UserAgent::of(&headers)
}

/// Returns the browsers on the page in their order, each with whether it is open and its content.
fn shown(page: &Answer) -> Vec<(String, bool, String)> {
    let details = page.body.split("<details").skip(1);
    details
        .map(|rest| {
            let (tag, rest) = rest.split_once('>').expect("a tag");
            let inside = rest.split("</details>").next().unwrap_or_default();
            let (_, heading) = inside.split_once("<h2>").expect("a heading");
            let name = heading.split("</h2>").next().unwrap_or_default();
            let name = name.replace("<!>", "").trim().to_owned();
            (name, tag.contains(" open"), inside.to_owned())
        })
        .collect()
}

/// Returns where a part of the page begins.
#[track_caller]
fn at(page: &str, part: &str) -> usize {
    page.find(part).unwrap_or_else(|| panic!("{part} is not in {page}"))
}

#[test]
fn user_agents_are_told_apart() {
    for (text, browser, system) in AGENTS {
        let seen = UserAgent::parse(text);
        assert_eq!((seen.browser, seen.system), (Some(browser), Some(system)), "{text}");
    }
    for nothing in ["", "curl/8.5.0", "Safari/537.36", "Mozilla/5.0", "\u{43f}"] {
        assert_eq!(UserAgent::parse(nothing), UserAgent::default(), "{nothing}");
    }
    let app = "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
               Version/4.0 Chrome/156.0.0.0 Mobile Safari/537.36";
    assert_eq!(UserAgent::parse(app), UserAgent { browser: None, system: Some(S::Android) });
}

#[test]
fn kinds_of_devices_are_told_apart() {
    let android = |what: &str| {
        format!(
            "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0{what} Safari/537.36"
        )
    };
    for (text, kind) in [
        (android(" Mobile"), DeviceKind::Phone),
        (android(""), DeviceKind::Tablet),
        (
            "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0".into(),
            DeviceKind::Phone,
        ),
        (
            "Mozilla/5.0 (Android 16; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0".into(),
            DeviceKind::Tablet,
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X) Version/12.0 Mobile/15E148 Safari/604.1"
                .into(),
            DeviceKind::Tablet,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 Safari/604.1"
                .into(),
            DeviceKind::Phone,
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/142.0.0.0 Safari/537.36".into(),
            DeviceKind::Computer,
        ),
        (CHROME.to_owned(), DeviceKind::Computer),
        (String::new(), DeviceKind::Unknown),
        ("curl/8.5.0".into(), DeviceKind::Unknown),
    ] {
        assert_eq!(DeviceKind::parse(&text), kind, "{text}");
    }
}

#[test]
fn client_hints_come_first() {
    let brands = r#""Not;A=\",Brand";v="99, \"Google Chrome\"", "Chromium";v="142", "YaBrowser";v="25.12", "Yowser";v="2.5""#;
    let yandex = agent(CHROME, &hints(brands, r#""Windows""#, "?0"));
    assert_eq!(yandex, UserAgent { browser: Some(B::Yandex), system: Some(S::Windows) });
    for (brand, browser) in [
        ("Google Chrome", B::Chrome),
        ("Microsoft Edge", B::Edge),
        ("Opera", B::Opera),
        ("Opera GX", B::Opera),
        ("Samsung Internet", B::Samsung),
    ] {
        for brands in [
            format!(r#""{brand}";v="1", "Not_A Brand";v="8", "Chromium";v="142""#),
            format!(r#""Chromium";v="142","(Not(A:Brand";v="8","{brand}";v="1""#),
        ] {
            let seen = agent(AGENTS[8].0, &hints(&brands, r#""macOS""#, "?0"));
            assert_eq!(
                seen,
                UserAgent { browser: Some(browser), system: Some(S::MacOs) },
                "{brands}"
            );
        }
    }
    // What the client hints leave open is taken from the user agent.
    let chromium = r#""Chromium";v="142", "Not_A Brand";v="8""#;
    let opera = AGENTS[18].0;
    let seen = agent(opera, &hints(chromium, r#""Unknown""#, "?0"));
    assert_eq!(seen, UserAgent { browser: Some(B::Opera), system: Some(S::Windows) });
    let seen = agent(CHROME, &hints(chromium, r#""Unknown""#, "?1"));
    assert_eq!(seen.system, Some(S::Android));
    for broken in ["", ",", "\"", "\"Google Chrome", ";;,\"\\", "Google Chrome", "a=\"Opera\\\""] {
        let seen = agent(AGENTS[8].0, &hints(broken, broken, broken));
        assert_eq!(seen, UserAgent::parse(AGENTS[8].0), "{broken}");
    }
}

db_test!(own_browser_comes_first_and_open, |t| {
    for (text, browser, system) in AGENTS {
        let mut asking = t.browser();
        asking.headers.push(("user-agent", text.to_owned()));
        let page = asking.get("/help/saved-passwords").await;
        let shown = shown(&page);
        assert_eq!(shown.len(), 7, "{text}");
        let open: Vec<&str> =
            shown.iter().filter(|(_, open, _)| *open).map(|(name, ..)| name.as_str()).collect();
        assert_eq!(open, [browser.name()], "{text}");
        assert_eq!(shown[0].0, browser.name(), "{text}");
        page.assert_text(&format!("You seem to use {} on {}", browser.name(), system.name()));
        // The steps for the reader's system come before the others.
        let inside = &shown[0].2;
        let here = match system {
            S::Android => "On Android",
            S::IPhone | S::IPad => "On iPhone and iPad",
            _ => "On a computer",
        };
        let first = inside.split_once("<h3>").expect("a heading").1;
        assert!(first.starts_with(here), "{text}: {}", &first[..40.min(first.len())]);
    }
});

db_test!(client_hints_win_on_the_page, |t| {
    let mut asking = t.browser();
    asking.headers.push(("user-agent", CHROME.to_owned()));
    let brands = r#""Not_A Brand";v="8", "Chromium";v="142", "YaBrowser";v="25.12""#;
    asking.headers.extend(hints(brands, r#""Linux""#, "?0"));
    let page = asking.get("/help/saved-passwords").await;
    page.assert_text("You seem to use Yandex Browser on Linux");
    assert_eq!(shown(&page)[0].0, "Yandex Browser");
});

db_test!(unknown_browsers_see_the_whole_list, |t| {
    for text in ["", "curl/8.5.0", "<script>alert(1)</script>"] {
        let mut asking = t.browser();
        asking.headers.push(("user-agent", text.to_owned()));
        let page = asking.get("/help/saved-passwords").await;
        page.assert_text("Please find it in this list");
        let shown = shown(&page);
        assert!(shown.iter().all(|(_, open, _)| !open));
        let names: Vec<&str> = shown.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(
            names,
            ["Chrome", "Yandex Browser", "Firefox", "Safari", "Edge", "Opera", "Samsung Internet"]
        );
        assert!(!page.body.contains("alert(1)"));
    }
});

db_test!(addresses_to_paste_are_there, |t| {
    let page = t.browser().get("/help/saved-passwords").await;
    for address in [
        "chrome://password-manager/passwords",
        "chrome://password-manager/settings",
        "browser://passwords",
        "about:logins",
        "about:preferences#privacy-logins",
        "edge://settings/autofill/passwords",
        "opera://password-manager/passwords",
        "opera://password-manager/settings",
    ] {
        page.assert_text(address);
        assert!(page.body.contains(&format!("aria-label=\"Copy {address}\"")), "{address}");
        // There is no link to such an address: browsers would not follow it.
        assert!(!page.body.contains(&format!("href=\"{address}")), "{address}");
    }
    // Elements that are useless without script are hidden without it.
    let tags = page.body.split("<button").filter_map(|rest| rest.split('>').next());
    let tags: Vec<&str> = tags.filter(|tag| tag.contains("aria-label=\"Copy ")).collect();
    assert!(tags.len() >= 8 && tags.iter().all(|tag| tag.contains("needs-script")), "{tags:?}");
    assert!(page.body.matches("Copied").count() >= tags.len(), "each says that it is done");
});

db_test!(every_browser_has_both_tasks_and_the_right_entry_is_named, |t| {
    let page = t.browser().get("/help/saved-passwords").await;
    let shown = shown(&page);
    let mut places = 0;
    for (name, _, inside) in &shown {
        for place in inside.split("<h3>").skip(1) {
            places += 1;
            let steps = place.split("</ol>").next().unwrap_or_default();
            assert_eq!(steps.matches("<li>").count(), 3, "{name}");
            assert!(steps.contains("localhost"), "{name}: the list knows us by our host");
            assert!(at(steps, "To update:") < at(steps, "To delete:"), "{name}");
            assert!(!steps.contains("<li></li>"), "{name}: a step says nothing");
        }
    }
    assert_eq!(places, 3 + 3 + 3 + 2 + 3 + 3 + 1);
    page.assert_text("On a shared computer");
});

db_test!(russian_page_is_russian, |t| {
    let mut asking = t.browser();
    asking.headers.push(("user-agent", YANDEX.to_owned()));
    let page = asking.get("/help/saved-passwords?lang=ru").await;
    page.assert_text("Похоже, у вас Яндекс Браузер на Windows");
    page.assert_text("«Пароли и карты»");
    page.assert_text("«Google Менеджер паролей»");
    // Only names of products and addresses are in Latin letters.
    let names: Vec<&str> = "Android Chrome Edge Firefox Google Internet Mac Opera Pass Safari \
        Samsung Wallet Windows iPad iPhone localhost"
        .split_whitespace()
        .collect();
    let (_, main) = page.body.split_once("<main").expect("a main part");
    let (_, main) = main.split_once('>').expect("a tag");
    let main = main.split("</main>").next().unwrap_or_default().to_owned();
    let words = Answer { body: main, ..page }.words();
    let left: Vec<&str> = words
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.starts_with("about:"))
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()))
        .filter(|word| !names.contains(word))
        .collect();
    assert!(left.is_empty(), "{left:?}");
});

db_test!(account_shows_the_same_within_its_frame, |t| {
    let stranger = t.browser().get("/account/saved-passwords").await;
    assert_eq!(
        (stranger.status.as_u16(), stranger.location()),
        (302, "/sign-in?next=%2Faccount%2Fsaved-passwords")
    );
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser.headers.push(("user-agent", AGENTS[10].0.to_owned()));
    let page = browser.get("/account/saved-passwords").await;
    page.assert_text("You seem to use Firefox on Android");
    assert_eq!(shown(&page)[0].0, "Firefox");
    let here = page.body.split("<a ").find(|link| link.contains("aria-current"));
    let tag = here.and_then(|link| link.split('>').next()).unwrap_or_default();
    assert!(tag.contains("href=\"/account/saved-passwords\""), "{tag}");
    assert_eq!(page.body.matches("<h1").count(), 1);
    // A signed-in user may read the public page, too.
    browser.get("/help/saved-passwords").await.assert_text("On a shared computer");
});
