//! Icons: inline SVG, drawn in the colour of the text around them.

use leptos::prelude::*;

/// An icon, as the SVG path that draws it.
///
/// Constants instead of an enum, so that the browser build contains only the icons that islands show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct IconKind(&'static str);

#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "pages show more of them than islands")
)]
impl IconKind {
    pub(crate) const ALERT: Self = Self(
        "M12 8v5m0 3.5v.01M10.3 4 2.9 17a2 2 0 0 0 1.7 3h14.8a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0Z",
    );
    pub(crate) const CAMERA: Self = Self(
        "M5 7h3l1.500-2.500h5L16 7h3a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2Zm10.500 5.500a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0Z",
    );
    pub(crate) const CHART: Self = Self("M4 20h16M7 16v-5m5 5V5m5 11V9");
    pub(crate) const CHAT: Self = Self(
        "M20 14.500a2 2 0 0 1-2 2H9l-5 4v-13a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2ZM8.500 9.500h7M8.500 12.500h4",
    );
    pub(crate) const CHECK: Self = Self("m5 12.5 4.5 4.5L19 7.5");
    pub(crate) const CHEVRON: Self = Self("m9 6 6 6-6 6");
    pub(crate) const CHEVRONS: Self = Self("m6 6 6 6-6 6m7-12 6 6-6 6");
    pub(crate) const CLOCK: Self = Self("M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z");
    pub(crate) const DEVICE: Self = Self("M4 5h16v11H4Zm5 15h6m-3-4v4");
    pub(crate) const DOWNLOAD: Self = Self("M12 4v10m-4-4 4 4 4-4M5 19h14");
    pub(crate) const GLOBE: Self = Self(
        "M3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3Zm9 9a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
    );
    pub(crate) const HOME: Self = Self("m4 11 8-7 8 7m-14-1v9h4v-5h4v5h4v-9");
    pub(crate) const INFO: Self = Self("M12 11v5m0-8.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z");
    pub(crate) const KEY: Self =
        Self("M14 10 21 3m-4 4 3 3m-6 3.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0Z");
    pub(crate) const LOCK: Self = Self(
        "M8 11V7.5a4 4 0 0 1 8 0V11m-9.5 0h11A1.5 1.5 0 0 1 19 12.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.500v-6A1.5 1.5 0 0 1 6.500 11Z",
    );
    pub(crate) const LIST: Self = Self("M9 6h11M9 12h11M9 18h11M4.500 6v.01m0 5.99v.01m0 5.99v.01");
    pub(crate) const MAIL: Self = Self(
        "m3.5 7.500 8.5 6 8.500-6M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z",
    );
    pub(crate) const PEOPLE: Self = Self(
        "M3 19c.700-3.500 3-4.500 5.500-4.500s4.800 1 5.500 4.500M11.500 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm5.500 6.500c2 .200 3.500 1.300 4 4.500M16 5.200a3 3 0 0 1 0 5.600",
    );
    pub(crate) const PHONE: Self =
        Self("M8 3h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Zm3 15h2");
    pub(crate) const PRINT: Self = Self(
        "M7 9V4h10v5M7 17H5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M7 14h10v6H7Z",
    );
    pub(crate) const QR: Self =
        Self("M4 4h6v6H4Zm10 0h6v6h-6ZM4 14h6v6H4Zm10 0v3m0 3h3m0-6h3v3m0 3v.010");
    pub(crate) const SETTINGS: Self = Self(
        "M4 7h9m5 0h2M4 17h2m5 0h9M13 7a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0ZM6 17a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0Z",
    );
    pub(crate) const SIGN_OUT: Self =
        Self("M15 16l4-4-4-4m4 4H9m3 8H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h6");
    pub(crate) const TABLET: Self =
        Self("M6 3h12a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Zm4.500 15h3");
    pub(crate) const TRASH: Self = Self("M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13m-7 4v5m4-5v5");
    pub(crate) const USER: Self =
        Self("M5 20c1-4 4-5 7-5s6 1 7 5M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z");
}

/// An icon beside a text with the same meaning; hidden from screen readers.
#[component]
pub(crate) fn Icon(kind: IconKind, #[prop(default = "icon")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d=kind.0></path>
        </svg>
    }
}
