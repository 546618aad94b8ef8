use std::sync::Arc;

use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Event, EventInit, HtmlElement},
};

use crate::islands::{
    form::{FieldState, FormState},
    text_input::{Field, focus, watch_correction},
};

/// The list of time zones, and the search in it.
#[derive(Clone, Copy)]
pub(super) struct Zones {
    pub form: Option<FormState>,
    pub field: Field,
    /// Holds and posts the chosen value.
    pub select: NodeRef<html::Select>,
    pub input: NodeRef<html::Input>,
    pub popup: NodeRef<html::Ul>,
    /// Values and labels.
    all: StoredValue<Vec<(String, String)>>,
    /// Indices in `all` of the entries that the list shows, while it is open.
    pub found: RwSignal<Option<Vec<usize>>>,
    /// The index of the highlighted entry.
    pub active: RwSignal<Option<usize>>,
    pub is_proposed: RwSignal<bool>,
    /// Whether what is typed is not a time zone.
    is_unknown: StoredValue<bool>,
    unknown: StoredValue<String>,
}

impl Zones {
    pub fn new(
        name: &str,
        all: Vec<(String, String)>,
        error: Option<String>,
        unknown: String,
    ) -> Self {
        let state = Self {
            form: use_context(),
            field: Field::new(error),
            select: NodeRef::new(),
            input: NodeRef::new(),
            popup: NodeRef::new(),
            all: StoredValue::new(all),
            found: RwSignal::new(None),
            active: RwSignal::new(None),
            is_proposed: RwSignal::new(false),
            is_unknown: StoredValue::new(false),
            unknown: StoredValue::new(unknown),
        };
        if let Some(form) = state.form {
            watch_correction(form, name, state.field.error);
            form.add(FieldState {
                name: name.to_owned(),
                value: Signal::derive(String::new),
                error: state.field.error,
                check: Arc::new(move || {
                    state.is_unknown.get_value().then(|| state.unknown.get_value())
                }),
                focus: Arc::new(move || focus(state.input)),
                clear: None,
            });
        }
        state
    }

    /// Returns whether the list shows matches.
    pub fn is_open(self) -> bool {
        self.found.read().as_ref().is_some_and(|found| !found.is_empty())
    }

    /// Returns whether nothing matches what is typed.
    pub fn is_in_vain(self) -> bool {
        self.found.read().as_ref().is_some_and(Vec::is_empty)
    }

    pub fn knows(self, zone: &str) -> bool {
        self.all.with_value(|all| all.iter().any(|(value, _)| value == zone))
    }

    pub fn words(self, place: usize) -> String {
        self.all
            .with_value(|all| all.get(place).map(|(_, words)| words.clone()))
            .unwrap_or_default()
    }

    fn typed(self) -> String {
        self.input.get_untracked().map(|input| input.value()).unwrap_or_default()
    }

    /// Returns the label of the chosen zone; empty if there is none.
    fn chosen(self) -> String {
        let value = self.select.get_untracked().map(|select| select.value()).unwrap_or_default();
        let is_chosen = |(theirs, _): &&(String, String)| !theirs.is_empty() && *theirs == value;
        let words = |all: &Vec<(String, String)>| {
            all.iter().find(is_chosen).map(|(_, words)| words.clone())
        };
        self.all.with_value(words).unwrap_or_default()
    }

    pub fn show_chosen(self) {
        if let Some(input) = self.input.get_untracked() {
            input.set_value(&self.chosen());
        }
    }

    /// Returns the indices of the zones whose labels contain every typed word, exact matches first.
    fn find(self, typed: &str) -> Vec<usize> {
        let typed = folded(typed);
        let places = |all: &Vec<(String, String)>| {
            let found = all.iter().enumerate().filter_map(|(place, (_, words))| {
                let words = folded(words);
                let is_found = typed.split(' ').all(|part| words.contains(part));
                is_found.then_some((words != typed, place))
            });
            let mut found: Vec<(bool, usize)> = found.collect();
            found.sort_unstable();
            found.into_iter().map(|(_, place)| place).collect()
        };
        self.all.with_value(places)
    }

    pub fn search(self) {
        self.field.error.set(None);
        let typed = self.typed();
        // An empty field means no choice, and a list of all zones would only cover what follows.
        if typed.trim().is_empty() {
            self.is_unknown.set_value(false);
            return self.close();
        }
        let found = self.find(&typed);
        self.is_unknown.set_value(found.is_empty());
        self.active.set((!found.is_empty()).then_some(0));
        self.found.set(Some(found));
    }

