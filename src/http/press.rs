//! A button that is pressed twice, without script or before the form is hydrated. The browser drops the request that it
//! waits for and posts again; the first post runs all the same, and its response, perhaps with a new session, may have
//! been lost. So the second press does nothing again: it waits for the first, and gets its response.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderValue;
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;

use super::{
    context::RequestContext,
    cookies::{CookieName, is_called},
    flash::Notice,
    redirect::Redirect,
};
use crate::{
    db,
    domain::{
        presses::{self, Pressed},
        values::SecretText,
    },
    error::{AppError, RequestProblem},
    security::{MacFor, SealFor, Token},
};

/// How many presses of a network per minute have their responses kept.
const A_MINUTE: u32 = 20;
/// How long the second press waits for the first.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it polls: soon at first, then less often.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LAST_LOOK: Duration = Duration::from_millis(320);

/// One press of a form's button.
pub(crate) struct Press {
    context: RequestContext,
    /// The cookie that the form depends on: of a flow, or of the session.
    cookie: CookieName,
    /// `None` for callers that are not browsers, and for browsers that cannot be told apart.
    key: Option<Vec<u8>>,
    /// Whether it uses up a code.
    is_code: bool,
}

/// The response to the first press. It is valid for the same browser only, and only in the same session and flow.
#[derive(Serialize, Deserialize)]
struct Answer {
    to: String,
    /// The notice to show there.
    notice: Option<Notice>,
    /// Names of cookies, and the headers that set them.
    cookies: Vec<(String, String)>,
    /// Of the form's cookie and of the session, because the response may have been lost or have arrived.
    bound: Vec<Bound>,
}

/// Hashes of the token in a cookie before and after.
type Bound = (Option<Vec<u8>>, Option<Vec<u8>>);

impl Press {
    /// Creates the press of the button of `form`, with all that was posted, secrets too: only a caller that knows them
    /// gets the response.
    #[must_use]
    pub(crate) fn of(
        context: &RequestContext,
        form: &str,
        cookie: CookieName,
        posted: &[&str],
    ) -> Self {
        let browser = context
            .token(CookieName::Browser)
            .or_else(|| context.token(cookie))
            .filter(|_| context.is_browser());
        // Each press keeps a row for a while: above the limit of its network, a second press is a new try.
        let now = context.state.clock.now();
        let browser = browser.filter(|_| {
            !context.state.config.limits
                || context.state.pressed.at_most(&context.client.network, A_MINUTE, now).is_ok()
        });
        let key = browser.map(|browser| {
            let browser = URL_SAFE_NO_PAD.encode(browser.hash());
            let parts: Vec<&str> =
                [form, browser.as_str()].into_iter().chain(posted.iter().copied()).collect();
            context.state.keys.mac(MacFor::Press, &parts)
        });
        Self { context: context.clone(), cookie, key, is_code: false }
    }

    /// As [`Press::of`], where a code is posted, which is valid once: of any number of presses, the one that used it up
    /// can be told from the others (ASVS 6.5.1).
    #[must_use]
    pub(crate) fn of_code(
        context: &RequestContext,
        form: &str,
        cookie: CookieName,
        code: &SecretText,
    ) -> Self {
        Self { is_code: true, ..Self::of(context, form, cookie, &[code.expose_secret()]) }
    }

    /// Runs `deed` once: in a task of its own, so that it completes and its response is kept even if the browser
    /// disconnects.
    ///
    /// # Errors
    /// Those of `deed`. A refusal is not kept: pressing again is a new try.
    pub(crate) async fn once<F, Fut>(self, deed: F) -> Result<Redirect, AppError>
    where
        F: FnOnce(RequestContext) -> Fut,
        Fut: Future<Output = Result<Redirect, AppError>> + Send + 'static,
    {
        let Self { context, key: Some(key), .. } = &self else { return deed(self.context).await };
        if let Some(redirect) = self.answered_before(key).await? {
            return Ok(redirect);
        }
        let (apart, key, cookie) = (context.apart(), key.clone(), self.cookie);
        let doing = deed(apart.clone());
        let task = async move {
            let result = db::settled(doing).await.unwrap_or_else(|error| {
                apart.discard_cookies();
                Err(error.into())
            });
            let kept = match &result {
                Ok(redirect) => keep(&apart, &key, cookie, redirect).await,
                Err(_) => presses::forget(&apart.state.db, &key).await,
            };
            if let Err(error) = kept {
                tracing::warn!(%error, "the answer of a form was not kept for a second press");
            }
            (result, apart)
        };
        match tokio::spawn(task.in_current_span()).await {
            Ok((result, apart)) => {
                context.send_cookies_of(&apart);
                result
            }
            Err(error) => {
                tracing::error!(%error, "a form was not answered");
                Err(AppError::new(RequestProblem::Unavailable))
            }
        }
    }

