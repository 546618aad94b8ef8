//! Islands: the interactive parts of pages. Each is a view with signals and props; the server renders it, the browser
//! hydrates it. Before that, and without WebAssembly, its HTML works like any other.

mod answer;
mod countdown;
mod form;
mod form_alert;
mod local_time;
mod post;
mod proof;
mod text_input;

pub use self::{
    answer::{Answer, Refusal},
    countdown::CountdownTexts,
    form::{FormState, FormTexts},
    local_time::{LocalTime, Moment},
    proof::ProofNeeded,
    text_input::InputKind,
};

// The other islands are only in some bundles of the browser build, those of the pages that show them (ADR 0004,
// `.ci/bundles`). The server build contains all of them.

#[cfg(feature = "form")]
mod form_button;

#[cfg(feature = "form")]
pub use self::{
    form::PostForm, form_alert::FormAlert, form_button::FormButton, text_input::TextInput,
};

#[cfg(feature = "fetch")]
mod fetch_form;

#[cfg(feature = "fetch")]
pub use self::fetch_form::FetchForm;

#[cfg(feature = "captcha")]
mod hash_search;
#[cfg(feature = "captcha")]
mod slider;

#[cfg(feature = "captcha")]
pub use self::slider::{Slider, SliderTexts};

#[cfg(feature = "code")]
mod code_form;

#[cfg(feature = "code")]
pub use self::code_form::{CodeForm, CodeFormTexts};

#[cfg(feature = "new-password")]
mod checked_input;
#[cfg(feature = "new-password")]
mod new_password;

#[cfg(feature = "new-password")]
pub use self::{
    checked_input::{CheckedInput, FieldVerdict},
    new_password::{NewPasswordInputs, NewPasswordTexts, PasswordStrength},
};

#[cfg(feature = "reauthentication")]
mod reauthentication;

#[cfg(feature = "reauthentication")]
pub use self::reauthentication::{Reauthentication, ReauthenticationTexts};

#[cfg(feature = "account")]
mod copy_button;
#[cfg(feature = "account")]
mod email_choices;
#[cfg(feature = "account")]
mod print_button;

#[cfg(feature = "account")]
pub use self::{
    copy_button::{CopyButton, CopyTexts},
    email_choices::{EmailChoiceTexts, EmailChoices, EmailSwitch, EmailsStored},
    print_button::PrintButton,
};

#[cfg(feature = "activity")]
mod activity;

#[cfg(feature = "activity")]
pub use self::activity::{
    ActivityDay, ActivityEntry, ActivityGroup, ActivityList, ActivityPart, ActivityTexts,
};

#[cfg(feature = "devices")]
mod devices;

#[cfg(feature = "devices")]
pub use self::devices::{DeviceActions, DeviceIcon, DeviceList, DeviceTexts, DeviceView};

#[cfg(feature = "profile")]
mod form_version;
#[cfg(feature = "profile")]
mod picture_input;
#[cfg(feature = "profile")]
mod time_zone_select;
#[cfg(feature = "profile")]
mod toast;

#[cfg(feature = "profile")]
pub use self::{
    form_version::FormVersion,
    picture_input::{PictureInput, PictureTexts},
    time_zone_select::{TimeZoneSelect, TimeZoneTexts},
    toast::Toast,
};

#[cfg(any(feature = "password", feature = "new-password", feature = "reauthentication"))]
mod password_input;

#[cfg(any(feature = "password", feature = "new-password", feature = "reauthentication"))]
pub use self::password_input::PasswordTexts;

#[cfg(feature = "password")]
pub use self::password_input::PasswordInput;

#[cfg(feature = "select")]
mod select_input;

#[cfg(feature = "select")]
pub use self::select_input::SelectInput;

#[cfg(feature = "text-area")]
mod text_area;

#[cfg(feature = "text-area")]
pub use self::text_area::TextAreaInput;

#[cfg(feature = "tick-box")]
mod tick_box;

#[cfg(feature = "tick-box")]
pub use self::tick_box::TickBox;

#[cfg(feature = "tick-boxes")]
mod tick_boxes;

#[cfg(feature = "tick-boxes")]
pub use self::tick_boxes::TickBoxes;

#[cfg(feature = "qr")]
mod qr_scanner;
#[cfg(feature = "qr")]
mod qr_sign_in;

#[cfg(feature = "qr")]
pub use self::{
    qr_scanner::{QrScanner, QrScannerTexts},
    qr_sign_in::{QrCode, QrSignIn, QrSignInTexts, QrStatus, QrStep},
};

#[cfg(any(feature = "chat", feature = "console", feature = "qr"))]
mod live;

#[cfg(any(feature = "chat", feature = "console"))]
mod message_form;
#[cfg(any(feature = "chat", feature = "console"))]
mod messages;

#[cfg(any(feature = "chat", feature = "console"))]
pub use self::message_form::MessageTexts;

#[cfg(feature = "chat")]
mod chat;

#[cfg(feature = "chat")]
pub use self::chat::{
    ChatAddresses, ChatEvent, ChatForm, ChatMessage, ChatStatus, ChatTexts, ChatView, Conversation,
};

#[cfg(feature = "console")]
mod console;

#[cfg(feature = "console")]
pub use self::console::{
    CannedAnswer, Console, ConsoleAddresses, ConsoleDuty, ConsoleEvent, ConsoleFacts, ConsoleNotes,
    ConsolePane, ConsoleQueue, ConsoleTexts, DutyView, PaneActions, PaneFacts, PaneHead,
    PaneMessage, PaneNote, PanePart, PaneTexts, PaneView, QueueEntry, QueueView, Tongue,
};

use leptos::prelude::*;

thread_local! {
    static AWAKE: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Returns whether all islands of the page are hydrated; the loader reports this once.
fn are_awake() -> ArcRwSignal<bool> {
    AWAKE.with(Clone::clone)
}

/// Records that all islands are hydrated.
#[cfg(feature = "hydrate")]
pub(crate) fn awake() {
    are_awake().set(true);
}

/// Returns a signal that is false on the server and until the island is hydrated, for anything that must not apply
/// without script. Hydration does not set attributes, so it becomes true a moment later.
fn alive() -> RwSignal<bool> {
    let alive = RwSignal::new(false);
    if cfg!(feature = "hydrate") {
        queue_microtask(move || alive.set(true));
    }
    alive
}
