use std::time::Duration;

use leptos::{
    html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack,
        js_sys::{Array, Function, Object, Promise, Reflect},
    },
};
use serde::{Deserialize, Serialize};

use crate::components::icon::{Icon, IconKind};

/// The interval between two checks of the camera picture.
const PAUSE: Duration = Duration::from_millis(250);

/// The texts of the scanner.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct QrScannerTexts {
    /// The button that starts the camera.
    pub start: String,
    /// The accessible name of the camera picture.
    pub picture: String,
    /// Shown where the browser cannot read codes.
    pub none: String,
    /// Shown where no camera is available or allowed.
    pub refused: String,
    /// Shown for a code of another site.
    pub other: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Starting,
    Looking,
    /// Looking, after a code of another site was seen.
    SeesOther,
    /// The browser cannot read codes.
    Unable,
    /// There is no camera, or it was not allowed.
    Refused,
}

/// The camera that reads a QR code, in browsers that can do so themselves.
#[island]
pub fn QrScanner(
    /// The prefix of the addresses that are followed.
    ours: String,
    texts: QrScannerTexts,
) -> impl IntoView {
    let QrScannerTexts { start, picture, none, refused, other } = texts;
    let video = NodeRef::<html::Video>::new();
    let state = RwSignal::new(State::Idle);
    if cfg!(feature = "hydrate") {
        // Hydration sets no attributes, so anything that differs from the server's view must change afterwards.
        queue_microtask(move || {
            if detector().is_none() {
                state.set(State::Unable);
            }
        });
    }
    let begin = move |_| {
        let (Some(video), Some(detector)) = (video.get_untracked(), detector()) else { return };
        let scan = Scan { ours: ours.clone(), video, detector, state };
        spawn_local(scan.start());
    };
    let is_looking = move || matches!(state.get(), State::Looking | State::SeesOther);
    let words = move || match state.get() {
        State::Unable => Some(none.clone()),
        State::Refused => Some(refused.clone()),
        State::SeesOther => Some(other.clone()),
        State::Idle | State::Starting | State::Looking => None,
    };
    view! {
        <div class="stack needs-script">
            <video
                node_ref=video
                class="camera"
                aria-label=picture
                muted=true
                playsinline=true
                hidden=move || !is_looking()
            ></video>
            <button
                class="button"
                type="button"
                disabled=move || state.get() == State::Starting
                hidden=move || is_looking() || state.get() == State::Unable
                on:click=begin
            >
                <Icon kind=IconKind::CAMERA/>
                {start}
            </button>
            <div class="quiet" role="status">
                {move || words().map(|words| view! { <p>{words}</p> })}
            </div>
        </div>
    }
}

/// Returns the barcode detector, if the browser has one. It is not part of the bindings, because it is not a standard
/// yet (WICG Shape Detection).
fn detector() -> Option<JsValue> {
    let class = Reflect::get(&window(), &"BarcodeDetector".into()).ok()?;
    let class: Function = class.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"formats".into(), &Array::of1(&"qr_code".into())).ok()?;
    Reflect::construct(&class, &Array::of1(&options)).ok()
}

struct Scan {
    ours: String,
    video: HtmlVideoElement,
    detector: JsValue,
    state: RwSignal<State>,
}

impl Scan {
    async fn start(self) {
        self.state.set(State::Starting);
        let Some(stream) = camera().await else { return self.state.set(State::Refused) };
        self.video.set_src_object(Some(&stream));
        self.state.set(State::Looking);
        let _ = self.video.play();
        self.look().await;
    }

    /// Checks the camera picture until it contains a code of this site.
    async fn look(self) {
        let Some(codes) = self.detect() else { return self.state.set(State::Unable) };
        // An error means that there is no picture yet.
        let address = codes.await.ok().and_then(|codes| first_address(&codes));
        match address {
            Some(address) if self.is_ours(&address) => self.follow(&address),
            address => {
                if address.is_some() {
                    self.state.set(State::SeesOther);
                }
                set_timeout(move || spawn_local(self.look()), PAUSE);
            }
        }
    }

    fn detect(&self) -> Option<Promise> {
        let detect = Reflect::get(&self.detector, &"detect".into()).ok()?;
        let detect: Function = detect.dyn_into().ok()?;
        detect.call1(&self.detector, &self.video).ok()?.dyn_into().ok()
    }

    fn is_ours(&self, address: &str) -> bool {
        let is_token = |rest: &str| {
            !rest.is_empty()
                && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        address.strip_prefix(&self.ours).is_some_and(is_token)
    }

    fn follow(&self, address: &str) {
        if let Some(stream) = self.video.src_object() {
            for track in stream.get_tracks() {
                track.unchecked_into::<MediaStreamTrack>().stop();
            }
        }
        let _ = window().location().assign(address);
    }
}

/// Returns the stream of the rear camera, if there is one and the user allows it.
async fn camera() -> Option<MediaStream> {
    let wanted = MediaStreamConstraints::new();
    let back = Object::new();
    Reflect::set(&back, &"facingMode".into(), &"environment".into()).ok()?;
    wanted.set_video(&back);
    let devices = window().navigator().media_devices().ok()?;
    let stream = devices.get_user_media_with_constraints(&wanted).ok()?;
    stream.await.ok()?.dyn_into().ok()
}

/// Returns the content of the first code.
fn first_address(codes: &JsValue) -> Option<String> {
    let code = Array::from(codes).get(0);
    Reflect::get(&code, &"rawValue".into()).ok()?.as_string()
}
