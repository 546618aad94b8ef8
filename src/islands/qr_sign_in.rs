use leptos::{either::Either, html, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    countdown::{digits, said, use_countdown},
    live::{LiveOptions, use_live},
};
use crate::components::icon::{Icon, IconKind};

/// The status of a computer's sign-in request: shown by its page first, then sent by the stream whenever it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrStatus {
    /// The current step.
    pub step: QrStep,
    /// The heading for it; empty while the code itself is shown.
    pub title: String,
    /// The text for it; empty in the same case.
    pub words: String,
}

/// The steps of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QrStep {
    /// The code waits for a phone.
    Shown(QrCode),
    /// A phone has scanned it, and asks for this number.
    Scanned(String),
    /// The computer may collect its session.
    Approved,
    /// Not signed in: the user refused on the phone.
    Refused,
    /// Not signed in: it took too long.
    Expired,
}

/// A code, and the other values that the phone needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The number of modules per side of the picture, and the dark modules as an SVG path.
    pub picture: Option<(u32, String)>,
    /// The short code, which can be typed instead of scanning.
    pub short: String,
    /// The two digits that the phone asks for.
    pub number: String,
    /// The seconds left, and the total.
    pub seconds: (u32, u32),
}

/// The other texts of the page.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct QrSignInTexts {
    /// The steps to take on the phone.
    pub steps: Vec<String>,
    /// The accessible name of the picture.
    pub picture: String,
    /// The text before the number.
    pub number: String,
    /// The text before the short code.
    pub no_camera: String,
    /// The announcements at these numbers of seconds left.
    pub spoken: Vec<(u32, String)>,
    /// Shown while there is no connection.
    pub lost: String,
    /// Shown in case a stranger has scanned it.
    pub not_you: String,
    /// The button for a new code.
    pub new_code: String,
    /// The button that continues to the session.
    pub go_on: String,
}

impl QrStep {
    /// Returns whether the phone still has to act.
    const fn is_open(&self) -> bool {
        matches!(self, Self::Shown(_) | Self::Scanned(_))
    }
}

/// The code that a phone scans, and the status of the request.
#[island]
pub fn QrSignIn(
    status: QrStatus,
    /// The address of the stream, and the cursor of what the page shows.
    stream: (String, String),
    /// The addresses to which the buttons post: for a new code, and for the session.
    actions: (String, String),
    /// Where to continue after sign-in.
    next: Option<String>,
    texts: QrSignInTexts,
) -> impl IntoView {
    let is_open = status.step.is_open();
    let status = RwSignal::new(status);
    // A request that is over does not change any more.
    let is_lost = if is_open { listen(stream, status) } else { RwSignal::new(false) };
    let form = NodeRef::<html::Form>::new();
    // An approval that arrives over the stream continues at once. On a page that was loaded as approved the user has to
    // press the button: the automatic post may have failed before.
    Effect::new(move |_| {
        let is_approved = status.with(|status| matches!(status.step, QrStep::Approved));
        if is_open
            && is_approved
            && let Some(form) = form.get()
        {
            let _ = form.submit();
        }
    });
    view! {
        // What replaces the status is read out.
        <div aria-live="polite">
            {move || {
                let QrStatus { step, title, words } = status.get();
                let texts = texts.clone();
                match step {
                    QrStep::Shown(code) => Either::Left(view! { <Code code is_lost texts/> }),
                    step => {
                        let (actions, next) = (actions.clone(), next.clone());
                        Either::Right(view! { <Told step title words is_lost actions next form texts/> })
                    }
                }
            }}
        </div>
    }
}

/// Listens for as long as the status may change; returns a signal that is true while there is no connection.
fn listen((stream, last): (String, String), status: RwSignal<QrStatus>) -> RwSignal<bool> {
    let options = LiveOptions::default();
    let live = use_live(move || stream.clone(), last, options, move |event| status.set(event));
    Effect::new(move |_| {
        if !status.with(|status| status.step.is_open()) {
            live.close();
        }
    });
    live.is_lost
}

