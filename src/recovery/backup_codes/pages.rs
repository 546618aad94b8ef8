//! The pages of backup codes.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{FILE, PAGE, UseCode, service};
use crate::{
    account::{AccountLayout, AccountPlace},
    components::{
        alert::Alert,
        form::{ActionForm, FormMessages, Hidden, SubmitButton, TextField},
        icon::{Icon, IconKind},
        layout::{CardLayout, StyleSheet, Title, use_request},
        page::page,
        steps::RecoverySteps,
        waiting_page::WaitingPage,
    },
    domain::{
        accounts::Account,
        backup_codes::{self, CodesLeft, FEW},
        format,
        values::BackupCode,
        verification::flows::Step,
    },
    http::{context::RequestContext, extract::FreshUser, flash::Flash, page_error::PageError},
    i18n::use_texts,
    islands::{CopyButton, CopyTexts, InputKind, PrintButton},
    recovery::by_email,
};

/// `GET /account/settings/codes`
pub(crate) async fn codes(
    FreshUser(user): FreshUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let codes_left = backup_codes::left(&request.state.db, &user.account.id).await?;
    Ok(page(request, flash, move || view! { <BackupCodesPage codes_left/> }))
}

/// `/account/settings/codes`
#[component]
pub(crate) fn BackupCodesPage(codes_left: CodesLeft) -> impl IntoView {
    let t = use_texts().backup_codes();
    let zone = use_request().zone();
    let CodesLeft { remaining, made_at } = codes_left;
    let made = made_at.map(|at| t.made(format::date(t.0, &zone, at)));
    let (left, submit) = match remaining {
        1.. => (t.left(remaining), t.replace()),
        _ => (t.none().to_owned(), t.make()),
    };
    let few = (1..=FEW).contains(&remaining).then(|| view! { <Alert><p>{t.few()}</p></Alert> });
    let voids = (remaining > 0).then(|| view! { <p class="quiet">{t.voids()}</p> });
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Settings>
            <ActionForm action=PAGE>
                <Hidden name="made_at" value=Some(made_at.unwrap_or_default().as_millis().to_string())/>
                <h1>{t.title()}</h1>
                <p>{t.about()}" "{t.recovery_voids()}</p>
                <FormMessages/>
                <p><strong>{left}</strong>" "{made}</p>
                {few}
                {voids}
                <SubmitButton label=submit class="button fit"/>
            </ActionForm>
        </AccountLayout>
    }
}

/// Answers the form that created the codes: the only time they are shown.
pub(super) async fn fresh(
    request: RequestContext,
    account: &Account,
    codes: &[BackupCode],
) -> Response {
    let now = request.state.clock.now();
    let for_whom = service::for_whom(&request.state, account, now, request.locale);
    let on_paper = service::for_whom_on_paper(account, now, request.locale);
    let how = service::how(&request.state, request.locale);
    let codes = codes.iter().map(BackupCode::display).collect();
    let view = move || view! { <NewBackupCodesPage codes for_whom on_paper how/> };
    page(request, Flash::default(), view)
}

/// `POST /account/settings/codes`
#[component]
pub(crate) fn NewBackupCodesPage(
    codes: Vec<String>,
    /// Which account they are for, and since when.
    for_whom: String,
    /// The same for the printed page.
    on_paper: String,
    /// How to use one of them.
    how: String,
) -> impl IntoView {
    let t = use_texts();
    let (words, guide) = (t.backup_codes(), t.saved_passwords());
    let (posted, copied) = (codes.join(" "), codes.join("\n"));
    let list = codes.into_iter().map(|code| view! { <li><code translate="no">{code}</code></li> });
    let texts = CopyTexts {
        copy: guide.copy().into(),
        name: words.copy_all().into(),
        copied: guide.copied().into(),
    };
    view! {
        <Title text=words.fresh_title()/>
        // Switching the language would load another page, without the codes.
        <AccountLayout place=AccountPlace::Settings languages=false>
            <div class="card stack saved-codes">
                <h1>{words.fresh_title()}</h1>
                <Alert><p>{words.once()}</p></Alert>
                <p>{for_whom}</p>
                // The style sheet prints this, the codes and the shop's name, and nothing else.
                <p class="on-paper">{on_paper}</p>
                <ol class="on-paper">{list.collect_view()}</ol>
                <p>{how}</p>
                <p>{words.keep_safe()}</p>
                <div class="ways">
                    // Not marked as busy: the browser stays on this page while it saves the file.
                    <form method="post" action=FILE>
                        <Hidden name="saved_codes" value=Some(posted)/>
                        <button class="button second" type="submit">
                            <Icon kind=IconKind::DOWNLOAD/>
                            {t.export().download()}
                        </button>
                    </form>
                    <div class="copying">
                        <CopyButton text=copied class="second" texts/>
                    </div>
                    <PrintButton label=words.print_all() class="second"/>
                </div>
                <p class="quiet without-script">{words.print()}</p>
                <a class="button fit" href="/account/settings">{words.kept()}</a>
            </div>
        </AccountLayout>
    }
}

/// `GET /recover/saved-code`
pub(crate) async fn recover(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let flow = by_email::flow_of_page(&request, Step::Method).await?;
    if let Some(seconds) = flow.seconds_to_wait(request.state.clock.now()) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    if flow.step() == Step::Password && flash.error.is_none() {
        return Err(PageError::To("/recover/password".to_owned()));
    }
    Ok(page(request, flash, move || view! { <RecoverByBackupCodePage/> }))
}

/// `/recover/saved-code`
#[component]
pub(crate) fn RecoverByBackupCodePage() -> impl IntoView {
    let t = use_texts();
    let label = t.backup_codes().field();
    view! {
        <Title text=t.backup_codes().use_title()/>
        <CardLayout style=StyleSheet::Whole>
            <ActionForm action=UseCode::PATH in_place=true>
                <RecoverySteps current=1/>
                <h1>{t.backup_codes().use_title()}</h1>
                <p class="quiet">{t.backup_codes().use_intro()}</p>
                <FormMessages labels=vec![("saved_code", label)]/>
                <TextField
                    name="saved_code" kind=InputKind::BackupCode label hint=t.backup_codes().field_hint().to_owned()
                    autofocus=true
                />
                <SubmitButton label=t.recovery().go_on()/>
                <div class="row"><a href="/recover/method">{t.code().other_ways()}</a></div>
            </ActionForm>
        </CardLayout>
    }
}
