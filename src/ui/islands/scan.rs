//! The camera that reads a QR code, where the browser can do that by itself.

use std::rc::Rc;

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        Element, Event, HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack,
        js_sys::{Array, Function, Object, Promise, Reflect},
    },
};

use super::dom;

/// Between two looks at the picture of the camera.
const LOOK_EVERY_MS: i32 = 250;

/// Enhances `[data-scan=ADDRESS]`: its button starts the camera, and a code that begins with that address is followed.
/// `[data-scan-none]` is shown where the browser reads no codes, `[data-scan-refused]` where it gives no camera, and
/// `[data-scan-other]` for a code of somebody else.
#[island]
pub fn Scan() -> impl IntoView {
    dom::enhance("data-scan", |place| {
        let button = place.query_selector("button").ok().flatten();
        let video = place.query_selector("video").ok().flatten();
        let video = video.and_then(|video| video.dyn_into::<HtmlVideoElement>().ok());
        let (Some(button), Some(video)) = (button, video) else { return };
        // Not among the bindings: it is no standard yet (WICG Shape Detection).
        let Some(detector) = detector() else {
            button.remove();
            say("[data-scan-none]");
            return;
        };
        let ours = dom::data(&place, "data-scan");
        let scan = Rc::new(Scanning { ours, video, detector });
        dom::listen(&button.clone(), "click", move |_: Event| start(&scan, &button));
    });
}

struct Scanning {
    ours: String,
    video: HtmlVideoElement,
    detector: JsValue,
}

/// Shows one of the three reasons, and hides the others.
fn say(which: &str) {
    for reason in ["[data-scan-none]", "[data-scan-refused]", "[data-scan-other]"] {
        dom::each(reason, |words| dom::toggle(&words, "hidden", reason != which));
    }
}

/// What reads codes, if the browser has it.
fn detector() -> Option<JsValue> {
    let class = Reflect::get(&window(), &"BarcodeDetector".into()).ok()?;
    let class: Function = class.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"formats".into(), &Array::of1(&"qr_code".into())).ok()?;
    Reflect::construct(&class, &Array::of1(&options)).ok()
}

fn start(scan: &Rc<Scanning>, button: &Element) {
    let wanted = MediaStreamConstraints::new();
    let back = Object::new();
    let _ = Reflect::set(&back, &"facingMode".into(), &"environment".into());
    wanted.set_video(&back);
    let camera = window()
        .navigator()
        .media_devices()
        .and_then(|devices| devices.get_user_media_with_constraints(&wanted));
    let Ok(camera) = camera else { return say("[data-scan-refused]") };
    say("");
    dom::toggle(button, "disabled", true);
    let (mine, started) = (Rc::clone(scan), button.clone());
    dom::then(
        &camera,
        move |stream| {
            mine.video.set_src_object(stream.dyn_ref());
            dom::toggle(&mine.video, "hidden", false);
            dom::toggle(&started, "hidden", true);
            let _ = mine.video.play();
            look(&mine);
        },
        {
            let button = button.clone();
            move || {
                dom::toggle(&button, "disabled", false);
                say("[data-scan-refused]");
            }
        },
    );
}

/// Looks at the picture of the camera until a code of ours is in it.
fn look(scan: &Rc<Scanning>) {
    let detect = Reflect::get(&scan.detector, &"detect".into())
        .ok()
        .and_then(|detect| detect.dyn_into::<Function>().ok())
        .and_then(|detect| detect.call1(&scan.detector, &scan.video).ok())
        .and_then(|promise| promise.dyn_into::<Promise>().ok());
    let Some(detect) = detect else { return say("[data-scan-none]") };
    let (mine, again) = (Rc::clone(scan), Rc::clone(scan));
    dom::then(
        &detect,
        move |codes| {
            if !follow(&mine, &codes) {
                dom::after(LOOK_EVERY_MS, move || look(&mine));
            }
        },
        // No picture yet.
        move || dom::after(LOOK_EVERY_MS, move || look(&again)),
    );
}

/// Goes to the address in the first code, if it is one of ours.
fn follow(scan: &Scanning, codes: &JsValue) -> bool {
    let code = Array::from(codes).get(0);
    let Some(address) =
        Reflect::get(&code, &"rawValue".into()).ok().and_then(|text| text.as_string())
    else {
        return false;
    };
    let is_token = |rest: &str| {
        !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !address.strip_prefix(&scan.ours).is_some_and(is_token) {
        say("[data-scan-other]");
        return false;
    }
    if let Some(stream) = scan.video.src_object() {
        let stream: MediaStream = stream;
        for track in stream.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
    let _ = window().location().assign(&address);
    true
}
