use leptos::{ev, html, prelude::*};

use super::{
    super::{answer::Refusal, local_time::Time, message_form::MessageForm},
    CannedAnswer, ConsoleState, ConversationPane, PaneHead, PaneTexts, PaneView,
    act::{Act, Refused, WindowFields},
    actions::Actions,
    message::{Message, Pending},
    queue::Tongue,
};
use crate::components::alert::{Alert, Tone};

/// An open conversation. The facts about the account and the notes are its children.
#[island]
pub fn ConsolePane(pane: PaneView, children: Children) -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let texts = state.texts.get_value().pane;
    let PaneView {
        id,
        head,
        actions,
        seen,
        messages,
        earlier,
        typed,
        nonce,
        answer_refusal,
        refusal,
        canned,
    } = pane;
    let pane = ConversationPane::new(id, head, actions, seen, messages);
    state.panes.update_value(|panes| panes.push(pane.clone()));
    let ConversationPane { id, seen, is_typing, section, .. } = pane.clone();
    let (section_id, title_id) = (["pane-", &id].concat(), ["title-", &id].concat());
    let refused = refusal.map(|refusal| view! { <Alert tone=Tone::Bad><p>{refusal}</p></Alert> });
    let earlier = earlier.map(|href| {
        view! { <p class="small"><a href=href>{texts.earlier.clone()}</a></p> }
    });
    let labelled_by = title_id.clone();
    let types = texts.types.clone();
    let seen_words = texts.seen.clone();
    view! {
        <section
            class="pane card" id=section_id aria-labelledby=labelled_by tabindex="-1" node_ref=section
        >
            <Head pane=pane.clone() title_id texts=texts.clone()/>
            {refused}
            {earlier}
            <Log pane=pane.clone() label=texts.messages.clone()/>
            <p class="quiet small" role="status">{move || is_typing.get().then(|| types.clone())}</p>
            <p class="quiet small">
                {move || seen.get().map(|moment| view! { {seen_words.clone()}" "<Time moment/> })}
            </p>
            <AnswerBox pane=pane.clone() typed nonce refusal=answer_refusal canned texts=texts.clone()/>
            <Actions pane texts/>
            {children()}
        </section>
    }
}

/// The messages, and below them those that are being sent.
#[component]
fn Log(pane: ConversationPane, label: String) -> impl IntoView {
    let ConversationPane { messages, outgoing, .. } = pane;
    view! {
        <div class="log" role="log" tabindex="0" aria-label=label>
            <ol>
                <For each=move || messages.get() key=|message| message.seq let:message>
                    <Message messages message/>
                </For>
                <For each=move || outgoing.get() key=|one| one.nonce.clone() let:outgoing>
                    <Pending outgoing/>
                </For>
            </ol>
        </div>
    }
}

/// The header: the topic, whether the user is waiting, the assignee.
#[component]
fn Head(pane: ConversationPane, title_id: String, texts: PaneTexts) -> impl IntoView {
    let ConversationPane { id, head, take, .. } = pane;
    let state = expect_context::<ConsoleState>();
    let (action, act) = (state.addresses.with_value(|to| to.take.clone()), Act::new());
    let of = move |part: fn(&PaneHead) -> String| move || part(&head.read());
    let tongue = move || head.read().tongue.clone();
    // Changes only with the button itself: the rest of the header changes while the button may have the focus.
    let to_take = Memo::new(move |_| head.read().take.clone());
    let taking = move || {
        let (words, from) = to_take.get()?;
        let (conversation, action) = (id.clone(), action.clone());
        Some(view! {
            <form method="post" action=action on:submit=move |event| act.submit(&event)>
                <WindowFields conversation/>
                <input type="hidden" name="from" value=from/>
                <button class="button second fit" type="submit" node_ref=take>{words}</button>
            </form>
        })
    };
    // The style sheet hides the answer box below a closed header, so that it need not be removed along with its text.
    view! {
        <header class="head" class:closed=move || head.read().is_closed>
            <div class="line">
                <h2 id=title_id>
                    {of(|head| head.name.0.clone())}" "
                    <span class="quiet small">{of(|head| head.name.1.clone())}</span>
                </h2>
                <Tongue tongue/>
                <span class="state">{of(|head| head.state.clone())}</span>
                <a class="button plain" href=of(|head| head.close.clone())>{texts.close_pane}</a>
            </div>
            <p class="quiet small">{of(|head| head.about.clone())}</p>
            {taking}
            <Refused act/>
        </header>
    }
}

/// The form for an answer. It is also rendered while the conversation is closed, and becomes visible when that is
/// reopened (see `console.css`), so that a window that was in the background has it too.
#[component]
fn AnswerBox(
    pane: ConversationPane,
    typed: String,
    nonce: String,
    refusal: Option<Refusal>,
    canned: Vec<CannedAnswer>,
    texts: PaneTexts,
) -> impl IntoView {
    let ConversationPane { id, answer, outgoing, .. } = pane;
    let state = expect_context::<ConsoleState>();
    let back = state.back.get_value();
    let hidden = [("back", back), ("conversation", id.clone())];
    let hidden = hidden.map(|(name, value)| (name.to_owned(), value));
    let (action, typing) = state.addresses.with_value(|to| (to.answer.clone(), to.typing.clone()));
    let typing = [&typing, "?conversation=", &id].concat();
    let value = (!typed.is_empty()).then_some(typed);
    let canned = (!canned.is_empty()).then(|| {
        view! { <Canned id=id.clone() answer canned label=texts.canned/> }
    });
    let area_id = ["answer-", &id].concat();
    view! {
        <div class="box">
            <MessageForm
                action typing form_id=None class="stack tight" id=area_id
                hidden=hidden.to_vec() nonce value refusal area=answer outgoing texts=texts.answer
            />
            {canned}
        </div>
    }
}

/// Canned answers to choose from: with script a button inserts its text at the cursor, without script it requests the
/// page with the text in the box.
#[component]
fn Canned(
    id: String,
    answer: NodeRef<html::Textarea>,
    canned: Vec<CannedAnswer>,
    label: String,
) -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let page = state.addresses.with_value(|addresses| addresses.page.clone());
    let fields = state.window.get_value().into_iter();
    let fields = fields.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let buttons = canned.into_iter().map(|(id, title, lang, text)| {
        let insert = move |event: ev::MouseEvent| {
            if let Some(area) = answer.get_untracked() {
                event.prevent_default();
                let _ = area.focus();
                let _ = area.set_range_text(&text);
            }
        };
        view! {
            <li>
                <button class="button plain" type="submit" name="canned" value=id lang=lang on:click=insert>
                    {title}
                </button>
            </li>
        }
    });
    view! {
        <details class="more">
            <summary>{label}</summary>
            <form method="get" action=page>
                {fields.collect_view()}
                <input type="hidden" name="into" value=id/>
                <ul class="canned">{buttons.collect_view()}</ul>
            </form>
        </details>
    }
}
