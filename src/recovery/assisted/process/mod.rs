//! Assisted recovery: a staff member opens it, the shopper confirms an address, a second staff member decides, and the
//! owner can stop it; only then can the address be used to set a new password (docs/assisted-recovery.md describes the
//! possible abuse and what prevents it).
//!
//! ```text
//! opened → confirmed → waiting → ready → done
//!    └─────────┴──────────┴────────┴──→ refused, stopped, expired, overtaken
//! ```
//!
//! Every step is one transaction under the lock on the account's row, and only starts from the state it follows: of two
//! concurrent steps the second finds another state. A recovery belongs to the credential version of its account: a new
//! password, another address, disabling the account or assigning it a role ends it ("overtaken"), whether or not
//! housekeeping has recorded that yet. An account has at most one open recovery.

mod decide;
pub(crate) mod emails;
mod error;
mod finish;
mod open;
mod release;
mod rows;
mod stop;
mod used;

pub(crate) use self::{
    decide::{ApproveError, approve, confirm, refuse},
    error::AssistedProblem,
    finish::{Finished, finish, overtake},
    open::{OpenError, OpenRequest, open},
    release::{release_due, sweep},
    rows::{
        Assisted, State, alive_of, get, list, needs_admin, newest_of_conversation, ready_for,
        ready_in,
    },
    stop::stop,
    used::used_lately,
};

use crate::{
    clock::{Duration, days, hours},
    db::{DbError, Tx},
    domain::{
        accounts::Account,
        audit::{self, EventKind},
        client::Client,
    },
    realtime::Change,
    state::AppState,
    support::conversation,
};

/// How long the shopper has to confirm an address, and then the staff to decide.
pub(crate) const TO_DECIDE: Duration = days(7);
/// How long an account can be recovered once the wait is over.
pub(crate) const TO_USE: Duration = days(7);
/// The wait where the account is in use, or where one staff member decided alone.
pub(crate) const LONG_WAIT: Duration = days(7);
/// An owner who used the account this recently is likely to notice that it is being recovered.
pub(crate) const USED_LATELY: Duration = days(7);
/// How long a staff member must have held the role to decide.
pub(crate) const ROLE_HELD: Duration = days(7);
/// After two stops within this time, only an admin may open the next, for the same time.
pub(crate) const STOPS_WITHIN: Duration = days(30);
/// The default wait. A shorter configured one (as in tests) applies to accounts in use, too.
const USUAL_WAIT: Duration = hours(72);

/// Events, as shown in the conversation.
pub(crate) mod happened {
    /// A staff member opened it.
    pub(crate) const OPENED: &str = "assisted_opened";
    /// The shopper confirmed an address.
    pub(crate) const CONFIRMED: &str = "assisted_confirmed";
    /// A second staff member approved it: the wait begins.
    pub(crate) const APPROVED: &str = "assisted_approved";
    /// A staff member refused it.
    pub(crate) const REFUSED: &str = "assisted_refused";
    /// The owner stopped it.
    pub(crate) const STOPPED: &str = "assisted_stopped";
    /// The wait is over.
    pub(crate) const READY: &str = "assisted_ready";
    /// A new password was set.
    pub(crate) const DONE: &str = "assisted_done";
    /// The next step was not taken in time.
    pub(crate) const EXPIRED: &str = "assisted_expired";
    /// The account was changed meanwhile.
    pub(crate) const OVERTAKEN: &str = "assisted_overtaken";
}

/// Returns how long a recovery waits for the owner to stop it.
#[must_use]
pub(crate) fn wait(state: &AppState, used_lately: bool, alone: bool) -> Duration {
    let usual = state.config.assisted_wait;
    if alone || (used_lately && usual >= USUAL_WAIT) { usual.max(LONG_WAIT) } else { usual }
}

/// Who takes a step.
#[derive(Clone, Copy)]
enum By<'a> {
    /// The user of this browser: the shopper or the owner.
    Browser(&'a Client),
    /// A staff member.
    Staff(&'a Account),
    /// No user: a time limit passed, or the account or address changed.
    Nobody,
}

/// Records a step and announces it in the conversation and to open console pages.
async fn tell(
    state: &AppState,
    tx: &mut Tx,
    process: &Assisted,
    kind: EventKind,
    what: &'static str,
    by: By<'_>,
) -> Result<(), DbError> {
    let (now, account) = (state.clock.now(), &process.account_id);
    match by {
        By::Browser(client) => {
            audit::record(tx, &state.random, now, kind, Some(account), client).await?;
        }
        By::Staff(staff) => {
            let actor = Some(&staff.id);
            audit::record_staff(tx, &state.random, now, kind, account, actor, None).await?;
        }
        By::Nobody => {
            audit::record_staff(tx, &state.random, now, kind, account, None, None).await?;
        }
    }
    if let Some(conversation) = &process.conversation_id {
        conversation::system(state, tx, conversation, what).await?;
    }
    state.realtime.publish(tx, conversation::QUEUE, Change::Assisted).await
}
