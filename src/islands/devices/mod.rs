//! The devices of a user: a list whose rows can be renamed, and are removed when the device is signed out.

mod row;

use std::time::Duration;

use leptos::{html, prelude::*};
use serde::{Deserialize, Serialize};

use self::row::Device;
use super::{
    answer::{Answer, Refusal},
    fetch_form::{follow, send_in_place},
    form::{Form, FormState, FormTexts},
    form_alert::Summary,
    local_time::Moment,
    text_input::focus,
};
use crate::components::icon::IconKind;

/// The kind of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceIcon {
    /// A phone.
    Phone,
    /// A tablet.
    Tablet,
    /// A computer.
    Computer,
    /// Not known: the browser does not report it.
    #[default]
    Unknown,
}

impl DeviceIcon {
    const fn kind(self) -> IconKind {
        match self {
            Self::Phone => IconKind::PHONE,
            Self::Tablet => IconKind::TABLET,
            Self::Computer => IconKind::DEVICE,
            Self::Unknown => IconKind::GLOBE,
        }
    }
}

/// A browser in which the user is signed in.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct DeviceView {
    /// The id of its session.
    pub id: String,
    /// See [`DeviceIcon`].
    pub icon: DeviceIcon,
    /// The browser and its operating system, in words.
    pub browser: String,
    /// The name that the user gave it.
    pub name: Option<String>,
    /// Approximately where it was last used.
    pub place: String,
    /// Whether it is this browser.
    pub is_own: bool,
    /// When it was last used; `None` if it is in use.
    pub seen: Option<Moment>,
    /// When it was signed in.
    pub since: Moment,
    /// The name that was posted before the page was loaded, and its error; the form is open then.
    pub typed: Option<(String, Option<String>)>,
}

/// The texts of the list.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct DeviceTexts {
    /// The mark of this browser.
    pub this_one: String,
    /// The text for a device in use.
    pub active_now: String,
    /// The text before the time of the last use.
    pub last_seen: String,
    /// The text before the time of the sign-in.
    pub since: String,
    /// The sign-out button of a row.
    pub sign_out: String,
    /// The label that opens the form for the name.
    pub rename: String,
    /// Label and hint of the name field.
    pub name: (String, String),
    /// The button that saves it.
    pub save: String,
    /// The text before the number of other devices.
    pub others: String,
    /// The button that signs out all of them.
    pub end_others: String,
    /// The texts while a form is being sent.
    pub form: FormTexts,
}

/// The addresses to which the forms of the list are posted, and the page that they return to.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct DeviceActions {
    /// Renames a device.
    pub name: String,
    /// Signs out one device.
    pub end: String,
    /// Signs out all others.
    pub end_others: String,
    /// The page.
    pub page: String,
}

/// A row of the list. Its signals belong to the list, because a response may arrive after the row has been removed.
#[derive(Clone)]
struct Row {
    device: DeviceView,
    name: RwSignal<Option<String>>,
    naming: FormState,
    ending: FormState,
    item: NodeRef<html::Li>,
    details: NodeRef<html::Details>,
    summary: NodeRef<html::Summary>,
    input: NodeRef<html::Input>,
}

impl Row {
    fn new(device: DeviceView) -> Self {
        Self {
            name: RwSignal::new(device.name.clone()),
            device,
            naming: FormState::new(),
            ending: FormState::new(),
            item: NodeRef::new(),
            details: NodeRef::new(),
            summary: NodeRef::new(),
            input: NodeRef::new(),
        }
    }

    fn has_focus(&self) -> bool {
        let item = self.item.get_untracked();
        item.is_some_and(|item| item.contains(document().active_element().as_deref()))
    }
}

/// The state that the rows share with the list.
#[derive(Clone, Copy)]
struct ListState {
    rows: RwSignal<Vec<Row>>,
    /// The message above the list.
    said: FormState,
    texts: StoredValue<DeviceTexts>,
    actions: StoredValue<DeviceActions>,
}

impl ListState {
    /// Shows what was done. The message is cleared first, so that the same words are announced again.
    fn say(self, notice: Option<String>) {
        self.said.refusal.set(None);
        self.said.notice.set(None);
        set_timeout(move || self.said.notice.set(notice), Duration::ZERO);
    }

    /// Clears the message about the last action when a form is refused.
    fn hush_when_refused(self, form: FormState) {
        Effect::new(move |_| {
            if form.refusal.read().is_some() {
                self.said.notice.set(None);
            }
        });
    }

    /// Removes the row of a device that was signed out and moves the focus to the rename control of the next one. Not
    /// to a sign-out button: pressing Enter twice would sign out two devices.
    fn remove(self, id: &str) {
        let rows = self.rows.get_untracked();
        let Some(place) = rows.iter().position(|row| row.device.id == id) else { return };
        if rows.get(place).is_some_and(Row::has_focus) {
            let before = || rows.get(place.checked_sub(1)?);
            if let Some(next) = rows.get(place + 1).or_else(before) {
                focus(next.summary);
            }
        }
        self.rows.update(|rows| rows.retain(|row| row.device.id != id));
    }

    /// Removes all rows but this browser's after all others were signed out.
    fn keep_own(self) {
        self.rows.update(|rows| rows.retain(|row| row.device.is_own));
        if let Some(own) = self.rows.get_untracked().first() {
            focus(own.summary);
        }
    }
}

/// The devices, this browser first, and the button that signs out all others.
#[island]
pub fn DeviceList(
    devices: Vec<DeviceView>,
    /// A message about what was done before the page was loaded.
    notice: Option<String>,
    /// Why a form was refused before that, unless a row shows it.
    refusal: Option<Refusal>,
    actions: DeviceActions,
    texts: DeviceTexts,
) -> impl IntoView {
    let said = FormState::new();
    said.notice.set(notice);
    said.refusal.set(refusal);
    let rows = devices.into_iter().map(Row::new).collect();
    let state = ListState {
        rows: RwSignal::new(rows),
        said,
        texts: StoredValue::new(texts),
        actions: StoredValue::new(actions),
    };
    view! {
        <div class="stack">
            <Summary form=said labels=Vec::new() offers=Vec::new()/>
            <ul class="card list devices">
                <For each=move || state.rows.get() key=|row| row.device.id.clone() let:row>
                    <Device row state/>
                </For>
            </ul>
            <Others state/>
        </div>
    }
}

/// How many other devices there are, and the button that signs them all out.
#[component]
fn Others(state: ListState) -> impl IntoView {
    let ending = FormState::new();
    state.hush_when_refused(ending);
    let count = move || state.rows.read().iter().filter(|row| !row.device.is_own).count();
    let has_others = Memo::new(move |_| count() > 0);
    let end = move || {
        let texts = state.texts.get_value();
        let actions = state.actions.get_value();
        let on_answer = move |answer: Answer| {
            if answer.is_new {
                return follow(ending, answer);
            }
            ending.busy.set(false);
            state.keep_own();
            state.say(answer.notice);
        };
        let send = send_in_place(ending, &actions.end_others, &texts.form, false, on_answer);
        has_others.get().then(|| view! {
            <Form
                form=ending action=actions.end_others id=None class="row end-others".to_owned() texts=texts.form send
            >
                <input type="hidden" name="screen" value=actions.page/>
                <Summary form=ending labels=Vec::new() offers=Vec::new()/>
                <span class="quiet">{texts.others}" "<b>{count}</b></span>
                <button
                    class="button second fit"
                    type="submit"
                    aria-busy=move || ending.busy.get().then_some("true")
                >
                    {texts.end_others}
                </button>
            </Form>
        })
    };
    view! { {end} }
}
