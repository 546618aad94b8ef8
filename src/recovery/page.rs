//! The screens of recovery.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    ARRANGED, CheckCode, EmailArranged, EmailArrangedAgain, EmailCode, Recover, SetPassword, Way,
};
use crate::{
    error::{AppError, Kind},
    forms::shown,
    i18n::{self, Locale},
    server::{
        accounts::{self, HOLD},
        codes::seconds_until,
        conversations,
        events::{self, EventKind},
        flows::{Flow, Purpose as FlowPurpose, Step},
        http::{
            context::Cx,
            draft::{Draft, Notice},
            page::{Leave, Page},
        },
        human::{self, Visit},
        next, passwords, saved_codes, when,
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen, email_a_code},
        field::{Field, Purpose, hidden},
        human_check::{slider, waiting_page},
        icons::{Icon, icon},
        layout::{FORM, screen_field},
        new_password::{NewPasswordScreen, new_password_form},
        notice::{Tone, notice, refusal},
        steps::{steps, to_new_password},
    },
};

/// `/recover`
pub async fn who(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft("/recover");
    let next = cx.next();
    // Whoever comes back to correct something finds what was typed.
    let asked = cx.flow(FlowPurpose::Recover).await?.filter(|flow| flow.step() != Step::Done);
    let login = draft.typed("login").or(asked.map(|flow| flow.typed));
    let browser = cx.browser_token();
    let visit = Visit {
        purpose: FlowPurpose::Recover,
        browser: Some(&browser),
        network: &cx.client.network,
    };
    let challenge = human::challenge(&cx.app, &visit, draft.price.unwrap_or_default()).await?;
    let locale = cx.locale;
    let sign_in = next::with("/sign-in", next.as_deref());
    let view = move || {
        let error = draft.error.as_ref();
        let login =
            Field::new("login", Purpose::Identifier, i18n::fields::identifier(locale), error)
                .value(login)
                .focus();
        view! {
            <form id=FORM class="card stack" method="post" action=Recover::PATH novalidate>
                {screen_field(&cx)}
                {hidden("next", next)}
                {steps(locale, to_new_password(locale), 0)}
                <h1>{i18n::recovery::title(locale)}</h1>
                <p class="quiet">{i18n::recovery::intro(locale)}</p>
                {refusal(error, locale, ())}
                {login.view(locale)}
                {slider(locale, challenge)}
                <button class="button" type="submit" data-after-slider>{i18n::recovery::go_on(locale)}</button>
                <div class="row">
                    <a href="/recover/login">{i18n::recovery::forgot_login(locale)}</a>
                    <a href=sign_in>{i18n::recovery::back_to_sign_in(locale)}</a>
                </div>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(i18n::recovery::title(locale), view))
}

/// The flow of this browser, if it lives and has come as far as `step`; the screen to go to otherwise.
pub(crate) async fn flow_at(cx: &Cx, step: Step) -> Result<Flow, Leave> {
    let flow = cx.any_flow(FlowPurpose::Recover).await?;
    let Some(flow) = flow.as_ref().filter(|flow| !flow.is_over(cx.app.clock.now())).cloned() else {
        // Over; what was typed is there again.
        let typed = flow.map(|flow| flow.typed).unwrap_or_default();
        cx.leave_draft(
            "/recover",
            &Draft::error(AppError::new(Kind::FlowExpired)).keep("login", &typed),
        );
        return Err(Leave::To("/recover".to_owned()));
    };
    if flow.step() == Step::Done && step != Step::Done {
        return Err(Leave::To("/recover/done".to_owned()));
    }
    if flow.step() < step {
        return Err(Leave::To("/recover/method".to_owned()));
    }
    Ok(flow)
}

/// `/recover/method`
pub async fn method(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft("/recover/method");
    let flow = flow_at(&cx, Step::Method).await?;
    if flow.ready_at > cx.app.clock.now() {
        return Ok(waiting_page(&cx, &flow));
    }
    let has_chat = conversations::exists_staff(&cx.app.db).await?;
    let locale = cx.locale;
    let title = i18n::recovery::method_title(locale);
    let taken_back = draft.notice == Some(Notice::TakenBack);
    let to = if flow.typed.contains('@') {
        i18n::recovery::email_to_address(locale, &flow.typed)
    } else {
        i18n::recovery::email_to_login(locale, &flow.typed)
    };
    let by_qr = next::with("/sign-in/qr", flow.next.as_deref());
    let view = move || {
        view! {
            <form id=FORM class="card stack" method="post" action=EmailCode::PATH novalidate>
                {screen_field(&cx)}
                {steps(locale, to_new_password(locale), 1)}
                <h1>{title}</h1>
                {taken_back.then(|| notice(Tone::Ok, view! { <p>{i18n::objection::taken_back(locale)}</p> }))}
                {refusal(draft.error.as_ref(), locale, ())}
                {email_a_code(locale, "email-to")}
                <p class="quiet" id="email-to">{to}" "<a href="/recover">{i18n::code::change(locale)}</a></p>
                {other_ways(locale, by_qr, has_chat)}
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

/// `/recover/arranged`
pub async fn arranged(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(ARRANGED);
    let flow = flow_at(&cx, Step::Method).await?;
    if flow.ready_at > cx.app.clock.now() {
        return Ok(waiting_page(&cx, &flow));
    }
    let typed = draft.typed("email").or_else(|| flow.arranged.clone());
    let locale = cx.locale;
    let title = i18n::assisted::arranged(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let email = Field::new("email", Purpose::Email, i18n::fields::email(locale), error)
            .hint(i18n::assisted::arranged_hint(locale))
            .value(typed)
            .focus();
        view! {
            <form id=FORM class="card stack" method="post" action=EmailArranged::PATH novalidate>
                {screen_field(&cx)}
                {steps(locale, to_new_password(locale), 1)}
                <h1>{title}</h1>
                <p class="quiet">{i18n::assisted::arranged_intro(locale)}</p>
                {refusal(error, locale, ())}
                {email.view(locale)}
                <button class="button" type="submit">{i18n::recovery::go_on(locale)}</button>
                <div class="row"><a href="/recover/method">{i18n::code::other_ways(locale)}</a></div>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

/// What leads back in beside a mailed code: the same for everyone, so that nobody learns what an account has. A shop
/// without operators has none to talk to, and nothing that they arranged.
fn other_ways(locale: Locale, by_qr: String, has_chat: bool) -> impl IntoView {
    use i18n::{assisted, recovery as t, saved_codes, support};
    let saved_code = "/recover/saved-code".to_owned();
    let mut ways = vec![
        (
            "saved-code",
            saved_code,
            Icon::List,
            saved_codes::use_one(locale),
            saved_codes::use_about(locale),
        ),
        ("device", by_qr, Icon::Phone, t::use_device(locale), t::use_device_about(locale)),
    ];
    if has_chat {
        let (arranged, chat) = (ARRANGED.to_owned(), "/support".to_owned());
        ways.push((
            "support",
            chat,
            Icon::Chat,
            support::method(locale),
            support::method_about(locale),
        ));
        ways.push((
            "arranged",
            arranged,
            Icon::Check,
            assisted::arranged(locale),
            assisted::arranged_about(locale),
        ));
    }
    let ways = ways.into_iter().map(|(id, path, sign, words, about)| {
        view! {
            <li>
                <a class="choice" href=path aria-labelledby=format!("{id}-name") aria-describedby=format!("{id}-about")>
                    <span class="sign">{icon(sign)}</span>
                    <span class="what">
                        <span id=format!("{id}-name")>{words}</span>
                        <small class="quiet" id=format!("{id}-about")>{about}</small>
                    </span>
                    <span class="onward">{icon(Icon::Chevron)}</span>
                </a>
            </li>
        }
    });
    view! { <ul class="choices">{ways.collect_view()}</ul> }
}

/// `/recover/code`
pub async fn code(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft("/recover/code");
    let flow = flow_at(&cx, Step::Code).await?;
    if flow.step() == Step::Password && draft.error.is_none() {
        return Err(Leave::To("/recover/password".to_owned()));
    }
    let locale = cx.locale;
    let arranged = match Way::of(&flow) {
        Way::Arranged(address) => Some(address),
        Way::Mailbox | Way::Proved(_) => None,
    };
    let is_address = flow.typed.contains('@');
    let (sent_to, spelling) = if let Some(address) = arranged {
        (
            i18n::assisted::arranged_sent(locale, &flow.typed, shown(address)),
            i18n::code::help_spelling(locale, shown(address)),
        )
    } else if is_address {
        (
            i18n::recovery::sent_to_address(locale, &flow.typed),
            i18n::code::help_spelling(locale, &flow.typed),
        )
    } else {
        (
            i18n::recovery::sent_to_login(locale, &flow.typed),
            i18n::code::help_mailboxes(locale).to_owned(),
        )
    };
    let screen = CodeScreen {
        steps: Some(to_new_password(locale)),
        title: i18n::code::title(locale),
        sent_to,
        change: Some(if arranged.is_some() { ARRANGED } else { "/recover" }),
        help: vec![
            i18n::code::help_junk(locale).to_owned(),
            spelling,
            i18n::code::help_wait(locale).to_owned(),
            i18n::code::help_long(locale).to_owned(),
        ],
        other_ways: Some("/recover/method".to_owned()),
        confirm: CheckCode::PATH,
        resend: if arranged.is_some() { EmailArrangedAgain::PATH } else { EmailCode::PATH },
    };
    code_screen::show(&cx, &flow, draft, screen).await
}

/// `/recover/password`
pub async fn new_password(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft("/recover/password");
    let flow = flow_at(&cx, Step::Password).await?;
    let Ok(account) = passwords::account_of(&cx.app, &flow).await else {
        cx.leave_draft("/recover", &Draft::error(AppError::new(Kind::StartAgain)));
        return Err(Leave::To("/recover".to_owned()));
    };
    let locale = cx.locale;
    let screen = NewPasswordScreen {
        action: SetPassword::PATH,
        submit: i18n::recovery::update_password(locale),
        login: account.login,
        old: None,
        within: Some(when::span(locale, seconds_until(flow.expires_at, cx.app.clock.now()))),
    };
    let view = move || {
        let head = view! {
            {steps(locale, to_new_password(locale), 2)}
            <h1>{i18n::recovery::password_title(locale)}</h1>
        };
        new_password_form(&cx, draft, screen, head)
    };
    Ok(Page::new(i18n::recovery::password_title(locale), view))
}

/// What else a recovery changed, or its owner has to know: it is read from what was recorded since the recovery began, so
/// that it is there whenever the screen is loaded again.
async fn told(cx: &Cx, flow: &Flow) -> Result<Option<AnyView>, Leave> {
    use i18n::recovery as t;
    let (db, locale) = (&cx.app.db, cx.locale);
    let Some(account) = accounts::get(db, flow.account_id.as_deref().unwrap_or_default()).await?
    else {
        return Ok(None);
    };
    let since = async |kind| events::newest_since(db, &account.id, kind, flow.created_at).await;
    let codes = since(EventKind::SavedCodesVoided).await?.as_ref().and_then(saved_codes::voided);
    let codes = codes.map(|codes| {
        let day = when::date(locale, &account.zone(), codes.made_at.unwrap_or_default());
        view! {
            <p>
                {t::codes_void(locale, codes.remaining, day)}" "
                <a href="/account/settings/codes">{t::new_codes(locale)}</a>
            </p>
        }
    });
    let kept = since(EventKind::DeletionStopped).await?.map(|_| {
        view! { <p>{t::deletion_stopped(locale)}</p> }
    });
    // Whoever came by the mailbox knows the address.
    let by_saved_code = since(EventKind::SavedCodeUsed).await?.is_some();
    let now = cx.app.clock.now();
    let changed_at = account.email_changed_at.filter(|at| by_saved_code && now - at < HOLD);
    let address = changed_at.map(|at| {
        let day = when::date(locale, &account.zone(), at);
        view! { <p>{t::address_changed(locale, &account.email, day)}</p> }
    });
    let is_something = codes.is_some() || kept.is_some() || address.is_some();
    Ok(is_something.then(|| notice(Tone::Calm, view! { {address}{codes}{kept} }).into_any()))
}

/// `/recover/done`
pub async fn done(cx: Cx) -> Result<Page, Leave> {
    let flow = cx.flow(FlowPurpose::Recover).await?.filter(|flow| flow.step() == Step::Done);
    let Some(flow) = flow else { return Err(Leave::To("/sign-in".to_owned())) };
    let told = told(&cx, &flow).await?;
    let locale = cx.locale;
    let title = i18n::recovery::done_title(locale);
    let sign_in = next::with("/sign-in", flow.next.as_deref());
    let shop = cx.app.config.shop_url.as_ref().map(ToString::to_string);
    let name = cx.app.config.shop_name.clone();
    // The name that was typed is there again on the sign-in screen.
    cx.leave_draft("/sign-in", &Draft::default().keep("login", &flow.typed));
    let view = move || {
        view! {
            <div class="card stack middle">
                <div class="badge good">{icon(Icon::Check)}</div>
                <h1>{title}</h1>
                <p class="quiet">{i18n::recovery::done_text(locale)}</p>
                {told}
                <p><a href="/help/saved-passwords">{i18n::recovery::saved_passwords(locale)}</a></p>
                <a class="button" href=sign_in>{i18n::sign_in::title(locale)}</a>
                {shop.map(|url| view! {
                    <a class="button second" href=url>{i18n::ui::back_to(locale, name)}</a>
                })}
            </div>
        }
        .into_any()
    };
    Ok(Page { islands: false, form: false, ..Page::new(title, view) })
}