    /// Opens the list: all zones with the chosen one in view, or the matches for what is typed.
    pub fn open(self) {
        if self.found.read_untracked().is_some() {
            return;
        }
        let typed = self.typed();
        if typed != self.chosen() && !typed.trim().is_empty() {
            return self.search();
        }
        let all: Vec<usize> = self.find("");
        let place = all.iter().position(|place| !typed.is_empty() && self.words(*place) == typed);
        self.found.set(Some(all));
        self.go_to(place);
    }

    fn close(self) {
        self.found.set(None);
        self.active.set(None);
    }

    fn go_to(self, place: Option<usize>) {
        self.active.set(place);
        // The list is rendered by then.
        request_animation_frame(move || {
            let Some(popup) = self.popup.get_untracked() else { return };
            let Some(option) = place
                .and_then(|place| u32::try_from(place).ok())
                .and_then(|place| popup.children().item(place))
            else {
                return;
            };
            let option: HtmlElement = option.unchecked_into();
            let (top, height) = (option.offset_top(), option.offset_height());
            let (from, room) = (popup.scroll_top(), popup.client_height());
            if top < from {
                popup.set_scroll_top(top);
            } else if top + height > from + room {
                popup.set_scroll_top(top + height - room);
            }
        });
    }

    fn step(self, by: isize) {
        self.open();
        let count = self.found.read_untracked().as_ref().map_or(0, Vec::len);
        let Some(last) = count.checked_sub(1) else { return };
        let place = match (self.active.get_untracked(), by > 0) {
            (None, true) => 0,
            (None, false) | (Some(0), false) => last,
            (Some(place), true) if place >= last => 0,
            (Some(place), true) => place + 1,
            (Some(place), false) => place - 1,
        };
        self.go_to(Some(place));
    }

    pub fn key(self, event: &ev::KeyboardEvent) {
        let is_open = self.found.read_untracked().is_some();
        match event.key().as_str() {
            "ArrowDown"
                if !is_open && self.typed() == self.chosen() && !self.typed().is_empty() =>
            {
                self.open()
            }
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "Escape" if is_open => {
                self.close();
                self.show_chosen();
                self.is_unknown.set_value(false);
            }
            "Enter" => {
                let found = self.found.get_untracked().unwrap_or_default();
                let zone = self.active.get_untracked().and_then(|place| found.get(place).copied());
                match zone {
                    Some(zone) => self.choose(zone),
                    // Enter then sends the form, which shows an error if this is not a time zone.
                    None => {
                        self.settle();
                        return;
                    }
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    pub fn choose(self, zone: usize) {
        let value = self.all.with_value(|all| all.get(zone).map(|(value, _)| value.clone()));
        let (Some(value), Some(select)) = (value, self.select.get_untracked()) else { return };
        self.close();
        self.is_unknown.set_value(false);
        self.field.error.set(None);
        let is_new = select.value() != value;
        select.set_value(&value);
        self.show_chosen();
        if is_new {
            self.is_proposed.set(false);
            // As if the user had chosen it in the select.
            let how = EventInit::new();
            how.set_bubbles(true);
            if let Ok(event) = Event::new_with_event_init_dict("change", &how) {
                let _ = select.dispatch_event(&event);
            }
        }
    }

    /// Chooses the typed zone, if there is one, when the user leaves the field; an empty field means none.
    pub fn settle(self) {
        let typed = self.typed();
        self.close();
        if typed == self.chosen() && !typed.is_empty() {
            self.is_unknown.set_value(false);
            return;
        }
        if typed.trim().is_empty() {
            return self.choose(0);
        }
        let found = self.find(&typed);
        let is_exact = |place: &&usize| folded(&self.words(**place)) == folded(&typed);
        let one = if found.len() == 1 { found.first() } else { found.first().filter(is_exact) };
        match one {
            Some(zone) => self.choose(*zone),
            // Shown only when the form is sent: the next button must not move away under the pointer.
            None => self.is_unknown.set_value(true),
        }
    }
}

/// Returns the text in lower case, with single spaces between words: names of time zones are ASCII.
fn folded(text: &str) -> String {
    let words = text.split(|c: char| matches!(c, '/' | '_' | ',') || c.is_whitespace());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").to_ascii_lowercase()
}
