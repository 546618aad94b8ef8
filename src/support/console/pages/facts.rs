//! What operators may know of the account that a conversation is about.

use leptos::{attr::custom::custom_attribute, either::Either, prelude::*, server_fn::ServerFn};

use super::WindowFields;
use crate::{
    components::alert::{Alert, Tone},
    http::flash::Flash,
    i18n::use_texts,
    islands::{ConsoleFacts, InputKind},
    support::{
        console::{
            Claim, console_view::ConsoleView, outcome::Outcome, service::facts::Facts, view::Reader,
        },
        conversation::Conversation,
    },
};

/// The account: the facts after a look, or the button that looks; and the form that sets which account it is.
#[component]
pub(super) fn AccountFacts(
    reader: Reader,
    console: ConsoleView,
    conversation: Conversation,
    facts: Option<Facts>,
    /// The flash of this conversation's last form.
    flash: Flash,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.operator();
    let id = conversation.id.clone();
    let done = match Outcome::of(&flash) {
        Some(Outcome::Found) => Some(t.account_found()),
        Some(Outcome::NotFound) => Some(t.account_not_found()),
        _ => None,
    };
    let wrong = flash.error.as_ref().and_then(|error| error.beside("claimed", texts.0));
    let is_refused = wrong.is_some();
    let is_open = done.is_some() || is_refused || facts.is_some();
    let done = done.map(|words| view! { <Alert tone=Tone::Good><p>{words}</p></Alert> });
    let (signed_in, claimed) = (&conversation.account_id, &conversation.claimed_id);
    let is_known = signed_in.is_some() || claimed.is_some();
    let is_other = signed_in.is_some() && claimed.is_some() && signed_in != claimed;
    let other = is_other.then(|| view! { <p class="small">{t.other_account()}</p> });
    let assisted = is_known.then(|| {
        let href = format!("/operator/assisted?conversation={id}");
        view! { <p><a href=href>{texts.console().assisted()}</a></p> }
    });
    let shown = if is_known {
        let facts = facts.map(|facts| reader.facts(facts));
        Either::Left(view! { <ConsoleFacts conversation=id.to_string() facts/> })
    } else {
        Either::Right(view! { <p class="quiet small">{t.no_account()}</p> })
    };
    let [input_id, label_for] = [(); 2].map(|()| format!("claimed-{id}"));
    let [why_id, described_by] = [(); 2].map(|()| format!("claimed-{id}-why"));
    view! {
        <details class="more" open=is_open>
            <summary>{t.account()}</summary>
            {done}
            {other}
            {shown}
            {assisted}
            <form class="stack tight" method="post" action=Claim::PATH>
                <WindowFields console conversation=id/>
                <label for=label_for>{t.which_account()}</label>
                <input
                    class="input" id=input_id name="claimed" type="text" autocomplete="off" enterkeyhint="go"
                    maxlength=InputKind::Named.maxlength() autocapitalize="none"
                    {..custom_attribute("autocorrect", "off")} spellcheck="false" aria-describedby=described_by
                    aria-invalid=is_refused.then_some("true")
                />
                <p class="why" id=why_id>{wrong}</p>
                <button class="button second fit" type="submit">{t.set_account()}</button>
            </form>
        </details>
    }
}
