//! Islands: what is alive in the browser. Each is a view with signals and props; the server renders it, the browser
//! hydrates it. Before that, and without WebAssembly, its HTML works as any other.

mod answer;
mod chat;
mod code_form;
mod console;
mod copy_button;
mod countdown;
mod form;
mod form_alert;
mod form_button;
mod hash_search;
mod live;
mod local_time;
mod message_form;
mod messages;
mod new_password;
mod password_input;
mod post;
mod qr_scanner;
mod qr_sign_in;
mod select_input;
mod slider;
mod text_area;
mod text_input;
mod tick_boxes;

pub use self::{
    answer::{Answer, Refusal},
    chat::{ChatEvent, ChatForm, ChatMessage, ChatStatus, ChatTexts, ChatView, Conversation},
    code_form::{CodeForm, CodeFormTexts},
    console::{
        CannedAnswer, Console, ConsoleEvent, ConsoleNotes, ConsolePane, ConsoleQueue, ConsoleTexts,
        PaneActs, PaneHead, PaneMessage, PaneNote, PanePart, PaneTexts, PaneView, QueueEntry,
        QueueView, Tongue,
    },
    copy_button::{CopyButton, CopyTexts},
    countdown::CountdownTexts,
    form::{FormState, FormTexts, PostForm},
    form_alert::FormAlert,
    form_button::FormButton,
    local_time::{LocalTime, Moment},
    message_form::MessageTexts,
    new_password::{NewPasswordInputs, NewPasswordTexts, PasswordStrength},
    password_input::{PasswordInput, PasswordTexts},
    qr_scanner::{QrScanner, QrScannerTexts},
    qr_sign_in::{QrCode, QrSignIn, QrSignInTexts, QrStatus, QrStep},
    select_input::{SelectInput, TimeZoneSelect},
    slider::{Slider, SliderTexts},
    text_area::TextAreaInput,
    text_input::{InputKind, TextInput},
    tick_boxes::TickBoxes,
};

use leptos::prelude::*;

thread_local! {
    static AWAKE: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Whether all islands of the page are awake: the loader says so, once.
fn are_awake() -> ArcRwSignal<bool> {
    AWAKE.with(Clone::clone)
}

/// All islands are awake from now on.
#[cfg(feature = "hydrate")]
pub(crate) fn awake() {
    are_awake().set(true);
}

/// False on the server and until the island is hydrated: what must not be so without script hangs on it. Hydration sets
/// no attributes, so it turns true a moment later.
fn alive() -> RwSignal<bool> {
    let alive = RwSignal::new(false);
    if cfg!(feature = "hydrate") {
        queue_microtask(move || alive.set(true));
    }
    alive
}
