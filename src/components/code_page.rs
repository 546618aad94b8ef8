//! The page where the user enters an emailed code, for registration, recovery and other flows.

use leptos::prelude::*;

use super::{
    form::{form_texts, missing, use_refusal},
    layout::{CardLayout, Title, use_document, use_request},
};
use crate::{
    clock,
    db::DbError,
    domain::{
        accounts, format,
        values::{meant_address, shown},
        verification::codes::Latest,
    },
    http::{
        context::RequestContext,
        flash::{Notice, use_flash},
    },
    i18n::{Texts, use_texts},
    islands::{CodeForm, CodeFormTexts, CountdownTexts, InputKind, Moment},
    mailer::MailProblem,
    state::AppState,
};

/// How the user can reach a person when nothing else helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// Through the support chat.
    Chat,
    /// Through the contact that the shop has configured.
    Contact(String),
    /// Not at all: there is no contact, or the user comes from there.
    Nobody,
}

/// The texts that differ from feature to feature.
#[derive(Clone, Debug)]
pub(crate) struct CodePageTexts {
    /// Where the code was sent: the address as typed and, if it looks mistyped, the one probably meant.
    pub sent_to: String,
    /// The target of "Change", if the address can be changed.
    pub change: Option<&'static str>,
    /// The list items below "Didn't receive the code?".
    pub help: Vec<String>,
    /// The target of "Other ways to verify".
    pub other_ways: Option<String>,
    /// The target of "Cancel", if there is a page to return to.
    pub cancel: Option<String>,
}

impl CodePageTexts {
    /// Returns the texts for a code to an address that was just typed; it can be corrected at `change`.
    #[must_use]
    pub(crate) fn to_typed(t: Texts, address: &str, change: &'static str) -> Self {
        let meant = meant_address(address).map(|meant| t.register().did_you_mean(meant));
        let address = &shown(address);
        let sent_to = [Some(t.register().sent_to(address)), meant];
        Self {
            sent_to: sent_to.into_iter().flatten().collect::<Vec<_>>().join(" "),
            change: Some(change),
            help: vec![
                t.code().help_junk().to_owned(),
                t.code().help_spelling(address),
                t.code().help_wait().to_owned(),
            ],
            other_ways: None,
            cancel: None,
        }
    }

    /// Returns the texts for a code to the mailbox of a user who is signed in, or about to be.
    #[must_use]
    pub(crate) fn to_own(t: Texts, sent_to: String) -> Self {
        let help = vec![t.code().help_junk().to_owned(), t.code().help_wait().to_owned()];
        Self { sent_to, change: None, help, other_ways: None, cancel: None }
    }
}

impl Person {
    /// Returns how users of this shop reach a person.
    pub(crate) async fn of(state: &AppState) -> Result<Self, DbError> {
        Ok(match accounts::exists_staff(&state.db).await? {
            true => Self::Chat,
            false => state.config.support_contact.clone().map_or(Self::Nobody, Self::Contact),
        })
    }
}

/// The page; `children` are shown above its heading.
#[component]
pub(crate) fn CodePage(
    texts: CodePageTexts,
    code: Latest,
    person: Person,
    /// The address to which the code is posted.
    confirm: &'static str,
    /// The address at which another code is requested.
    resend: &'static str,
    /// The heading, if it differs from the default.
    #[prop(optional)]
    title: Option<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let t = use_texts();
    let title = title.unwrap_or(t.code().title());
    let CodePageTexts { sent_to, change, help, other_ways, cancel } = texts;
    let change = change.map(|path| view! { <a href=path>{t.code().change()}</a> });
    let other_ways = other_ways.map(|path| view! { <a href=path>{t.code().other_ways()}</a> });
    let cancel = cancel.map(|path| view! { <a href=path>{t.confirm().cancel()}</a> });
    let help = help.into_iter().map(|text| view! { <li>{text}</li> });
    view! {
        <Title text=title/>
        <CardLayout>
            <div class="card stack">
                {children.map(|children| children())}
                <h1>{title}</h1>
                <p class="quiet">{sent_to}" "{change}</p>
                <CodeFormSection code confirm resend/>
                <div class="row">
                    {other_ways}
                    {cancel}
                    <details class="help">
                        <summary>{t.code().not_received()}</summary>
                        <ul>
                            {help.collect_view()}
                            <AskPerson person/>
                        </ul>
                    </details>
                </div>
            </div>
        </CardLayout>
    }
}

#[component]
fn CodeFormSection(code: Latest, confirm: &'static str, resend: &'static str) -> impl IntoView {
    let t = use_texts();
    let (request, flash, document) = (use_request(), use_flash(), use_document());
    document.has_form();
    let error = flash.error.as_ref();
    // A phone's number pad has no letters: a user whose code contains letters follows the link with `?letters`.
    let is_long = request.query("letters").is_some()
        || code.looks_long
        || error.is_some_and(|error| error.error == MailProblem::TooManyLookBack);
    let kind = if is_long { InputKind::LongCode } else { InputKind::Code };
    let seconds = code.seconds_left(request.state.clock.now());
    let notice = flash.notice.filter(|notice| *notice == Notice::CodeSent && error.is_none());
    let notice = notice.and_then(|notice| notice.words(t)).map(str::to_owned);
    let sent_at = code.sent_at.map(|at| format::moment(&request.zone(), at));
    view! {
        <CodeForm
            confirm resend page=document.address() kind refusal=use_refusal() notice seconds sent_at
            texts=code_form_texts(t, seconds)
        />
    }
}

fn code_form_texts(t: Texts, seconds: u32) -> CodeFormTexts {
    CodeFormTexts {
        label: (t.fields().code().into(), t.fields().code_hint().into()),
        missing: missing(InputKind::Code, t).unwrap_or_default().into(),
        has_letters: t.fields().code_with_letters().into(),
        confirm: t.code().confirm().into(),
        get_code: t.code().get_code().into(),
        sent_at: t.code().sent_at().into(),
        form: form_texts(t),
        countdown: countdown_texts(t, seconds),
    }
}

/// Returns the texts of a countdown to the next code.
fn countdown_texts(t: Texts, seconds: u32) -> CountdownTexts {
    let at = |left: u32| t.code().countdown(format::duration(t.0, clock::seconds(left.into())));
    let spoken = [60, 30, 10].map(|left| (left, at(left)));
    let over = (0, t.code().countdown_over().to_owned());
    CountdownTexts {
        before: t.code().again_in().into(),
        spoken: spoken.into_iter().chain([over]).collect(),
        fixed: at(seconds),
    }
}

/// Returns what a form that requested a code shows in place: the seconds to wait and the time of sending.
#[must_use]
pub(crate) fn sent_code(request: &RequestContext, code: &Latest) -> Option<(u32, Moment)> {
    Some((
        code.seconds_left(request.state.clock.now()),
        format::moment(&request.zone(), code.sent_at?),
    ))
}

#[component]
fn AskPerson(person: Person) -> impl IntoView {
    let t = use_texts().support();
    match person {
        Person::Chat => {
            let link = view! { <a href="/support">{t.title()}</a> };
            Some(view! { <li>{t.help_chat()}" "{link}</li> }.into_any())
        }
        Person::Contact(contact) => Some(view! { <li>{t.help_contact(contact)}</li> }.into_any()),
        Person::Nobody => None,
    }
}
