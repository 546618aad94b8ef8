//! The browser of a request, as far as it tells: used to show its own steps first and to name a device. No security
//! decision depends on it, because it can be forged.

use http::HeaderMap;

/// A browser that is known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BrowserName {
    Chrome,
    Yandex,
    Firefox,
    Safari,
    Edge,
    Opera,
    Samsung,
}

/// The system that it runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum System {
    Windows,
    MacOs,
    Linux,
    ChromeOs,
    Android,
    IPhone,
    IPad,
}

/// What kind of device it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DeviceKind {
    Phone,
    Tablet,
    Computer,
    Unknown,
}

impl DeviceKind {
    /// Reads the kind of device from the user agent.
    #[must_use]
    pub fn parse(user_agent: &str) -> Self {
        match UserAgent::parse(user_agent).system {
            Some(System::IPhone) => Self::Phone,
            // Browsers on Android say that they are mobile on phones only.
            Some(System::Android) if user_agent.contains("Mobile") => Self::Phone,
            Some(System::IPad | System::Android) => Self::Tablet,
            Some(System::Windows | System::MacOs | System::Linux | System::ChromeOs) => {
                Self::Computer
            }
            None => Self::Unknown,
        }
    }
}

/// A browser and its system; `None` where the request does not tell, or the value is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserAgent {
    /// The browser.
    pub browser: Option<BrowserName>,
    /// The system.
    pub system: Option<System>,
}

/// Marks in a user agent. Order matters: nearly every browser also claims to be Chrome and Safari.
const BROWSERS: [(&str, BrowserName); 15] = [
    ("YaBrowser/", BrowserName::Yandex),
    ("SamsungBrowser/", BrowserName::Samsung),
    ("Edg/", BrowserName::Edge),
    ("EdgA/", BrowserName::Edge),
    ("EdgiOS/", BrowserName::Edge),
    ("OPR/", BrowserName::Opera),
    ("OPT/", BrowserName::Opera),
    ("OPX/", BrowserName::Opera),
    ("OPiOS/", BrowserName::Opera),
    ("Opera/", BrowserName::Opera),
    ("FxiOS/", BrowserName::Firefox),
    ("Firefox/", BrowserName::Firefox),
    ("CriOS/", BrowserName::Chrome),
    ("Chrome/", BrowserName::Chrome),
    ("Chromium/", BrowserName::Chrome),
];

/// Marks of systems. Order matters: an iPhone says that it is "like Mac OS X", and Android that it is Linux. An iPad
/// may say that it is a Macintosh; then nothing tells them apart.
const SYSTEMS: [(&str, System); 8] = [
    ("Android", System::Android),
    ("iPhone", System::IPhone),
    ("iPod", System::IPhone),
    ("iPad", System::IPad),
    ("Windows", System::Windows),
    ("CrOS", System::ChromeOs),
    ("Macintosh", System::MacOs),
    ("Linux", System::Linux),
];

/// Brands as client hints name them.
const BRANDS: [(&str, BrowserName); 9] = [
    ("YaBrowser", BrowserName::Yandex),
    ("Samsung Internet", BrowserName::Samsung),
    ("Microsoft Edge", BrowserName::Edge),
    ("Opera", BrowserName::Opera),
    ("Opera GX", BrowserName::Opera),
    ("Opera Air", BrowserName::Opera),
    ("OperaMobile", BrowserName::Opera),
    ("Google Chrome", BrowserName::Chrome),
    ("HeadlessChrome", BrowserName::Chrome),
];

/// Platforms as client hints name them.
const PLATFORMS: [(&str, System); 6] = [
    ("Windows", System::Windows),
    ("macOS", System::MacOs),
    ("Linux", System::Linux),
    ("Chrome OS", System::ChromeOs),
    ("Chromium OS", System::ChromeOs),
    ("Android", System::Android),
];

impl UserAgent {
    /// Reads browser and system from the user agent.
    #[must_use]
    pub fn parse(user_agent: &str) -> Self {
        let system = find(&SYSTEMS, |mark| user_agent.contains(mark));
        let browser = find(&BROWSERS, |mark| user_agent.contains(mark)).or_else(|| {
            // Safari has no mark of its own: it names its version where the others name themselves. So did the old
            // default browser of Android.
            let is_safari = user_agent.contains("Safari/")
                && user_agent.contains("Version/")
                && system != Some(System::Android);
            is_safari.then_some(BrowserName::Safari)
        });
        // A page within another app is not in a browser that saves passwords.
        let browser = browser.filter(|_| !user_agent.contains("; wv)"));
        Self { browser, system }
    }

    /// Reads the client hints (`Sec-CH-UA` and similar, which Chromium sends unrequested), and what they leave open
    /// from the user agent.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let header =
            |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let said = header("user-agent").map(|said| Self::parse(&said)).unwrap_or_default();
        let brands = header("sec-ch-ua").map(|said| strings(&said)).unwrap_or_default();
        let browser = find(&BRANDS, |name| brands.iter().any(|brand| brand == name));
        let platform = header("sec-ch-ua-platform").map(|said| strings(&said)).unwrap_or_default();
        let system = find(&PLATFORMS, |name| platform.iter().any(|platform| platform == name))
            // Only on Android does a browser that sends hints call itself mobile.
            .or_else(|| {
                (header("sec-ch-ua-mobile").as_deref() == Some("?1")).then_some(System::Android)
            });
        Self { browser: browser.or(said.browser), system: system.or(said.system) }
    }
}

impl BrowserName {
    /// Returns the name as its makers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Yandex => "Yandex Browser",
            Self::Firefox => "Firefox",
            Self::Safari => "Safari",
            Self::Edge => "Edge",
            Self::Opera => "Opera",
            Self::Samsung => "Samsung Internet",
        }
    }
}

impl System {
    /// Returns the name as its makers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::MacOs => "macOS",
            Self::Linux => "Linux",
            Self::ChromeOs => "ChromeOS",
            Self::Android => "Android",
            Self::IPhone => "iPhone",
            Self::IPad => "iPad",
        }
    }
}

/// Returns the first entry of a table whose mark is present.
fn find<T: Copy>(table: &[(&str, T)], is_there: impl Fn(&str) -> bool) -> Option<T> {
    table.iter().find(|(mark, _)| is_there(mark)).map(|(_, found)| *found)
}

/// Returns the strings of a structured header (RFC 9651), without those of parameters. One of the brands is made up on
/// purpose, with commas, semicolons and escaped quotes in it, so that parsers handle them.
fn strings(header: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let mut open: Option<String> = None;
    let (mut escaped, mut in_parameter) = (false, false);
    for letter in header.chars() {
        let Some(mut text) = open.take() else {
            match letter {
                '"' => open = Some(String::new()),
                ';' => in_parameter = true,
                ',' => in_parameter = false,
                _ => {}
            }
            continue;
        };
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {
                if !in_parameter {
                    strings.push(text);
                }
                continue;
            }
            _ => {
                escaped = false;
                text.push(letter);
            }
        }
        open = Some(text);
    }
    strings
}
