//! All that there is to decide by, and the decision.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    super::{
        Approve, LIST, ONE, Refuse,
        service::{self, Desk, Look},
    },
    list::{claimed, name_of, state_words},
};
use crate::{
    error::{AppError, Kind},
    i18n::assisted as t,
    server::{
        assisted::State,
        conversations::{Author, Message},
        http::{
            context::{Cx, Staff},
            page::{Leave, Page},
        },
        mask,
        random::is_id,
    },
    ui::{
        busy::busy,
        console::{ConsolePlace, console_frame},
        field::hidden,
        layout::Frame,
        notice::{Tone, notice, refusal},
        time::full_time,
    },
};

/// `/operator/assisted/{id}`: all that there is to decide by.
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let staff = cx.staff_page().await?;
    let draft = cx.take_draft(ONE);
    let path = cx.screen();
    let id = path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let not_found = || Leave::Error(AppError::new(Kind::NotFound));
    if !is_id(id) {
        return Err(not_found());
    }
    let look = service::look(&cx.app, &staff.account, id).await?.ok_or_else(not_found)?;
    let locale = cx.locale;
    let title = t::one_title(locale);
    let view = move || {
        let content = view! {
            <div class="stack wide-gap">
                <h1>{title}</h1>
                {refusal(draft.error.as_ref(), locale, ())}
                <section class="card stack">
                    <h2>{state_words(locale, look.desk.state)}</h2>
                    {facts(&cx, &look)}
                    {decision(&cx, &staff, &look.desk)}
                </section>
                {written(&cx, &look)}
                <p><a href=LIST>{t::to_list(locale)}</a></p>
            </div>
        };
        console_frame(locale, ConsolePlace::Assisted, &staff, content).into_any()
    };
    Ok(Page { frame: Frame::Home, form: false, ..Page::new(title, view) })
}

/// Who opened it, what was checked, the address, the account: masked, as far as it can be.
fn facts(cx: &Cx, look: &Look) -> impl IntoView + use<> {
    let (locale, zone) = (cx.locale, cx.zone());
    let Look { desk: Desk { process, account, conversation, opened_by, decided_by, .. }, .. } =
        look;
    let time = |at| full_time(locale, &zone, at).into_any();
    let text = |text: String| text.into_any();
    let never = || text(t::never(locale).to_owned());
    let named = claimed(locale, conversation.as_ref().and_then(|chat| chat.claimed.as_deref()));
    let mut rows = vec![
        (t::fact_opened_by(locale), text(name_of(locale, opened_by.as_ref()))),
        (t::fact_opened_at(locale), time(process.opened_at)),
        (t::checked(locale), text(process.checked.clone())),
    ];
    if !process.remark.is_empty() {
        rows.push((t::remark(locale), text(process.remark.clone())));
    }
    rows.push((t::fact_named(locale), text(named)));
    rows.push((t::fact_login(locale), text(account.login.clone())));
    rows.push((t::fact_email(locale), text(mask::address(&account.email))));
    rows.push((t::fact_registered(locale), time(account.created_at)));
    rows.push((t::fact_signed_in(locale), look.signed_in.map_or_else(never, time)));
    let used = if look.used { t::used_lately(locale) } else { t::not_used_lately(locale) };
    rows.push((t::fact_used(locale), text(used.to_owned())));
    if let Some(chat) = conversation {
        let place = cx.app.geo.place(locale, &chat.network);
        let from = place.map_or_else(|| chat.network.clone(), |p| format!("{p}, {}", chat.network));
        rows.push((t::fact_from(locale), text(from)));
    }
    if let (Some(email), Some(at)) = (&process.email, process.confirmed_at) {
        rows.push((t::fact_new_address(locale), text(mask::address(email))));
        rows.push((t::fact_confirmed_at(locale), time(at)));
    }
    if let (Some(_), Some(at)) = (&process.decided_by, process.decided_at) {
        rows.push((t::fact_decided_by(locale), text(name_of(locale, decided_by.as_ref()))));
        rows.push((t::fact_decided_at(locale), time(at)));
    }
    if let Some(at) = process.release_at {
        rows.push((t::fact_release_at(locale), time(at)));
    }
    let until = if look.desk.state.is_alive() {
        Some((t::fact_until(locale), time(process.expires_at)))
    } else {
        process.ended_at.map(|at| (t::fact_ended_at(locale), time(at)))
    };
    rows.extend(until);
    let rows = rows
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect_view();
    view! { <dl class="process">{rows}</dl> }
}

/// Yes and no, as far as this person may say either; the service judges again.
fn decision(cx: &Cx, staff: &Staff, desk: &Desk) -> Option<AnyView> {
    let locale = cx.locale;
    if !desk.state.is_alive() {
        return None;
    }
    let own = desk.process.opened_by == staff.account.id;
    let approve = (desk.state == State::Confirmed).then(|| {
        if own && !cx.app.config.assisted_alone {
            return notice(Tone::Calm, view! { <p>{t::second_decides(locale)}</p> }).into_any();
        }
        view! {
            <form class="stack" method="post" action=Approve::PATH>
                {hidden("id", Some(desk.process.id.clone()))}
                <p class="quiet">{t::approve_about(locale)}</p>
                <button class="button fit" type="submit">{t::approve(locale)}</button>
                {busy(locale)}
            </form>
        }
        .into_any()
    });
    let opened = (desk.state == State::Opened)
        .then(|| notice(Tone::Calm, view! { <p>{t::shopper_confirms(locale)}</p> }));
    Some(
        view! {
            {opened}
            {approve}
            <form class="stack" method="post" action=Refuse::PATH>
                {hidden("id", Some(desk.process.id.clone()))}
                <p class="quiet">{t::refuse_about(locale)}</p>
                <button class="button second fit" type="submit">{t::refuse(locale)}</button>
                {busy(locale)}
            </form>
        }
        .into_any(),
    )
}

/// What was written: text, and nothing in it runs or leads anywhere.
fn written(cx: &Cx, look: &Look) -> Option<AnyView> {
    let locale = cx.locale;
    let chat = look.desk.conversation.as_ref()?;
    let open = format!("/operator?open={}", chat.id);
    let messages: Vec<_> = look
        .messages
        .iter()
        .filter(|message| message.author() != Author::System)
        .map(|message| one_message(cx, message))
        .collect();
    Some(
        view! {
            <section class="card stack">
                <h2>{t::conversation(locale)}</h2>
                <p><a href=open>{t::to_conversation(locale)}</a></p>
                <details>
                    <summary>{t::what_was_written(locale)}</summary>
                    <ol class="transcript">{messages}</ol>
                </details>
            </section>
        }
        .into_any(),
    )
}

fn one_message(cx: &Cx, message: &Message) -> impl IntoView + use<> {
    let locale = cx.locale;
    let who = match message.author() {
        Author::Shopper => t::shopper(locale),
        Author::Operator | Author::System => t::operator(locale),
    };
    let at = full_time(locale, &cx.zone(), message.at);
    let picture = message.picture_id.as_ref().map(|id| {
        view! { <p><a href=format!("/support/picture/{id}")>{t::picture(locale)}</a></p> }
    });
    let translation = message.translation.clone().map(|text| {
        let to = message.translated_to.clone();
        view! { <p lang=to>{text}</p> }
    });
    view! {
        <li>
            <small>{who}" · "{at}</small>
            <p dir="auto">{message.text.clone()}</p>
            {translation}
            {picture}
        </li>
    }
}
