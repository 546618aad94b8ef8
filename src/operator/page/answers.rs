//! `/operator/answers`: canned answers.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::layout::Width,
    i18n::{self, Locale},
    operator::{
        AddStarters, RemoveCanned,
        canned::ANSWERS,
        long::CANNED,
        service::canned::known,
        store::{self, Canned},
    },
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        page::{Page, PageError},
    },
    ui::{
        busy::busy,
        console::{ConsolePlace, console_frame},
        field::{Field, Purpose, Select, hidden, text_of_area},
        notice::{done, refusal},
    },
};

/// `/operator/answers`
pub async fn show(mut cx: Cx) -> Result<Page, PageError> {
    cx.staff_page().await?;
    let draft = cx.take_draft(ANSWERS);
    with(cx, draft).await
}

/// As [`show`], with what a form left.
pub(in crate::operator) async fn with(mut cx: Cx, draft: Draft) -> Result<Page, PageError> {
    let staff = cx.staff_page().await?;
    store::seen(&cx.app.db, &staff.account.id, cx.app.clock.now()).await?;
    let all = store::list_canned(&cx.app.db).await?;
    let edited = match cx.id("edit") {
        Some(id) => store::canned(&cx.app.db, &id).await?,
        None => None,
    };
    let locale = cx.locale;
    let title = i18n::console::answers(locale);
    let view = move || {
        use i18n::operator as t;
        let said = match (draft.notice, draft.value("said").as_deref()) {
            (Some(Notice::Saved), _) => Some(t::canned_saved(locale)),
            (_, Some("removed")) => Some(t::canned_removed(locale)),
            _ => None,
        };
        let lists = Locale::ALL
            .into_iter()
            .map(|of| {
                let own = all.iter().filter(|one| one.locale() == of).cloned().collect();
                in_language(of, own, locale)
            })
            .collect_view();
        let content = view! {
            <div class="stack">
                <h1>{title}</h1>
                <p class="quiet">{t::canned_about(locale)}</p>
                {done(said)}
                {refusal(draft.error.as_ref(), locale, ())}
                {form(&draft, edited, locale)}
                {lists}
            </div>
        };
        console_frame(locale, ConsolePlace::Answers, &staff, content).into_any()
    };
    Ok(Page { width: Width::Account, form: false, ..Page::new(title, view) })
}

/// The form: of one that is changed, or of a new one.
fn form(draft: &Draft, edited: Option<Canned>, locale: Locale) -> impl IntoView + use<> {
    use i18n::operator as t;
    let error = draft.error.as_ref();
    let value = |name: &str, stored: Option<String>| draft.value(name).or(stored);
    // The form that removes one brings its id, too, and is no beginning of changing it.
    let id = draft.value("id").filter(|_| draft.typed("answer_locale").is_some());
    let id = id.or_else(|| edited.as_ref().map(|one| one.id.clone()));
    let heading = if id.is_some() { t::canned_edit(locale) } else { t::canned_new(locale) };
    let chosen = value("answer_locale", edited.as_ref().map(|one| one.locale().tag().to_owned()));
    let select = Select {
        name: "answer_locale",
        label: i18n::ui::language(locale),
        hint: None,
        options: Locale::ALL.map(|of| (of.tag().to_owned(), of.name().to_owned())).into(),
        chosen: chosen.unwrap_or_else(|| locale.tag().to_owned()),
        error,
    };
    let title = Field::new("title", Purpose::Confirmation, t::canned_title(locale), error)
        .value(value("title", edited.as_ref().map(|one| one.title.clone())));
    let text = value("text", edited.map(|one| one.text)).unwrap_or_default();
    let why = error.and_then(|error| error.beside("text", locale));
    let refused = why.is_some();
    let cancel = id.is_some().then(|| view! { <a href=ANSWERS>{t::canned_cancel(locale)}</a> });
    view! {
        <form class="card stack" method="post" action=CANNED novalidate>
            <h2>{heading}</h2>
            {hidden("id", id)}
            {select.view(locale)}
            {title.view(locale)}
            <div class="field" class:refused=refused>
                <label for="text">{t::canned_text(locale)}</label>
                <textarea class="input area" id="text" name="text" rows="5" dir="auto" aria-describedby="text-why text-hint" aria-invalid=refused.then_some("true")>{text_of_area(&text)}</textarea>
                <p class="why" id="text-why">{why}</p>
                <small class="quiet" id="text-hint">{t::canned_hint(locale, known())}</small>
            </div>
            <button class="button fit" type="submit">{t::canned_save(locale)}</button>
            {cancel}
            {busy(locale)}
        </form>
    }
}

/// Those in one language.
fn in_language(of: Locale, answers: Vec<Canned>, locale: Locale) -> impl IntoView + use<> {
    use i18n::operator as t;
    let starters = answers.is_empty().then(|| {
        view! {
            <form class="stack" method="post" action=AddStarters::PATH>
                {hidden("answer_locale", Some(of.tag().to_owned()))}
                <p class="quiet">{t::canned_none(locale)}</p>
                <button class="button second fit" type="submit" aria-describedby=format!("in-{of}")>{t::canned_starters(locale)}</button>
                {busy(locale)}
            </form>
        }
    });
    let items = answers
        .into_iter()
        .map(|one| {
            let title = format!("title-{}", one.id);
            view! {
                <li>
                    <div class="what">
                        <h3 id=title.clone()>{one.title}</h3>
                        <p class="text" lang=of.tag()>{one.text}</p>
                    </div>
                    <div class="line">
                        <a class="button plain" href=format!("{ANSWERS}?edit={}", one.id) aria-describedby=title.clone()>{t::canned_change(locale)}</a>
                        <form method="post" action=RemoveCanned::PATH>
                            {hidden("id", Some(one.id))}
                            <button class="button plain" type="submit" aria-describedby=title>{t::canned_remove(locale)}</button>
                        </form>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby=format!("in-{of}")>
            <h2 id=format!("in-{of}") lang=of.tag()>{of.name()}</h2>
            {starters}
            <ul class="answers">{items}</ul>
        </section>
    }
}
