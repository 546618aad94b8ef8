use leptos::{either::Either, html, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    countdown::{digits, said, use_countdown},
    live::{LiveOptions, use_live},
};
use crate::components::icon::{Icon, IconKind};

/// What became of a computer's request to be signed in: what its page shows first, and what the stream sends whenever that
/// changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrStatus {
    /// How far it has come.
    pub step: QrStep,
    /// What is said of that; nothing while the code itself is shown.
    pub title: String,
    /// See above.
    pub words: String,
}

/// How far a request has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QrStep {
    /// The code waits for a phone.
    Shown(QrCode),
    /// A phone has scanned it, and asks for this number.
    Scanned(String),
    /// The computer may collect its session.
    Approved,
    /// Nobody is signed in: the phone said so.
    Refused,
    /// Nobody is signed in: it took too long.
    Expired,
}

/// A code, and what else the phone needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Modules on a side of the picture, and the dark ones as a path.
    pub picture: Option<(u32, String)>,
    /// What is typed instead of scanning.
    pub short: String,
    /// The two digits that the phone asks for.
    pub number: String,
    /// Seconds that are left, and all of them.
    pub seconds: (u32, u32),
}

/// What the page says around that.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct QrSignInTexts {
    /// What is to be done on the phone.
    pub steps: Vec<String>,
    /// The name of the picture.
    pub picture: String,
    /// Before the number.
    pub number: String,
    /// Before the short code.
    pub no_camera: String,
    /// Spoken when so many seconds are left.
    pub spoken: Vec<(u32, String)>,
    /// While there is no connection.
    pub lost: String,
    /// When a stranger may have scanned it.
    pub not_you: String,
    /// The buttons: a new code, and on to the session.
    pub new_code: String,
    /// See above.
    pub go_on: String,
}

impl QrStep {
    /// Whether the phone has yet to do something.
    const fn is_open(&self) -> bool {
        matches!(self, Self::Shown(_) | Self::Scanned(_))
    }
}

/// The code that a phone scans, and what became of it.
#[island]
pub fn QrSignIn(
    status: QrStatus,
    /// Where the stream is, and the cursor of what the page shows.
    stream: (String, String),
    /// Where the buttons post: for a new code, and for the session.
    actions: (String, String),
    /// Where the user wants to go.
    next: Option<String>,
    texts: QrSignInTexts,
) -> impl IntoView {
    let is_open = status.step.is_open();
    let status = RwSignal::new(status);
    // Nothing that is over changes any more.
    let is_lost = if is_open { listen(stream, status) } else { RwSignal::new(false) };
    let form = NodeRef::<html::Form>::new();
    // What the stream tells need not wait for anybody. A page that was loaded so does: its post may have failed before.
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

/// Listens for as long as something may change; true while there is no connection.
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
                // Dark on white in dark mode, too: many scanners read nothing else.
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

/// A ring that grows shorter, and the seconds in it.
#[component]
fn TimeLeft(seconds: (u32, u32), spoken: Vec<(u32, String)>) -> impl IntoView {
    let (seconds, whole) = seconds;
    let left = use_countdown(seconds);
    let (gone, whole) = (whole.saturating_sub(seconds).to_string(), whole.to_string());
    let duration = [&seconds.to_string(), "s"].concat();
    view! {
        <div class="qr-time">
            // Drawn by the browser itself, from where it is: no script, and no style that differs from page to page.
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <circle class="track" request="24" cy="24" r="21"></circle>
                <circle
                    class="rest" request="24" cy="24" r="21" transform="rotate(-90 24 24)" pathLength=whole.clone()
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

/// What became of a code that was scanned, or is over, and the button that goes on from there.
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
    // Two forms, not one that changes: the session's is posted by itself.
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
