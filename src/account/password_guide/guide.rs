//! The table of browsers and their steps, checked against the browsers and their documentation in November 2026. Where
//! these were inconclusive, the steps say less.

use crate::{
    domain::user_agent::{BrowserName, System, UserAgent},
    i18n::{Locale, saved_passwords as t},
};

/// A text in each language.
type Text = fn(Locale) -> &'static str;

/// A browser and its steps.
pub(super) struct Guide {
    /// The browser.
    pub browser: BrowserName,
    /// Its steps, for each kind of device where they differ.
    pub places: &'static [Steps],
}

/// The steps on one kind of device.
pub(super) struct Steps {
    /// The kind of device.
    pub platform: Platform,
    /// The address of the password list, if it has one.
    pub address: Option<&'static str>,
    /// How to open the list, in addition to the address if there is one.
    pub open: Option<Text>,
    /// How to update a saved password.
    pub update: Text,
    /// How to delete it.
    pub delete: Text,
    /// How to undo "Never", and at which address.
    pub never: Option<(Text, Option<&'static str>)>,
    /// A further note.
    pub note: Option<Text>,
}

/// A kind of device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    /// Windows, macOS, Linux, ChromeOS.
    Desktop,
    /// Phones and tablets with Android.
    Android,
    /// iPhone and iPad.
    Ios,
}

impl Platform {
    /// Returns the platform of an operating system.
    pub(super) const fn of(system: System) -> Self {
        match system {
            System::Android => Self::Android,
            System::IPhone | System::IPad => Self::Ios,
            System::Windows | System::MacOs | System::Linux | System::ChromeOs => Self::Desktop,
        }
    }

    /// Returns the heading of the platform.
    pub(super) const fn name(self, locale: Locale) -> &'static str {
        match self {
            Self::Desktop => t::platforms::desktop(locale),
            Self::Android => t::platforms::android(locale),
            Self::Ios => t::platforms::ios(locale),
        }
    }
}

impl Guide {
    /// Returns all guides, the requesting browser's first.
    pub(super) fn all(agent: UserAgent) -> Vec<&'static Self> {
        let mut all: Vec<_> = GUIDES.iter().collect();
        all.sort_by_key(|guide| agent.browser != Some(guide.browser));
        all
    }

    /// Returns the steps, those for the requesting system first.
    pub(super) fn places(&self, agent: UserAgent) -> Vec<&'static Steps> {
        let here = agent.system.map(Platform::of);
        let mut places: Vec<_> = self.places.iter().collect();
        places.sort_by_key(|steps| here != Some(steps.platform));
        places
    }
}

/// What most browsers on phones have in common.
const PHONE: Steps = Steps {
    platform: Platform::Android,
    address: None,
    open: Some(t::open::section_phone),
    update: t::update::edit,
    delete: t::delete::bin,
    never: None,
    note: Some(t::note::see_chrome),
};

/// The same on iPhone and iPad.
const IPHONE: Steps = Steps { platform: Platform::Ios, note: Some(t::note::see_safari), ..PHONE };

/// What most browsers on computers have in common.
const COMPUTER: Steps = Steps {
    platform: Platform::Desktop,
    open: None,
    never: Some((t::never::by_hand, None)),
    note: None,
    ..PHONE
};

/// Browsers and their steps, the most used first.
static GUIDES: [Guide; 7] = [
    Guide {
        browser: BrowserName::Chrome,
        places: &[
            Steps {
                address: Some("chrome://password-manager/passwords"),
                open: Some(t::open::chrome_menu),
                never: Some((t::never::declined, Some("chrome://password-manager/settings"))),
                ..COMPUTER
            },
            Steps {
                open: Some(t::open::chrome_android),
                never: Some((t::never::gear, None)),
                note: None,
                ..PHONE
            },
            Steps {
                open: Some(t::open::chrome_ios),
                delete: t::delete::while_editing,
                never: Some((t::never::chrome_ios, None)),
                ..IPHONE
            },
        ],
    },
    Guide {
        browser: BrowserName::Yandex,
        places: &[
            Steps {
                address: Some("browser://passwords"),
                open: Some(t::open::yandex_menu),
                update: t::update::in_window,
                ..COMPUTER
            },
            Steps { open: Some(t::open::yandex_phone), ..PHONE },
            Steps { open: Some(t::open::yandex_phone), ..IPHONE },
        ],
    },
    Guide {
        browser: BrowserName::Firefox,
        places: &[
            Steps {
                address: Some("about:logins"),
                open: Some(t::open::firefox_menu),
                delete: t::delete::remove,
                never: Some((t::never::firefox, Some("about:preferences#privacy-logins"))),
                ..COMPUTER
            },
            Steps {
                open: Some(t::open::firefox_android),
                update: t::update::in_menu,
                delete: t::delete::in_menu,
                never: Some((t::never::firefox_android, None)),
                ..PHONE
            },
            Steps {
                open: Some(t::open::firefox_ios),
                never: Some((t::never::by_hand, None)),
                ..IPHONE
            },
        ],
    },
    Guide {
        browser: BrowserName::Safari,
        places: &[
            Steps {
                open: Some(t::open::safari_mac),
                delete: t::delete::while_editing,
                note: Some(t::note::deleted),
                ..COMPUTER
            },
            Steps {
                open: Some(t::open::safari_ios),
                delete: t::delete::while_editing,
                never: Some((t::never::by_hand, None)),
                note: Some(t::note::deleted),
                ..IPHONE
            },
        ],
    },
    Guide {
        browser: BrowserName::Edge,
        places: &[
            Steps { address: Some("edge://settings/autofill/passwords"), ..COMPUTER },
            PHONE,
            IPHONE,
        ],
    },
    Guide {
        browser: BrowserName::Opera,
        places: &[
            Steps {
                address: Some("opera://password-manager/passwords"),
                never: Some((t::never::settings, Some("opera://password-manager/settings"))),
                ..COMPUTER
            },
            PHONE,
            IPHONE,
        ],
    },
    Guide {
        browser: BrowserName::Samsung,
        places: &[Steps { open: Some(t::open::samsung), ..PHONE }],
    },
];
