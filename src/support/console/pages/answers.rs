//! The page of canned answers.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{
        alert::{Alert, Tone},
        form::{
            ActionForm, FormMessages, Hidden, Select, SubmitButton, TextField, maxlength,
            notes::Notes, text_of_area, use_refusal,
        },
        layout::Title,
        page::page,
    },
    domain::{ids::CannedId, values::limits::MESSAGE_MAX},
    http::{
        context::{RequestContext, Staff},
        extract::StaffUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::{Locale, use_texts},
    islands::InputKind,
    support::console::{
        ANSWERS, AddStarters, ConsoleLayout, ConsolePlace, RemoveCanned,
        long::CANNED,
        outcome::Outcome,
        service::canned::known,
        store::{self, Canned},
    },
};

/// `GET /operator/answers`
pub(in crate::support::console) async fn answers(
    StaffUser(staff): StaffUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    answers_with(request, staff, flash).await
}

/// Like [`answers`], with the flash of a form.
pub(in crate::support::console) async fn answers_with(
    request: RequestContext,
    staff: Staff,
    flash: Flash,
) -> Result<Response, PageError> {
    store::seen(&request.state.db, &staff.account.id, request.state.clock.now()).await?;
    let answers = store::list_canned(&request.state.db).await?;
    let edited = request.query("edit").as_deref().and_then(CannedId::parse);
    let edited = match edited {
        Some(id) => store::canned(&request.state.db, &id).await?,
        None => None,
    };
    let is_admin = staff.is_admin();
    Ok(page(request, flash, move || view! { <AnswersPage answers edited is_admin/> }))
}

/// `/operator/answers`
#[component]
pub(super) fn AnswersPage(
    answers: Vec<Canned>,
    /// The answer that is being edited.
    edited: Option<Canned>,
    is_admin: bool,
) -> impl IntoView {
    let t = use_texts();
    let flash = use_flash();
    let done = match (flash.notice, Outcome::of(&flash)) {
        (Some(Notice::Saved), _) => Some(t.operator().canned_saved()),
        (_, Some(Outcome::Removed)) => Some(t.operator().canned_removed()),
        _ => None,
    };
    let done = done.map(|words| view! { <Alert tone=Tone::Good><p>{words}</p></Alert> });
    let lists = Locale::ALL.into_iter().map(move |locale| {
        let own = answers.iter().filter(|answer| answer.locale() == locale).cloned();
        view! { <AnswersInLanguage locale answers=own.collect()/> }
    });
    view! {
        <Title text=t.console().answers()/>
        <ConsoleLayout place=ConsolePlace::Answers is_admin>
            <div class="stack">
                <h1>{t.console().answers()}</h1>
                <p class="quiet">{t.operator().canned_about()}</p>
                {done}
                <AnswerForm edited/>
                {lists.collect_view()}
            </div>
        </ConsoleLayout>
    }
}

/// The form for an existing answer or a new one.
#[component]
fn AnswerForm(edited: Option<Canned>) -> impl IntoView {
    let texts = use_texts();
    let (t, flash) = (texts.operator(), use_flash());
    // The form that removes an answer also sends its id; that must not start an edit.
    let id = flash.value("id").filter(|_| flash.typed("answer_locale").is_some());
    let id = id.or_else(|| edited.as_ref().map(|answer| answer.id.to_string()));
    let heading = if id.is_some() { t.canned_edit() } else { t.canned_new() };
    let cancel = id.is_some().then(|| view! { <a href=ANSWERS>{t.canned_cancel()}</a> });
    let stored = edited.as_ref().map(|answer| answer.locale().tag().to_owned());
    let chosen = flash.value("answer_locale").or(stored);
    let chosen = chosen.unwrap_or_else(|| texts.0.tag().to_owned());
    let languages = Locale::ALL.map(|locale| (locale.tag().to_owned(), locale.name().to_owned()));
    let title = edited.as_ref().map(|answer| answer.title.clone());
    let text = flash.value("text").or(edited.map(|answer| answer.text)).unwrap_or_default();
    let labels = vec![("title", t.canned_title()), ("text", t.canned_text())];
    view! {
        <ActionForm action=CANNED>
            <h2>{heading}</h2>
            <FormMessages labels/>
            <Hidden name="id" value=id/>
            <Select
                name="answer_locale" label=texts.ui().language() options=languages.to_vec() chosen
            />
            <TextField name="title" kind=InputKind::Title label=t.canned_title() value=title/>
            <AnswerText text/>
            <SubmitButton label=t.canned_save() class="button fit"/>
            {cancel}
        </ActionForm>
    }
}

/// The text field, with the placeholders that may be used.
#[component]
fn AnswerText(text: String) -> impl IntoView {
    let t = use_texts().operator();
    let error = use_refusal().and_then(|refusal| refusal.of("text"));
    let is_refused = error.is_some();
    let described_by = if is_refused { "text-why text-hint" } else { "text-hint" };
    let text = text_of_area(&text);
    view! {
        <div class="field" class:refused=is_refused>
            <label for="text">{t.canned_text()}</label>
            <textarea
                class="input area" id="text" name="text" rows="5" dir="auto" maxlength=maxlength(MESSAGE_MAX)
                enterkeyhint="enter" autocapitalize="sentences" aria-describedby=described_by
                aria-invalid=is_refused.then_some("true")
            >
                {text}
            </textarea>
            <Notes
                name="text".to_owned() hint=Some(t.canned_hint(known())) error=Signal::stored(error)
            />
        </div>
    }
}

#[component]
fn AnswersInLanguage(locale: Locale, answers: Vec<Canned>) -> impl IntoView {
    let t = use_texts().operator();
    let id = format!("in-{locale}");
    let (heading_id, labelled_by) = (id.clone(), id.clone());
    let starters = answers.is_empty().then(|| {
        view! {
            <ActionForm action=AddStarters::PATH class="stack" is_small=true>
                <Hidden name="answer_locale" value=Some(locale.tag().to_owned())/>
                <p class="quiet">{t.canned_none()}</p>
                <SubmitButton label=t.canned_starters() class="button second fit" described_by=id/>
            </ActionForm>
        }
    });
    let items = answers.into_iter().map(|answer| view! { <Answer answer/> });
    view! {
        <section class="stack" aria-labelledby=labelled_by>
            <h2 id=heading_id lang=locale.tag()>{locale.name()}</h2>
            {starters}
            <ul class="answers">{items.collect_view()}</ul>
        </section>
    }
}

#[component]
fn Answer(answer: Canned) -> impl IntoView {
    let t = use_texts().operator();
    let lang = answer.locale().tag();
    let Canned { id, title, text, .. } = answer;
    let change = format!("{ANSWERS}?edit={id}");
    let title_id = format!("title-{id}");
    let (changed, removed) = (title_id.clone(), title_id.clone());
    view! {
        <li>
            <div class="what">
                <h3 id=title_id>{title}</h3>
                <p class="text" lang=lang>{text}</p>
            </div>
            <div class="line">
                <a class="button plain" href=change aria-describedby=changed>{t.canned_change()}</a>
                <form method="post" action=RemoveCanned::PATH>
                    <Hidden name="id" value=Some(id.to_string())/>
                    <button class="button plain" type="submit" aria-describedby=removed>
                        {t.canned_remove()}
                    </button>
                </form>
            </div>
        </li>
    }
}
