//! The phone's side: looking at a request and answering it.

use crate::{
    auth::qr_sign_in::{
        QrProblem,
        requests::{self, By, Request, State},
    },
    clock::HOUR,
    db::{DbError, Tx},
    domain::{
        accounts,
        audit::{self, EventKind},
        client::Client,
        ids::QrRequestId,
        passwords,
        rate_limit::{self, Key},
        session,
        values::{PasswordProblem, SecretText, ShortCode, two_digits},
    },
    http::context::SignedIn,
    security::Token,
    state::AppState,
};

use super::{QrError, is_staff};

/// Computers that one account may sign in per hour.
const APPROVALS_AN_HOUR: i64 = 10;
/// Wrong short codes per hour, for one account and for one network.
const WRONG_SHORT_CODES: i64 = 5;

fn by(signed_in: &SignedIn) -> By<'_> {
    let SignedIn { session, account, .. } = signed_in;
    By {
        account_id: &account.id,
        session_id: &session.id,
        credential_version: account.credential_version,
    }
}

/// What a phone may see.
pub(in crate::auth::qr_sign_in) enum Look {
    /// Nothing was scanned or typed here.
    Nothing,
    /// The scanned code has expired, or never existed.
    Gone,
    /// Another device was quicker.
    Taken,
    /// Staff may not sign in this way.
    Staff,
    /// The request belongs to this session, which may answer it or has done so.
    Own(Box<Request>),
}

/// Looks at what the signed-in user scanned or typed. The first look claims the request for this session.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn look(
    state: &AppState,
    signed_in: &SignedIn,
    picture: Option<&Token>,
    client: &Client,
) -> Result<Look, DbError> {
    let by = by(signed_in);
    if is_staff(&signed_in.account) {
        return Ok(Look::Staff);
    }
    let Some(picture) = picture else {
        let now = state.clock.now();
        let typed = requests::find_typed(&state.db, &by, now).await?;
        let typed = typed.filter(|request| !request.is_forgotten(now));
        return Ok(typed.map_or(Look::Nothing, |typed| Look::Own(Box::new(typed))));
    };
    let Some(found) = requests::find_by_picture(&state.db, picture).await? else {
        return Ok(Look::Gone);
    };
    if found.state(state.clock.now()) == State::Shown {
        let mut tx = state.db.begin().await?;
        if scan(state, &mut tx, &found.id, &by, false, client).await? {
            tx.commit().await?;
        }
    }
    Ok(match requests::find_by_picture(&state.db, picture).await? {
        Some(request) if request.is_of(&by) => Look::Own(Box::new(request)),
        Some(request) if request.account_id.is_some() => Look::Taken,
        _ => Look::Gone,
    })
}

async fn scan(
    state: &AppState,
    tx: &mut Tx,
    id: &QrRequestId,
    by: &By<'_>,
    typed: bool,
    client: &Client,
) -> Result<bool, DbError> {
    let scanned = requests::scan(state, tx, id, by, typed).await?;
    if scanned {
        let kind = EventKind::QrScanned;
        audit::record(tx, &state.random, state.clock.now(), kind, Some(by.account_id), client)
            .await?;
    }
    Ok(scanned)
}

/// Checks a typed short code. Tries are counted before they are judged; only wrong ones stay counted.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn type_code(
    state: &AppState,
    signed_in: &SignedIn,
    typed: &SecretText,
    client: &Client,
) -> Result<(), QrError> {
    let by = by(signed_in);
    if is_staff(&signed_in.account) {
        return Err(QrError::Staff);
    }
    let wrong = |problem| QrError::Fields(vec![("short_code", problem)]);
    if typed.expose_secret().trim().is_empty() {
        return Err(wrong(QrProblem::ShortCodeMissing.into()));
    }
    let Some(code) = ShortCode::parse(typed.expose_secret()) else {
        return Err(wrong(QrProblem::ShortCodeWrong.into()));
    };
    let now = state.clock.now();
    let mut counters = vec![Key::new(&state.keys, "qr-short-codes", &[by.account_id])];
    if state.config.limits {
        counters.push(Key::new(&state.keys, "qr-short-codes-network", &[&client.network]));
    }
    let mut tx = state.db.begin().await?;
    for key in &counters {
        rate_limit::at_most(&mut tx, key, HOUR, WRONG_SHORT_CODES, now)
            .await?
            .map_err(QrError::Wait)?;
    }
    let right = match requests::find_short(&mut tx, &state.keys, &code).await? {
        Some(id) => scan(state, &mut tx, &id, &by, true, client).await?,
        None => false,
    };
    if right {
        for key in &counters {
            rate_limit::refund(&mut tx, key).await?;
        }
    }
    tx.commit().await?;
    if right { Ok(()) } else { Err(wrong(QrProblem::ShortCodeWrong.into())) }
}

