//! Assisted recovery: somebody of the staff opens it, the shopper confirms an address, a second one of the staff
//! decides, the owner can stop it, and only then does the address open the way to a new password
//! (docs/assisted-recovery.md says who could abuse what, and what stops them).
//!
//! ```text
//! opened → confirmed → waiting → ready → done
//!    └─────────┴──────────┴────────┴──→ refused, stopped, expired, overtaken
//! ```
//!
//! Every step is taken in one transaction, under the lock on the row of the account, and only from the state that it
//! leads on from: of two that happen at once the second finds another state. A process belongs to the epoch of its
//! account: a new password, another address, a disabled account, a role end it ("overtaken"), whether or not
//! housekeeping has written that down yet. An account has one that is alive at most.

mod decide;
mod error;
mod finish;
pub(crate) mod mail;
mod open;
mod release;
mod rows;
mod stop;
mod used;

pub use self::{
    decide::{ApproveError, approve, confirm, refuse},
    error::AssistedProblem,
    finish::{Finished, finish, overtake},
    open::{OpenError, OpenRequest, open},
    release::{release_due, sweep},
    rows::{Assisted, State, alive_of, get, list, needs_admin, newest_of_conversation, ready_for},
    stop::stop,
    used::used_lately,
};

use crate::server::{
    accounts::Account,
    app::AppState,
    audit::{self, EventKind},
    client::Client,
    clock::{DAY, HOUR, Millis},
    conversations,
    db::{DbError, Tx},
};

/// How long the shopper has to confirm an address, and then the staff to decide.
pub const TO_DECIDE: Millis = 7 * DAY;
/// How long an account can be recovered once the wait is over.
pub const TO_USE: Millis = 7 * DAY;
/// How long it waits where somebody uses the account, or where one person decided alone.
pub const LONG_WAIT: Millis = 7 * DAY;
/// Whoever used the account so recently is likely to see that it is being recovered.
pub const USED_LATELY: Millis = 7 * DAY;
/// For so long a second person must have held the role.
pub const ROLE_HELD: Millis = 7 * DAY;
/// Two stops within so long, and for so long only an admin may open the next.
pub const STOPS_WITHIN: Millis = 30 * DAY;
/// The wait that is the default. Who sets a shorter one (tests do) means it, for accounts in use, too.
const USUAL_WAIT: Millis = 72 * HOUR;

/// What happened, as it is said in the conversation.
pub mod happened {
    /// Somebody of the staff opened it.
    pub const OPENED: &str = "assisted_opened";
    /// The shopper confirmed an address.
    pub const CONFIRMED: &str = "assisted_confirmed";
    /// A second one of the staff said yes: the wait begins.
    pub const APPROVED: &str = "assisted_approved";
    /// Somebody of the staff said no.
    pub const REFUSED: &str = "assisted_refused";
    /// The owner stopped it.
    pub const STOPPED: &str = "assisted_stopped";
    /// The wait is over.
    pub const READY: &str = "assisted_ready";
    /// A new password was set.
    pub const DONE: &str = "assisted_done";
    /// Nobody went on with it in time.
    pub const EXPIRED: &str = "assisted_expired";
    /// The account was changed meanwhile.
    pub const OVERTAKEN: &str = "assisted_overtaken";
}

/// How long a process waits for the owner to stop it.
#[must_use]
pub fn wait(state: &AppState, used_lately: bool, alone: bool) -> Millis {
    let usual = state.config.assisted_wait;
    if alone || (used_lately && usual >= USUAL_WAIT) { usual.max(LONG_WAIT) } else { usual }
}

/// Who takes a step.
#[derive(Clone, Copy)]
enum By<'a> {
    /// Whoever sits at this browser: the shopper, the owner.
    Browser(&'a Client),
    /// Somebody of the staff.
    Staff(&'a Account),
    /// Time.
    Nobody,
}

/// Records a step, and says it in the conversation and to whoever looks at the console.
async fn tell(
    state: &AppState,
    tx: &mut Tx,
    process: &Assisted,
    kind: EventKind,
    what: &'static str,
    by: By<'_>,
) -> Result<(), DbError> {
    let (now, account) = (state.clock.now(), process.account_id.as_str());
    match by {
        By::Browser(client) => {
            audit::record(tx, &state.random, now, kind, Some(account), client).await?;
        }
        By::Staff(staff) => {
            let actor = Some(staff.id.as_str());
            audit::record_staff(tx, &state.random, now, kind, account, actor, None).await?;
        }
        By::Nobody => {
            audit::record_staff(tx, &state.random, now, kind, account, None, None).await?;
        }
    }
    if let Some(conversation) = &process.conversation_id {
        conversations::system(state, tx, conversation, what).await?;
    }
    state.realtime.publish(tx, conversations::QUEUE, "assisted").await
}
