use leptos::{
    either::{Either, EitherOf3},
    ev,
    prelude::*,
};

use super::{
    ConsoleAddresses, ConsoleState, ConversationPane, PaneActions, PaneTexts,
    act::{Act, Refused, WindowFields},
};

/// The kind of actions that a conversation offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offered {
    Close,
    Reopen,
    Nothing,
}

/// The actions on a conversation, besides answering.
#[component]
pub(super) fn Actions(pane: ConversationPane, texts: PaneTexts) -> impl IntoView {
    let actions = pane.actions;
    let act = Act::new();
    // Changes only with the kind, so that the colleague selected stays selected.
    let offered = Memo::new(move |_| match &*actions.read() {
        PaneActions::Close(_) => Offered::Close,
        PaneActions::Reopen => Offered::Reopen,
        PaneActions::Nothing => Offered::Nothing,
    });
    let shown = move || match offered.get() {
        Offered::Reopen => EitherOf3::A(view! {
            <Reopen pane=pane.clone() act words=texts.actions.0.clone()/>
        }),
        Offered::Nothing => EitherOf3::B(()),
        Offered::Close => EitherOf3::C(view! {
            <Close pane=pane.clone() act texts=texts.clone()/>
            <HandOver pane=pane.clone() act texts=texts.clone()/>
        }),
    };
    view! { <div class="acts">{shown}<Refused act/></div> }
}

fn address_of(of: fn(&ConsoleAddresses) -> &String) -> String {
    expect_context::<ConsoleState>().addresses.with_value(|addresses| of(addresses).clone())
}

#[component]
fn Reopen(pane: ConversationPane, act: Act, words: String) -> impl IntoView {
    let ConversationPane { id, reopen, .. } = pane;
    view! {
        <form
            method="post" action=address_of(|to| &to.reopen)
            on:submit=move |event| act.submit(&event)
        >
            <WindowFields conversation=id/>
            <button class="button second fit" type="submit" node_ref=reopen>{words}</button>
        </form>
    }
}

#[component]
fn Close(pane: ConversationPane, act: Act, texts: PaneTexts) -> impl IntoView {
    let ConversationPane { id, close, .. } = pane;
    let (_, solved, unsolved) = texts.actions;
    view! {
        <form
            method="post" action=address_of(|to| &to.close) class="line"
            on:submit=move |event| act.submit(&event)
        >
            <WindowFields conversation=id/>
            <button class="button second fit" type="submit" name="solved" value="yes" node_ref=close>
                {solved}
            </button>
            <button class="button second fit" type="submit" name="solved" value="no">
                {unsolved}
            </button>
        </form>
    }
}

/// Hands the conversation over to a colleague, while there is one.
#[component]
fn HandOver(pane: ConversationPane, act: Act, texts: PaneTexts) -> impl IntoView {
    let ConversationPane { id, actions, .. } = pane;
    let (label, hand_over, nobody) = texts.hand_over;
    let action = address_of(|to| &to.hand_over);
    let colleagues = move || match &*actions.read() {
        PaneActions::Close(colleagues) => colleagues.clone(),
        PaneActions::Reopen | PaneActions::Nothing => Vec::new(),
    };
    let has_colleagues = Memo::new(move |_| !colleagues().is_empty());
    let ids = move || colleagues().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let words = move |of: &str| {
        let colleague = colleagues().into_iter().find(|(id, _)| id == of);
        colleague.map(|(_, words)| words).unwrap_or_default()
    };
    // A colleague whose text changes, for example because he went away, keeps the same option: with a new option the
    // browser would select the first colleague instead.
    let option = move |id: String| {
        let of = id.clone();
        view! { <option value=id>{move || words(&of)}</option> }
    };
    let submit = move |event: ev::SubmitEvent| act.submit(&event);
    move || {
        let select_id = ["to-", &id].concat();
        if has_colleagues.get() {
            Either::Left(view! {
                <form method="post" action=action.clone() class="line" on:submit=submit>
                    <WindowFields conversation=id.clone()/>
                    <label class="unseen" for=select_id.clone()>{label.clone()}</label>
                    <select class="input fit" id=select_id name="to">
                        <For each=ids key=String::clone children=option/>
                    </select>
                    <button class="button second fit" type="submit">{hand_over.clone()}</button>
                </form>
            })
        } else {
            Either::Right(view! { <p class="quiet small">{nobody.clone()}</p> })
        }
    }
}