    /// Returns the response to the earlier press, once there is one; `None` if this is the first, or has to be a new
    /// try.
    async fn answered_before(&self, key: &[u8]) -> Result<Option<Redirect>, AppError> {
        let state = &self.context.state;
        let (mut waited, mut pause) = (Duration::ZERO, FIRST_LOOK);
        let mut pressed = Pressed::No;
        loop {
            match pressed {
                // There was none, or it was refused meanwhile: the fastest caller becomes the first.
                Pressed::No if presses::begin(&state.db, key, state.clock.now()).await? => {
                    return Ok(None);
                }
                Pressed::No => {}
                Pressed::Answered(sealed) => return Ok(self.again(key, &sealed)),
                Pressed::AtWork if waited >= PATIENCE => return Ok(None),
                Pressed::AtWork => {
                    tokio::time::sleep(pause).await;
                    waited += pause;
                    pause = (pause * 2).min(LAST_LOOK);
                }
            }
            pressed = presses::look(&state.db, key, state.clock.now()).await?;
        }
    }

    /// Returns the earlier response, if all cookies of the browser are as they were before it, or all as it left them:
    /// a browser that signed out or began something else since does not match. Where a code is all that was posted, a
    /// caller without any of these cookies gets nothing: the cookie that identifies browsers may have been copied, and
    /// six digits are soon guessed.
    fn again(&self, key: &[u8], sealed: &[u8]) -> Option<Redirect> {
        let plain = self.context.state.keys.open(SealFor::Press, &sealed_for(key), sealed)?;
        let answer: Answer = serde_json::from_slice(&plain).ok()?;
        let cookies = [self.cookie, CookieName::Session];
        let bound = cookies.into_iter().zip(&answer.bound).map(|(name, (before, after))| {
            (self.context.token(name).map(|token| token.hash()), before, after)
        });
        let bound: Vec<_> = bound.collect();
        let brings_one = bound.iter().any(|(now, ..)| now.is_some());
        let as_before = bound.iter().all(|(now, before, _)| now == *before);
        let as_after = bound.iter().all(|(now, _, after)| now == *after);
        if (self.is_code && !brings_one) || !(as_before || as_after) {
            return None;
        }
        for (name, header) in answer.cookies {
            if let Ok(header) = HeaderValue::from_str(&header) {
                self.context.send_cookie(name, header);
            }
        }
        // A fragment, which no server sees, leads to the same page.
        let marked = self.is_code && answer.to.starts_with('/') && !answer.to.contains('#');
        let to = if marked { format!("{}#main", answer.to) } else { answer.to };
        Some(Redirect { notice: answer.notice, ..Redirect::to(to) })
    }
}

async fn keep(
    context: &RequestContext,
    key: &[u8],
    cookie: CookieName,
    redirect: &Redirect,
) -> Result<(), sqlx::Error> {
    let cookies = context.cookies_to_send();
    let bound = [cookie, CookieName::Session].map(|name| {
        let before = context.token(name).map(|token| token.hash());
        let after = match cookies.iter().find(|(theirs, _)| is_called(theirs, name)) {
            Some((_, header)) => value_of(header).and_then(Token::parse).map(|token| token.hash()),
            None => before.clone(),
        };
        (before, after)
    });
    let (to, notice) = (redirect.next.clone(), redirect.notice);
    let answer = Answer { to, notice, cookies, bound: bound.into() };
    let sealed = serde_json::to_vec(&answer).ok().and_then(|plain| {
        context.state.keys.seal(SealFor::Press, &context.state.random, &sealed_for(key), &plain)
    });
    match sealed {
        Some(sealed) => {
            presses::finish(&context.state.db, key, sealed, context.state.clock.now()).await
        }
        None => presses::forget(&context.state.db, key).await,
    }
}

/// Returns the value that a `Set-Cookie` header sets.
fn value_of(header: &str) -> Option<&str> {
    header.split(';').next()?.split_once('=').map(|(_, value)| value)
}

/// A response can only be opened under its own key.
fn sealed_for(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(key)
}
