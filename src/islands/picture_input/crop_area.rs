use leptos::{
    ev,
    prelude::*,
    web_sys::{Element, HtmlInputElement},
};

use super::{chosen::Picture, crop::ZOOM_MAX};
use crate::islands::text_input::focus;

/// How far an arrow key moves the picture, in fractions of the square.
const KEY_STEP: f64 = 0.05;
const ZOOM_STEP: u32 = 10;

/// The chosen picture under its square: moved by pointer or arrow keys, zoomed by `+`, `-` or the range.
#[component]
pub(super) fn CropArea(
    state: Picture,
    /// The accessible name, and how the picture is moved.
    names: (String, String),
    /// The label of the zoom.
    zoom: String,
    /// The button that chooses another picture, and the one that keeps the stored picture.
    buttons: (String, String),
) -> impl IntoView {
    let Picture { input, canvas, crop, .. } = state;
    let grip = RwSignal::new(None::<(i32, i32)>);
    Effect::new(move |_| state.draw());
    let press = move |event: ev::PointerEvent| {
        if event.button() == 0
            && let Some(canvas) = canvas.get_untracked()
        {
            grip.set(Some((event.client_x(), event.client_y())));
            let _ = Element::set_pointer_capture(&canvas, event.pointer_id());
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if let (Some(from), Some(canvas)) = (grip.get_untracked(), canvas.get_untracked()) {
            let to = (event.client_x(), event.client_y());
            grip.set(Some(to));
            let side = f64::from(Element::client_width(&canvas).max(1));
            let part = |from, to| f64::from(to - from) / side;
            state.turn(|crop| crop.moved(part(from.0, to.0), part(from.1, to.1)));
        }
    };
    let choose_another = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <div class="crop" hidden=move || crop.read().is_none()>
            <canvas
                node_ref=canvas
                tabindex="0"
                role="application"
                aria-label=names.0
                aria-describedby="picture-crop"
                on:pointerdown=press
                on:pointermove=drag
                on:pointerup=move |_| grip.set(None)
                on:pointercancel=move |_| grip.set(None)
                on:keydown=move |event| move_by_key(state, &event)
            ></canvas>
            <small class="quiet" id="picture-crop">{names.1}</small>
            <Zoom state label=zoom/>
            <div class="row">
                <button type="button" class="button second fit" on:click=choose_another>{buttons.0}</button>
                <button type="button" class="button plain" on:click=move |_| leave(state)>{buttons.1}</button>
            </div>
        </div>
    }
}

#[component]
fn Zoom(state: Picture, label: String) -> impl IntoView {
    let zoom = move || state.crop.read().map_or(100, |crop| crop.zoom()).to_string();
    let draw_near = move |event: ev::Event| {
        let to = event_target::<HtmlInputElement>(&event).value_as_number();
        state.turn(|crop| crop.zoomed(to as u32));
    };
    view! {
        <label for="picture-zoom">{label}</label>
        <input
            id="picture-zoom"
            type="range"
            min="100"
            max=ZOOM_MAX.to_string()
            step=ZOOM_STEP.to_string()
            prop:value=zoom
            aria-valuetext=move || [&zoom(), " %"].concat()
            on:input=draw_near
        />
    }
}

fn leave(state: Picture) {
    state.leave();
    // The input is visible again by then.
    request_animation_frame(move || focus(state.input));
}

fn move_by_key(state: Picture, event: &ev::KeyboardEvent) {
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
    state.has_moved.set(true);
    state.turn(|crop| crop.moved(right, down).zoomed(crop.zoom().wrapping_add(nearer)));
}
