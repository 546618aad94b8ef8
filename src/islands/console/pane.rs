use leptos::{
    either::{Either, EitherOf3},
    ev, html,
    prelude::*,
};

use super::{
    super::{answer::Refusal, local_time::Time, message_form::MessageForm, messages::Translation},
    CannedAnswer, ConsoleState, Pane, PaneActs, PaneHead, PaneMessage, PaneTexts, PaneView,
    queue::Tongue,
};
use crate::components::alert::{Alert, Tone};

/// A conversation that is open. What is known of the account, and the notes, are its children.
#[island(lazy)]
pub fn ConsolePane(pane: PaneView, children: Children) -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let texts = state.texts.get_value().pane;
    let PaneView {
        id,
        head,
        acts,
        seen,
        messages,
        earlier,
        typed,
        nonce,
        answer_refusal,
        refusal,
        canned,
    } = pane;
    let pane = Pane {
        id: id.clone(),
        head: RwSignal::new(head),
        acts: RwSignal::new(acts),
        seen: RwSignal::new(seen),
        messages: RwSignal::new(messages),
        notes: RwSignal::new(Vec::new()),
        is_typing: RwSignal::new(false),
        outgoing: RwSignal::new(Vec::new()),
        section: NodeRef::new(),
        take: NodeRef::new(),
        answer: NodeRef::new(),
        close: NodeRef::new(),
        reopen: NodeRef::new(),
    };
    state.panes.update_value(|panes| panes.push(pane.clone()));
    let Pane { seen, messages, is_typing, outgoing, section, .. } = pane.clone();
    let sending = StoredValue::new(texts.sending.clone());
    let (section_id, title_id) = (["pane-", &id].concat(), ["title-", &id].concat());
    let refused = refusal.map(|refusal| view! { <Alert tone=Tone::Bad><p>{refusal}</p></Alert> });
    let earlier = earlier.map(|href| {
        view! { <p class="small"><a href=href>{texts.earlier.clone()}</a></p> }
    });
    let labelled_by = title_id.clone();
    let types = texts.types.clone();
    let seen_words = texts.seen.clone();
    view! {
        <section class="pane card" id=section_id aria-labelledby=labelled_by node_ref=section>
            <Head pane=pane.clone() title_id texts=texts.clone()/>
            {refused}
            {earlier}
            <div class="log" role="log" tabindex="0" aria-label=texts.messages.clone()>
                <ol>
                    <For
                        each=move || messages.get()
                        key=|message| (message.seq, message.translation.is_some())
                        let:message
                    >
                        <Message message/>
                    </For>
                    <For each=move || outgoing.get() key=|one| one.nonce.clone() let:one>
                        // It is read out when it is there.
                        <li class="said operator pending" aria-hidden="true">
                            <p class="text" dir="auto">{one.text}</p>
                            <p class="quiet small">
                                {move || (!one.is_taken.get()).then(|| sending.get_value())}
                            </p>
                        </li>
                    </For>
                </ol>
            </div>
            <p class="quiet small" role="status">{move || is_typing.get().then(|| types.clone())}</p>
            <p class="quiet small">
                {move || seen.get().map(|moment| view! { {seen_words.clone()}" "<Time moment/> })}
            </p>
            <AnswerBox pane=pane.clone() typed nonce refusal=answer_refusal canned texts=texts.clone()/>
            <Acts pane texts/>
            {children()}
        </section>
    }
}

/// What every form of a window brings along: where it leads back, and which conversation it is about.
#[component]
fn WindowFields(conversation: String) -> impl IntoView {
    let back = expect_context::<ConsoleState>().back.get_value();
    view! {
        <input type="hidden" name="back" value=back/>
        <input type="hidden" name="conversation" value=conversation/>
    }
}

/// What it is, who waits, who has it.
#[component]
fn Head(pane: Pane, title_id: String, texts: PaneTexts) -> impl IntoView {
    let Pane { id, head, take, .. } = pane;
    let of = move |part: fn(&PaneHead) -> String| move || part(&head.read());
    let tongue = move || head.read().tongue.clone();
    let taking = move || {
        let (words, from) = head.read().take.clone()?;
        let conversation = id.clone();
        Some(view! {
            <form method="post" action="/api/operator_take">
                <WindowFields conversation/>
                <input type="hidden" name="from" value=from/>
                <button class="button second fit" type="submit" node_ref=take>{words}</button>
            </form>
        })
    };
    // Below a head that says so there is no box for an answer: it need not come and go with its text.
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
        </header>
    }
}

/// A message: text, and nothing of it runs (ASVS 1.3, 3.2.2).
#[component]
fn Message(message: PaneMessage) -> impl IntoView {
    let PaneMessage { author, is_users, at, picture, translation, text, .. } = message;
    let Some(author) = author else {
        return Either::Left(view! {
            <li class="said system quiet small">{text}" · "<Time moment=at/></li>
        });
    };
    let texts = expect_context::<ConsoleState>().texts.get_value().pane;
    let picture = picture.map(|path| {
        let href = path.clone();
        view! {
            <a href=href target="_blank">
                <img class="shot" src=path alt=texts.picture loading="lazy"/>
            </a>
        }
    });
    let translation = translation.map(|(words, lang)| {
        view! { <Translation words lang texts=texts.translation/> }
    });
    let text = (!text.is_empty()).then(|| view! { <p class="text" dir="auto">{text}</p> });
    Either::Right(view! {
        <li class=if is_users { "said shopper" } else { "said operator" }>
            <p class="by quiet small"><b>{author}</b>" · "<Time moment=at/></p>
            {picture}
            {translation}
            {text}
        </li>
    })
}

