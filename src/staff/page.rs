//! The screen of the staff, for admins.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{GiveRole, SCREEN};
use crate::{
    error::{AppError, Kind},
    i18n::{self, Locale},
    server::{
        accounts::{self, Member, Role},
        http::{
            context::Cx,
            draft::{Draft, Notice},
            page::{Leave, Page},
        },
        roles,
        when::{self, Zone},
    },
    ui::{
        busy::busy,
        console::{ConsolePlace, console_frame},
        field::{Field, Purpose, Select},
        icons::{Icon, icon},
        layout::{FORM, Frame, screen_field},
        notice::{done, refusal},
    },
};

/// `/operator/staff`
pub async fn list(mut cx: Cx) -> Result<Page, Leave> {
    let staff = cx.staff_page().await?;
    if !staff.is_admin() {
        return Err(Leave::Error(AppError::new(Kind::NotFound)));
    }
    let draft = cx.take_draft(SCREEN);
    let members = accounts::members(&cx.app.db).await?;
    let (locale, zone) = (cx.locale, cx.zone());
    let title = i18n::staff::title(locale);
    let view = move || {
        let own = staff.account.id.clone();
        let items = members
            .into_iter()
            .map(|member| item(&member, member.id == own, locale, &zone))
            .collect_view();
        let content = view! {
            <div class="stack wide-gap">
                <div class="stack">
                    <h1>{title}</h1>
                    <p class="quiet">{i18n::staff::about(locale)}</p>
                    {done(said(&draft, locale))}
                    <ul class="card list">{items}</ul>
                </div>
                {form(&cx, &draft)}
            </div>
        };
        console_frame(locale, ConsolePlace::Staff, &staff, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// That a role was given, if one was.
fn said(draft: &Draft, locale: Locale) -> Option<String> {
    let given = draft.notice == Some(Notice::RoleGiven);
    let login = draft.value("login").filter(|_| given)?;
    let role = Role::parse(&draft.value("role")?)?;
    Some(i18n::staff::given(locale, login, roles::name(locale, role)))
}

fn item(member: &Member, own: bool, locale: Locale, zone: &Zone) -> impl IntoView + use<> {
    use i18n::staff as t;
    let by = match (&member.given_by, &member.giver) {
        (None, _) => t::by_command(locale).to_owned(),
        (Some(_), Some(login)) => login.clone(),
        (Some(_), None) => t::by_gone(locale).to_owned(),
    };
    let since = t::since(locale, when::date(locale, zone, member.since), by);
    let seen = match member.seen_at() {
        Some(at) => t::seen(locale, when::date(locale, zone, at)),
        None => t::never_seen(locale).to_owned(),
    };
    let mark = own.then(|| view! { " "<span class="mark">{t::own(locale)}</span> });
    let off =
        (!member.is_active()).then(|| view! { " "<span class="mark">{t::disabled(locale)}</span> });
    view! {
        <li>
            <span class="sign">{icon(Icon::User)}</span>
            <div class="what">
                <p><b>{member.login.clone()}</b>" · "{roles::name(locale, member.role())}{mark}{off}</p>
                <p class="quiet small">{since}</p>
                <p class="quiet small">{seen}</p>
            </div>
        </li>
    }
}

fn form<'a>(cx: &Cx, draft: &'a Draft) -> impl IntoView + use<'a> {
    use i18n::staff as t;
    let locale = cx.locale;
    // What stands there after success belongs to the notice.
    let error = draft.error.as_ref();
    let kept = |name| draft.value(name).filter(|_| draft.notice.is_none());
    let login = Field::new("login", Purpose::SomebodysLogin, i18n::fields::login(locale), error)
        .value(kept("login"));
    let role = Select {
        name: "role",
        label: t::role(locale),
        hint: Some(t::role_hint(locale).to_owned()),
        options: [Role::Operator, Role::Admin, Role::Shopper]
            .map(|role| (role.as_str().to_owned(), roles::name(locale, role).to_owned()))
            .to_vec(),
        chosen: kept("role").unwrap_or_else(|| Role::Operator.as_str().to_owned()),
        error,
    };
    view! {
        <form id=FORM class="card stack" method="post" action=GiveRole::PATH novalidate>
            {screen_field(cx)}
            <h2>{t::give_title(locale)}</h2>
            {refusal(error, locale, ())}
            {login.view(locale)}
            {role.view(locale)}
            <button class="button fit" type="submit">{t::give(locale)}</button>
            {busy(locale)}
        </form>
    }
}
