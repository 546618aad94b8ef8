//! The profile picture: chosen, dropped or pasted, and cropped to a square before it is sent.

mod chosen;
mod crop;
mod crop_area;

use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};

use self::{
    chosen::{NAME, Picture},
    crop_area::CropArea,
};
use super::form::FormState;
use crate::components::form::notes::Notes;

/// The texts of the field.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PictureTexts {
    /// Its label.
    pub label: String,
    /// Its hint without script, and with script.
    pub hint: (String, String),
    /// The label of the checkbox that removes the stored picture.
    pub remove: String,
    /// The accessible name of the crop area, and how it is moved.
    pub crop: (String, String),
    /// The words before the horizontal and the vertical position, which are percentages.
    pub place: (String, String),
    /// The label of the zoom.
    pub zoom: String,
    /// The announcement when a picture has been read.
    pub ready: String,
    /// The button that chooses another picture, and the one that keeps the stored picture.
    pub buttons: (String, String),
    /// The errors for a file in an unsupported format, and for a damaged picture.
    pub unreadable: (String, String),
}

/// The stored picture, or initials, and the input for another one. The visible square is what is sent.
#[island]
pub fn PictureInput(
    /// The address of the stored picture; empty if there is none.
    picture: String,
    /// The initials shown in that case.
    initials: String,
    error: Option<String>,
    texts: PictureTexts,
) -> impl IntoView {
    let PictureTexts { label, hint, remove, crop, place, zoom, ready, buttons, unreadable } = texts;
    let state = Picture::new(error, unreadable);
    let avatar = RwSignal::new((picture, initials));
    if let Some(form) = state.form {
        show_saved(form, state, avatar);
    }
    take_early(state);
    take_pasted(state);
    let is_over = RwSignal::new(false);
    let over = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            state.bring(&files);
        }
    };
    let is_removable = move || !avatar.read().0.is_empty() && state.crop.read().is_none();
    view! {
        <div
            class="with-face"
            class:over=is_over
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            <StoredAvatar avatar/>
            <div class="stack">
                <FileField state label hint>
                    <CropArea state names=crop zoom buttons/>
                </FileField>
                {move || is_removable().then(|| view! {
                    <label class="tick-box">
                        <input type="checkbox" name="remove_picture" value="on"/>
                        {remove.clone()}
                    </label>
                })}
            </div>
            <span class="unseen" role="status">{move || state.announcement(&ready, &place)}</span>
        </div>
    }
}

/// Shows what the form has saved, and discards the choice then.
fn show_saved(form: FormState, state: Picture, avatar: RwSignal<(String, String)>) {
    Effect::new(move |_| {
        let now = form.now.read();
        let of = |name| Some(now.iter().find(|(theirs, _)| theirs == name)?.1.clone());
        if let (Some(picture), Some(initials)) = (of("picture"), of("initials")) {
            avatar.set((picture, initials));
        }
    });
    Effect::new(move |_| {
        if form.saves.get() > 0 {
            state.leave();
        }
    });
}

/// Takes a file that was chosen before hydration.
fn take_early(state: Picture) {
    Effect::new(move |_| {
        if state.input.get().is_some() {
            state.take_chosen(false);
        }
    });
}

/// Takes pictures that are pasted. Only pictures: pasted text goes to the element with the cursor.
fn take_pasted(state: Picture) {
    if !cfg!(feature = "hydrate") {
        return;
    }
    let paste = window_event_listener(ev::paste, move |event| {
        let files = event.clipboard_data().and_then(|data| data.files());
        if files.is_some_and(|files| state.bring(&files)) {
            event.prevent_default();
        }
    });
    on_cleanup(move || paste.remove());
}

/// The stored picture, or initials.
#[component]
fn StoredAvatar(avatar: RwSignal<(String, String)>) -> impl IntoView {
    let stored = move || Some(avatar.get().0).filter(|picture| !picture.is_empty());
    view! {
        {move || stored().map(|src| view! {
            <img class="face large" src=src alt="" width="256" height="256"/>
        })}
        {move || stored().is_none().then(|| view! {
            <span class="face large" aria-hidden="true">{avatar.get().1}</span>
        })}
    }
}

/// The input for a file, which the crop area replaces once a picture has been read.
#[component]
fn FileField(
    state: Picture,
    label: String,
    hint: (String, String),
    children: Children,
) -> impl IntoView {
    let Picture { field, input, crop, .. } = state;
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=NAME>{label}</label>
            <input
                node_ref=input
                class="input file"
                id=NAME
                name=NAME
                type="file"
                accept="image/png,image/jpeg,image/webp"
                hidden=move || crop.read().is_some()
                aria-describedby=field.described_by(NAME, true)
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:change=move |_| state.take_chosen(true)
            />
            {children()}
            <Notes name=NAME.to_owned() hint=None error=field.error/>
            <small class="quiet" id="picture-hint">
                <span class="without-script">{hint.0}</span>
                <span class="needs-script">{hint.1}</span>
            </small>
        </div>
    }
}