/// What an answer is written with. It is there where the conversation is closed, too, and shown as soon as that goes on
/// (see `console.css`): a window that was away meanwhile has it like any other.
#[component]
fn AnswerBox(
    pane: Pane,
    typed: String,
    nonce: String,
    refusal: Option<Refusal>,
    canned: Vec<CannedAnswer>,
    texts: PaneTexts,
) -> impl IntoView {
    let Pane { id, answer, outgoing, .. } = pane;
    let back = expect_context::<ConsoleState>().back.get_value();
    let hidden = [("back", back), ("conversation", id.clone())];
    let hidden = hidden.map(|(name, value)| (name.to_owned(), value));
    let typing = ["/api/operator_typing?conversation=", &id].concat();
    let value = (!typed.is_empty()).then_some(typed);
    let canned = (!canned.is_empty()).then(|| {
        view! { <Canned id=id.clone() answer canned label=texts.canned/> }
    });
    let area_id = ["answer-", &id].concat();
    view! {
        <div class="box">
            <MessageForm
                action="/api/operator_answer".to_owned() typing form_id=None class="stack tight" id=area_id
                hidden=hidden.to_vec() nonce value refusal area=answer outgoing texts=texts.answer
            />
            {canned}
        </div>
    }
}

/// Answers to choose from: with script a button puts its text where the cursor is, without it asks for the page with the
/// text in the box.
#[component]
fn Canned(
    id: String,
    answer: NodeRef<html::Textarea>,
    canned: Vec<CannedAnswer>,
    label: String,
) -> impl IntoView {
    let fields = expect_context::<ConsoleState>().window.get_value().into_iter();
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
            <form method="get" action="/operator">
                {fields.collect_view()}
                <input type="hidden" name="into" value=id/>
                <ul class="canned">{buttons.collect_view()}</ul>
            </form>
        </details>
    }
}

/// What can be done with it, besides answering.
#[component]
fn Acts(pane: Pane, texts: PaneTexts) -> impl IntoView {
    let Pane { id, acts, close, reopen, .. } = pane;
    let colleagues = move || match &*acts.read() {
        PaneActs::Close(colleagues) => colleagues.clone(),
        PaneActs::Reopen | PaneActs::Nothing => Vec::new(),
    };
    let ids = move || colleagues().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let words = move |of: &str| {
        let colleague = colleagues().into_iter().find(|(id, _)| id == of);
        colleague.map(|(_, words)| words).unwrap_or_default()
    };
    // One whose words change, because he went away say, is the same one: were it another option, the first colleague
    // would be chosen in his place.
    let option = move |id: String| {
        let of = id.clone();
        view! { <option value=id>{move || words(&of)}</option> }
    };
    // Only when it is another kind: what was chosen among the colleagues stays.
    let kind = Memo::new(move |_| match &*acts.read() {
        PaneActs::Reopen => 0,
        PaneActs::Nothing => 1,
        PaneActs::Close(_) => 2,
    });
    let has_colleagues = Memo::new(move |_| !colleagues().is_empty());
    let (reopen_words, solved, unsolved) = texts.acts;
    let (to, hand_over, nobody) = texts.hand_over;
    let shown = move || match kind.get() {
        0 => EitherOf3::A(view! {
            <form method="post" action="/api/operator_reopen">
                <WindowFields conversation=id.clone()/>
                <button class="button second fit" type="submit" node_ref=reopen>
                    {reopen_words.clone()}
                </button>
            </form>
        }),
        1 => EitherOf3::B(()),
        _ => {
            let select_id = ["to-", &id].concat();
            let (conversation, to, hand_over) = (id.clone(), to.clone(), hand_over.clone());
            let nobody = nobody.clone();
            let hand_over = move || {
                let (label_for, select_id) = (select_id.clone(), select_id.clone());
                if has_colleagues.get() {
                    Either::Left(view! {
                        <form method="post" action="/api/operator_hand_over" class="line">
                            <WindowFields conversation=conversation.clone()/>
                            <label class="unseen" for=label_for>{to.clone()}</label>
                            <select class="input fit" id=select_id name="to">
                                <For each=ids key=String::clone children=option/>
                            </select>
                            <button class="button second fit" type="submit">{hand_over.clone()}</button>
                        </form>
                    })
                } else {
                    Either::Right(view! { <p class="quiet small">{nobody.clone()}</p> })
                }
            };
            EitherOf3::C(view! {
                <form method="post" action="/api/operator_close" class="line">
                    <WindowFields conversation=id.clone()/>
                    <button class="button second fit" type="submit" name="solved" value="yes" node_ref=close>
                        {solved.clone()}
                    </button>
                    <button class="button second fit" type="submit" name="solved" value="no">
                        {unsolved.clone()}
                    </button>
                </form>
                {hand_over}
            })
        }
    };
    view! { <div class="acts">{shown}</div> }
}

/// What the staff wrote down of a conversation.
#[island(lazy)]
pub fn ConsoleNotes(conversation: String, notes: Vec<super::PaneNote>) -> impl IntoView {
    let pane = expect_context::<ConsoleState>().pane(&conversation);
    let all = pane.map_or_else(|| RwSignal::new(Vec::new()), |pane| pane.notes);
    all.set(notes);
    view! {
        <ul class="notes">
            <For each=move || all.get() key=|note| note.0.clone() let:note>
                <li>
                    <p class="quiet small"><b>{note.1}</b>" · "<Time moment=note.2/></p>
                    <p class="text" dir="auto">{note.3}</p>
                </li>
            </For>
        </ul>
    }
}