/// The code itself, and what to do on the phone.
#[component]
fn Code(code: QrCode, is_lost: RwSignal<bool>, texts: QrSignInTexts) -> impl IntoView {
    let QrCode { picture, short, number, seconds } = code;
    let steps = texts.steps.into_iter().map(|step| view! { <li>{step}</li> });
    let name = texts.picture;
    let picture = picture.map(|(side, path)| {
        let side = side.to_string();
        let view_box = ["0 0 ", &side, " ", &side].concat();
        view! {
            <svg class="qr-picture" viewBox=view_box role="img" aria-label=name shape-rendering="crispEdges">
                // Dark on white even in dark mode: many scanners read nothing else.
                <rect width=side.clone() height=side fill="#fff"></rect>
                <path d=path fill="#000"></path>
            </svg>
        }
    });
    view! {
        <div class="stack">
            <ol class="plain-list">{steps.collect_view()}</ol>
            <div class="qr-code">{picture}<TimeLeft seconds spoken=texts.spoken/></div>
            <Number label=texts.number number/>
            <Lost is_lost words=texts.lost/>
            <div class="or stack">
                <p class="quiet">{texts.no_camera}</p>
                <p class="qr-short">{short}</p>
            </div>
        </div>
    }
}

/// A shrinking ring with the seconds left in it.
#[component]
fn TimeLeft(seconds: (u32, u32), spoken: Vec<(u32, String)>) -> impl IntoView {
    let (seconds, whole) = seconds;
    let left = use_countdown(seconds);
    let (gone, whole) = (whole.saturating_sub(seconds).to_string(), whole.to_string());
    let duration = [&seconds.to_string(), "s"].concat();
    view! {
        <div class="qr-time">
            // Animated by the browser itself from its current position: no script, and no style that differs from page
            // to page.
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <circle class="track" cx="24" cy="24" r="21"></circle>
                <circle
                    class="rest" cx="24" cy="24" r="21" transform="rotate(-90 24 24)" pathLength=whole.clone()
                    stroke-dasharray=whole stroke-dashoffset=gone
                >
                    <animate attributeName="stroke-dashoffset" from=gone.clone() to=whole.clone() dur=duration fill="freeze"></animate>
                </circle>
            </svg>
            <span class="digits" aria-hidden="true">{digits(left)}</span>
            <span class="unseen" role="status">{said(left, spoken)}</span>
        </div>
    }
}

/// The status of a code that was scanned or is over, with the button to continue.
#[component]
fn Told(
    step: QrStep,
    title: String,
    words: String,
    is_lost: RwSignal<bool>,
    actions: (String, String),
    next: Option<String>,
    form: NodeRef<html::Form>,
    texts: QrSignInTexts,
) -> impl IntoView {
    let (new_code, collect) = actions;
    let (kind, class) = match step {
        QrStep::Approved => (IconKind::CHECK, "button"),
        QrStep::Scanned(_) => (IconKind::PHONE, "button second"),
        QrStep::Refused => (IconKind::ALERT, "button"),
        QrStep::Shown(_) | QrStep::Expired => (IconKind::CLOCK, "button"),
    };
    let next = next.map(|next| view! { <input type="hidden" name="next" value=next/> });
    // Two separate forms, not one that changes: the one for the session is submitted automatically.
    let goes_on = if matches!(step, QrStep::Approved) {
        Either::Left(view! {
            <form node_ref=form class="whole" method="post" action=collect>
                {next}
                <button class=class type="submit">{texts.go_on}</button>
            </form>
        })
    } else {
        Either::Right(view! {
            <form class="whole" method="post" action=new_code>
                {next}
                <button class=class type="submit">{texts.new_code}</button>
            </form>
        })
    };
    let waiting = match step {
        QrStep::Scanned(number) => Some(view! {
            <Number label=texts.number number/>
            <Lost is_lost words=texts.lost/>
            <p class="quiet small">{texts.not_you}</p>
        }),
        _ => None,
    };
    view! {
        <div class="stack middle">
            <div class="badge"><Icon kind/></div>
            <h2>{title}</h2>
            <p>{words}</p>
            {waiting}
            {goes_on}
        </div>
    }
}

/// The two digits that the phone asks for.
#[component]
fn Number(label: String, number: String) -> impl IntoView {
    view! { <p class="qr-number">{label}" "<b>{number}</b></p> }
}

#[component]
fn Lost(is_lost: RwSignal<bool>, words: String) -> impl IntoView {
    view! { <p class="quiet small" hidden=move || !is_lost.get()>{words}</p> }
}
