//! The screen of a mailed code: registration, recovery and whatever else asks for one.

use leptos::prelude::*;

use super::{
    busy::busy,
    field::{Field, Purpose},
    human_check::waiting_page,
    icons::{Icon, icon},
    islands::Countdown,
    layout::{FORM, screen_field},
    notice::{Tone, notice, refusal},
    steps::steps,
    time::clock_time,
};
use crate::{
    error::Kind,
    forms::shown,
    i18n::{self, Locale},
    server::{
        codes::{self, seconds_until},
        conversations,
        flows::{Flow, Purpose as FlowPurpose},
        http::{
            context::Cx,
            draft::{Draft, Notice},
            page::{Page, PageError},
        },
        when,
    },
};

/// What differs from room to room.
pub struct CodeScreen {
    /// The words of the way, if it has three; the second is this screen.
    pub steps: Option<[&'static str; 3]>,
    /// The heading.
    pub title: &'static str,
    /// Where the letter went, as it was typed.
    pub sent_to: String,
    /// Where "Change" leads, if the address can be changed.
    pub change: Option<&'static str>,
    /// What "Didn't receive the code?" says.
    pub help: Vec<String>,
    /// Where "Other ways to verify" leads.
    pub other_ways: Option<String>,
    /// Where the code is posted.
    pub confirm: &'static str,
    /// Where "Get code" is posted.
    pub resend: &'static str,
}

impl CodeScreen {
    /// For a code to an address that was typed just now; it can be corrected at `change`.
    #[must_use]
    pub fn to_typed(
        locale: Locale,
        address: &str,
        change: &'static str,
        confirm: &'static str,
        resend: &'static str,
    ) -> Self {
        let address = &shown(address);
        Self {
            steps: None,
            title: i18n::code::title(locale),
            sent_to: i18n::register::sent_to(locale, address),
            change: Some(change),
            help: vec![
                i18n::code::help_junk(locale).to_owned(),
                i18n::code::help_spelling(locale, address),
                i18n::code::help_wait(locale).to_owned(),
            ],
            other_ways: None,
            confirm,
            resend,
        }
    }