/// Returns whether the password is needed to approve: a victim who is tricked into approving an attacker's computer is
/// usually in another country, or was told a code.
pub(in crate::auth::qr_sign_in) fn needs_password(
    state: &AppState,
    request: &Request,
    client: &Client,
) -> bool {
    request.typed || state.geo.is_another_country(&request.network, &client.network)
}

/// What was posted with "Approve".
pub(in crate::auth::qr_sign_in) struct Approval<'a> {
    pub request: &'a QrRequestId,
    pub number: &'a str,
    pub password: &'a SecretText,
    pub client: &'a Client,
}

/// Returns the request with this id, if it waits for this session's answer.
async fn open_request(state: &AppState, by: &By<'_>, id: &QrRequestId) -> Result<Request, QrError> {
    let found = requests::get(&state.db, id).await?;
    found
        .filter(|request| request.is_of(by) && request.state(state.clock.now()) == State::Scanned)
        .ok_or(QrError::Gone)
}

/// Approves the sign-in. The password, where required, is checked first; a wrong number ends the request.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn approve(
    state: &AppState,
    signed_in: &SignedIn,
    approval: &Approval<'_>,
) -> Result<(), QrError> {
    let account = &signed_in.account;
    let (by, client) = (by(signed_in), approval.client);
    if is_staff(account) {
        return Err(QrError::Staff);
    }
    let request = open_request(state, &by, approval.request).await?;
    let with_password = needs_password(state, &request, client);
    let number = two_digits(approval.number);
    let mut missing = Vec::new();
    if with_password && approval.password.expose_secret().is_empty() {
        missing.push(("password", PasswordProblem::Missing.into()));
    }
    if number.is_none() {
        missing.push(("number", QrProblem::NumberMissing.into()));
    }
    if !missing.is_empty() {
        return Err(QrError::Fields(missing));
    }
    if with_password {
        let refused = EventKind::ConfirmRefused;
        passwords::verify_own(state, account, approval.password, refused, client).await?;
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    // Hashing took a while; and a request of an older credential version is no longer valid.
    let unchanged = request.credential_version.unwrap_or(-1);
    let current = accounts::get_unchanged(&mut tx, &account.id, unchanged).await?;
    current.ok_or(QrError::Overtaken)?;
    if with_password {
        passwords::forgive_own(state, &mut tx, &account.id).await?;
    }
    if state.config.limits {
        let key = Key::new(&state.keys, "qr-approvals", &[&account.id]);
        let allowed = rate_limit::at_most(&mut tx, &key, HOUR, APPROVALS_AN_HOUR, now).await?;
        if let Err(wait) = allowed {
            tx.commit().await?;
            return Err(QrError::Wait(wait));
        }
    }
    let right = number.as_deref() == Some(&*request.number);
    let (answer, kind) = if right {
        (State::Approved, EventKind::QrApproved)
    } else {
        (State::Wrong, EventKind::QrDenied)
    };
    finish(state, tx, &request.id, &by, (answer, kind), client).await?;
    if right { Ok(()) } else { Err(QrError::WrongNumber) }
}

/// Denies the sign-in.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn deny(
    state: &AppState,
    signed_in: &SignedIn,
    id: &QrRequestId,
    client: &Client,
) -> Result<(), QrError> {
    let by = by(signed_in);
    let request = open_request(state, &by, id).await?;
    let tx = state.db.begin().await?;
    finish(state, tx, &request.id, &by, (State::Denied, EventKind::QrDenied), client).await
}

async fn finish(
    state: &AppState,
    mut tx: Tx,
    id: &QrRequestId,
    by: &By<'_>,
    (answer, kind): (State, EventKind),
    client: &Client,
) -> Result<(), QrError> {
    if !requests::answer(state, &mut tx, id, by, answer).await? {
        return Err(QrError::Gone);
    }
    let now = state.clock.now();
    audit::record(&mut tx, &state.random, now, kind, Some(by.account_id), client).await?;
    Ok(tx.commit().await?)
}

/// "Not you?": releases what this session has scanned, for another session to answer, and ends this one.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn leave(
    state: &AppState,
    signed_in: &SignedIn,
    token: &Token,
    client: &Client,
) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    requests::release(state, &mut tx, &by(signed_in)).await?;
    session::sign_out(&mut tx, &state.random, state.clock.now(), token, client).await?;
    tx.commit().await
}
