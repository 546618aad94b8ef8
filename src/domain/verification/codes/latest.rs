//! The state that the countdown on the code page is based on.

use super::Counters;
use crate::{
    args,
    clock::{Timestamp, seconds_up},
    db::DbError,
    domain::{rate_limit, verification::flows::Flow},
    state::AppState,
};

/// When the newest code of a flow was sent and when the next may be requested.
#[derive(Clone, Copy, Debug)]
pub struct Latest {
    /// When the newest code was sent, if one was.
    pub sent_at: Option<Timestamp>,
    /// When "Get code" works again.
    pub next_at: Timestamp,
    /// Whether the newest code is a long one, as far as that may be shown.
    pub looks_long: bool,
}

impl Latest {
    /// Returns the seconds until another code may be requested.
    #[must_use]
    pub fn seconds_left(&self, now: Timestamp) -> u32 {
        u32::try_from(seconds_up(self.next_at - now)).unwrap_or_default()
    }
}

/// Returns the [`Latest`] of a flow.
pub async fn latest(state: &AppState, flow: &Flow) -> Result<Latest, DbError> {
    let now = state.clock.now();
    let row: Option<(Timestamp, bool)> = state
        .db
        .fetch_optional(
            "SELECT sent_at, looks_long FROM codes WHERE flow_id = $1 ORDER BY sent_at DESC, id DESC LIMIT 1",
            args![&flow.id],
        )
        .await?;
    let mut next_at = now;
    if state.config.limits {
        let who = Counters::of(flow);
        let last =
            rate_limit::current(&state.db, &who.resend(state), state.config.code_resend, now)
                .await?;
        if last.count > 0 {
            next_at = last.since + state.config.code_resend;
        }
        for (key, span, most) in who.emails_shown(state) {
            let count = rate_limit::current(&state.db, &key, span, now).await?;
            if count.count >= most {
                next_at = next_at.max(count.since + span);
            }
        }
    }
    Ok(Latest {
        sent_at: row.map(|(at, _)| at),
        next_at: next_at.max(now),
        looks_long: row.is_some_and(|(_, long)| long),
    })
}