    /// For a code to the mailbox of whoever is signed in, or about to be.
    #[must_use]
    pub fn to_own(
        locale: Locale,
        sent_to: String,
        confirm: &'static str,
        resend: &'static str,
    ) -> Self {
        Self {
            steps: None,
            title: i18n::code::title(locale),
            sent_to,
            change: None,
            help: vec![
                i18n::code::help_junk(locale).to_owned(),
                i18n::code::help_wait(locale).to_owned(),
            ],
            other_ways: None,
            confirm,
            resend,
        }
    }
}

/// Shows it, or the waiting screen while the flow is not ready.
///
/// # Errors
/// When the database fails.
pub async fn show(
    cx: &Cx,
    flow: &Flow,
    draft: Draft,
    screen: CodeScreen,
) -> Result<Page, PageError> {
    let now = cx.app.clock.now();
    if flow.ready_at > now {
        return Ok(waiting_page(cx, flow));
    }
    let latest = codes::latest(&cx.app, flow).await?;
    let has_chat = conversations::exists_staff(&cx.app.db).await?;
    // Whoever comes from the chat, or answers there, need not be sent to it.
    let asks_nobody =
        matches!(flow.purpose(), FlowPurpose::SupportEmail | FlowPurpose::StaffSignIn);
    let left = seconds_until(latest.next_at, now);
    let locale = cx.locale;
    let cx = cx.clone();
    let title = screen.title;
    let zone = cx.zone();
    // A phone's number pad has no letters: whoever has some says so.
    let letters = cx.query("letters").is_some();
    let view = move || {
        let error = draft.error.as_ref();
        let newest = error
            .filter(|error| error.fields.get("code") == Some(&Kind::CodeReplaced))
            .and_then(|e| e.at);
        let more = newest.map(
            |at| view! { <p>{i18n::code::newest_letter(locale)}" "{clock_time(&zone, at)}</p> },
        );
        let sent = (draft.notice == Some(Notice::CodeSent) && error.is_none())
            .then(|| notice(Tone::Ok, view! { <p>{i18n::code::sent_again(locale)}</p> }));
        let flooded = error.is_some_and(|error| error.error == Kind::TooManyLettersLookBack);
        let purpose =
            if letters || latest.looks_long || flooded { Purpose::LongCode } else { Purpose::Code };
        let field = Field::new("code", purpose, i18n::fields::code(locale), error)
            .hint(i18n::fields::code_hint(locale))
            .focus();
        let field = if purpose == Purpose::Code {
            field.below(view! { <small><a href="?letters">{i18n::fields::code_with_letters(locale)}</a></small> })
        } else {
            field
        };
        let help = screen.help.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        let person = (!asks_nobody).then(|| ask_a_person(&cx, has_chat));
        let other = screen
            .other_ways
            .map(|path| view! { <a href=path>{i18n::code::other_ways(locale)}</a> });
        let change =
            screen.change.map(|path| view! { <a href=path>{i18n::code::change(locale)}</a> });
        let at = latest.sent_at.map(|at| {
            view! { <span class="sent-at">{i18n::code::sent_at(locale)}" "{clock_time(&zone, at)}". "</span> }
        });
        view! {
            <div class="card stack">
                <form id=FORM class="stack" method="post" action=screen.confirm novalidate>
                    {screen_field(&cx)}
                    {screen.steps.map(|words| steps(locale, words, 1))}
                    <h1>{title}</h1>
                    <p class="quiet">{screen.sent_to}" "{at}{change}</p>
                    {sent}
                    {refusal(error, locale, more)}
                    {field.view(locale)}
                    <button class="button" type="submit">{i18n::code::confirm(locale)}</button>
                    {busy(locale)}
                </form>
                <form id="resend" class="row resend" method="post" action=screen.resend>
                    <button id="get-code" class="button second fit" type="submit">{i18n::code::get_code(locale)}</button>
                    {(left > 0).then(|| countdown(locale, left))}
                    {busy(locale)}
                </form>
                <div class="row">
                    {other}
                    <details class="help">
                        <summary>{i18n::code::not_received(locale)}</summary>
                        <ul>{help}{person}</ul>
                    </details>
                </div>
            </div>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

/// The last thing that helps: the support chat or, without one, how else the shop is reached.
fn ask_a_person(cx: &Cx, has_chat: bool) -> Option<AnyView> {
    use i18n::support as t;
    let locale = cx.locale;
    if has_chat {
        let link = view! { <a href="/support">{t::title(locale)}</a> };
        return Some(view! { <li>{t::help_chat(locale)}" "{link}</li> }.into_any());
    }
    let contact = cx.app.config.support_contact.as_ref()?;
    Some(view! { <li>{t::help_contact(locale, contact)}</li> }.into_any())
}

fn countdown(locale: Locale, seconds: i64) -> impl IntoView {
    let at = |left: i64| i18n::code::countdown(locale, when::span(locale, left));
    let digits = format!("{}:{:02}", seconds / 60, seconds % 60);
    view! {
        <span
            class="countdown quiet needs-script"
            data-countdown=seconds.to_string()
            data-for="get-code"
            data-say-60=at(60)
            data-say-30=at(30)
            data-say-10=at(10)
            data-say-0=i18n::code::countdown_over(locale)
        >
            <span aria-hidden="true">
                {i18n::code::again_in(locale)}" "<span class="digits">{digits}</span>
            </span>
            <span class="unseen" role="status"></span>
        </span>
        <Countdown/>
        <span class="quiet without-script">{at(seconds)}</span>
    }
}

/// "Email a code", as one of the ways to choose; the element with id `where_to` says to which address.
pub fn email_a_code(locale: Locale, where_to: &'static str) -> impl IntoView {
    view! {
        <button class="choice" type="submit" aria-describedby=where_to>
            <span class="sign">{icon(Icon::Mail)}</span>
            <span class="what">{i18n::recovery::email_a_code(locale)}</span>
            <span class="onward">{icon(Icon::Chevron)}</span>
        </button>
    }
}
