use leptos::{either::Either, prelude::*};

use super::{
    super::{local_time::Time, message_form::MAXLENGTH},
    ConsoleState, PaneFacts, PaneNote,
    act::{Act, Refused, WindowFields},
};
use crate::components::form::text_of_area;

/// The staff's notes on a conversation, and the form that adds one.
#[island]
pub fn ConsoleNotes(
    conversation: String,
    notes: Vec<PaneNote>,
    /// The text that was typed, if the form is shown again.
    typed: String,
) -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let pane = state.pane(&conversation);
    let all = pane.map_or_else(|| RwSignal::new(Vec::new()), |pane| pane.notes);
    all.set(notes);
    let act = Act::new();
    let action = state.addresses.with_value(|addresses| addresses.note.clone());
    let (label, button) = state.texts.with_value(|texts| texts.pane.note.clone());
    let box_id = ["note-box-", &conversation].concat();
    let text = text_of_area(&typed);
    view! {
        <ul class="notes">
            <For each=move || all.get() key=|note| note.0.clone() let:note>
                <li>
                    <p class="quiet small"><b>{note.1}</b>" · "<Time moment=note.2/></p>
                    <p class="text" dir="auto">{note.3}</p>
                </li>
            </For>
        </ul>
        <form
            class="stack tight" method="post" action=action
            on:submit=move |event| act.submit(&event)
        >
            <WindowFields conversation=conversation/>
            <label for=box_id.clone()>{label}</label>
            <textarea
                node_ref=act.area class="input area" id=box_id name="note" rows="2" dir="auto"
                maxlength=MAXLENGTH enterkeyhint="enter" autocapitalize="sentences"
            >
                {text}
            </textarea>
            <Refused act/>
            <button class="button second fit" type="submit">{button}</button>
        </form>
    }
}

/// Facts about the account once a staff member has viewed them; before that, the button that does so. Viewing is
/// recorded, and the account's owner can see that.
#[island]
pub fn ConsoleFacts(conversation: String, facts: Option<PaneFacts>) -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let pane = state.pane(&conversation);
    let shown = pane.map_or_else(|| RwSignal::new(None), |pane| pane.facts);
    shown.set(facts);
    let act = Act::new();
    let action = state.addresses.with_value(|addresses| addresses.look.clone());
    let (about, look) = state.texts.with_value(|texts| texts.pane.look.clone());
    move || match shown.get() {
        Some(facts) => Either::Left(view! { <FactList facts/> }),
        None => {
            let [about_id, described_by] = [(); 2].map(|()| ["look-", &conversation].concat());
            Either::Right(view! {
                <form
                    class="stack tight" method="post" action=action.clone()
                    on:submit=move |event| act.submit(&event)
                >
                    <WindowFields conversation=conversation.clone()/>
                    <p class="quiet small" id=about_id>{about.clone()}</p>
                    <Refused act/>
                    <button class="button second fit" type="submit" aria-describedby=described_by>
                        {look.clone()}
                    </button>
                </form>
            })
        }
    }
}

#[component]
fn FactList(facts: PaneFacts) -> impl IntoView {
    let PaneFacts { rows, tried } = facts;
    let rows = rows.into_iter().map(|(name, value)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    });
    let (name, none, steps) = tried;
    let steps = steps.into_iter().map(|step| view! { <li>{step}</li> });
    view! {
        <dl class="facts small">
            {rows.collect_view()}
            <div>
                <dt>{name}</dt>
                <dd>{none}<ul class="plain-list">{steps.collect_view()}</ul></dd>
            </div>
        </dl>
    }
}
