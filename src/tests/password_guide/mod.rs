//! The guide to saved passwords: the reader's own browser is shown first.

mod page;

use http::{HeaderMap, HeaderName, HeaderValue};

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
