//! The profile picture: chosen, dropped or pasted, and cropped to a square before it is sent.

mod chosen;
mod crop;

use leptos::{
    ev,
    prelude::*,
    web_sys::{Element, HtmlInputElement},
};
use serde::{Deserialize, Serialize};

use self::{
    chosen::{NAME, Picture},
    crop::ZOOM_MAX,
};
use super::text_input::focus;
use crate::components::form::notes::Notes;

/// How far an arrow key moves the picture, in fractions of the square.
const KEY_STEP: f64 = 0.05;
const ZOOM_STEP: u32 = 10;

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
    let Picture { field, input, canvas, .. } = state;
    let face = RwSignal::new((picture, initials));
    let is_chosen = move || state.crop.read().is_some();
    let (is_over, grip) = (RwSignal::new(false), RwSignal::new(None::<(i32, i32)>));
    let has_moved = RwSignal::new(false);
    if let Some(form) = state.form {
        Effect::new(move |_| {
            let now = form.now.read();
            let of = |name| Some(now.iter().find(|(theirs, _)| theirs == name)?.1.clone());
            if let (Some(picture), Some(initials)) = (of("picture"), of("initials")) {
                face.set((picture, initials));
            }
        });
        Effect::new(move |_| {
            if form.saves.get() > 0 {
                state.leave();
            }
        });
    }
    Effect::new(move |_| state.draw());
    // A file may have been chosen before hydration.
    Effect::new(move |_| {
        let files = input.get().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            state.take(file, false);
        }
    });
    if cfg!(feature = "hydrate") {
        // Only pictures: pasted text goes to the element with the cursor.
        let paste = window_event_listener(ev::paste, move |event| {
            let files = event.clipboard_data().and_then(|data| data.files());
            if files.is_some_and(|files| state.bring(&files)) {
                event.prevent_default();
            }
        });
        on_cleanup(move || paste.remove());
    }

    let choose = move |_| {
        let files = input.get_untracked().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            has_moved.set(false);
            state.take(file, true);
        }
    };
    let over = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(files) = files {
            state.bring(&files);
        }
    };
    let down = move |event: ev::PointerEvent| {
        if event.button() == 0
            && let Some(canvas) = canvas.get_untracked()
        {
            grip.set(Some((event.client_x(), event.client_y())));
            let _ = Element::set_pointer_capture(&canvas, event.pointer_id());
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if let (Some((x, y)), Some(canvas)) = (grip.get_untracked(), canvas.get_untracked()) {
            let (to_x, to_y) = (event.client_x(), event.client_y());
            grip.set(Some((to_x, to_y)));
            let side = f64::from(Element::client_width(&canvas).max(1));
            state.turn(|crop| crop.moved(f64::from(to_x - x) / side, f64::from(to_y - y) / side));
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let (right, down, nearer) = match event.key().as_str() {
            "ArrowRight" => (KEY_STEP, 0.0, 0),
            "ArrowLeft" => (-KEY_STEP, 0.0, 0),
            "ArrowDown" => (0.0, KEY_STEP, 0),
            "ArrowUp" => (0.0, -KEY_STEP, 0),
            "+" => (0.0, 0.0, ZOOM_STEP),
            "-" => (0.0, 0.0, 0_u32.wrapping_sub(ZOOM_STEP)),
            _ => return,
        };
        event.prevent_default();
        has_moved.set(true);
        state.turn(|crop| crop.moved(right, down).zoomed(crop.zoom().wrapping_add(nearer)));
    };
    let draw_near = move |event: ev::Event| {
        let to = event_target::<HtmlInputElement>(&event).value_as_number();
        state.turn(|crop| crop.zoomed(to as u32));
    };
    let zoom_now = move || state.crop.read().map_or(100, |crop| crop.zoom()).to_string();
    let another = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let leave = move |_| {
        state.leave();
        // The input is visible again by then.
        request_animation_frame(move || focus(input));
    };

    let said = move || {
        state.crop.get().map(|crop| match (has_moved.get(), crop.place()) {
            (false, _) => ready.clone(),
            (true, (x, y)) => {
                [&place.0, " ", &x.to_string(), " %, ", &place.1, " ", &y.to_string(), " %"]
                    .concat()
            }
        })
    };
    let stored = move || Some(face.get().0).filter(|picture| !picture.is_empty());
    let is_removable = move || stored().is_some() && !is_chosen();
    view! {
        <div
            class="with-face"
            class:over=is_over
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            {move || stored().map(|src| view! {
                <img class="face large" src=src alt="" width="256" height="256"/>
            })}
            {move || stored().is_none().then(|| view! {
                <span class="face large" aria-hidden="true">{face.get().1}</span>
            })}
            <div class="stack">
                <div class="field" class:refused=move || field.error.read().is_some()>
                    <label for=NAME>{label}</label>
                    <input
                        node_ref=input
                        class="input file"
                        id=NAME
                        name=NAME
                        type="file"
                        accept="image/png,image/jpeg,image/webp"
                        hidden=is_chosen
                        aria-describedby=field.described_by(NAME, true)
                        aria-invalid=move || field.error.read().is_some().then_some("true")
                        on:change=choose
                    />
                    <div class="crop" hidden=move || !is_chosen()>
                        <canvas
                            node_ref=canvas
                            tabindex="0"
                            role="application"
                            aria-label=crop.0
                            aria-describedby="picture-crop"
                            on:pointerdown=down
                            on:pointermove=drag
                            on:pointerup=move |_| grip.set(None)
                            on:pointercancel=move |_| grip.set(None)
                            on:keydown=key
                        ></canvas>
                        <small class="quiet" id="picture-crop">{crop.1}</small>
                        <label for="picture-zoom">{zoom}</label>
                        <input
                            id="picture-zoom"
                            type="range"
                            min="100"
                            max=ZOOM_MAX.to_string()
                            step=ZOOM_STEP.to_string()
                            prop:value=zoom_now
                            aria-valuetext=move || [&zoom_now(), " %"].concat()
                            on:input=draw_near
                        />
                        <div class="row">
                            <button type="button" class="button second fit" on:click=another>{buttons.0}</button>
                            <button type="button" class="button plain" on:click=leave>{buttons.1}</button>
                        </div>
                    </div>
                    <Notes name=NAME.to_owned() hint=None error=field.error/>
                    <small class="quiet" id="picture-hint">
                        <span class="without-script">{hint.0}</span>
                        <span class="needs-script">{hint.1}</span>
                    </small>
                </div>
                {move || is_removable().then(|| view! {
                    <label class="tick-box">
                        <input type="checkbox" name="remove_picture" value="on"/>
                        {remove.clone()}
                    </label>
                })}
            </div>
            <span class="unseen" role="status">{said}</span>
        </div>
    }
}
