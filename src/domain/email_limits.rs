//! How many emails a mailbox gets because a visitor typed its address, or the name of its account, for whatever
//! purpose; and how many the whole site sends to typed addresses.
//!
//! What users are told is counted elsewhere (`codes`, the features). This counts what is really sent, and is not shown.
//! Emails that an account's own actions cause (password changed, new device, address changed …) do not count.

use crate::{
    clock::{DAY, Duration, HOUR},
    db::{DbError, Tx},
    domain::{
        client,
        rate_limit::{self, Key},
        values::identifier_key,
    },
    state::AppState,
};

/// Emails to a mailbox that any visitor can cause, in an hour and in a day.
const BY_ANYBODY: (i64, i64) = (5, 15);
/// Codes that are requested by the signed-in owner, or from a browser that the account knows: strangers who use up the
/// first share take nothing from this one.
const BY_OWNER: (i64, i64) = (10, 20);

/// Emails per hour to typed addresses from all networks, above which a network gets few …
const SITE_BUSY: i64 = 300;
/// … this many …
const NETWORK_WHEN_BUSY: i64 = 10;
/// … and above which there are none at all.
const SITE_MOST: i64 = 2_000;
/// What one [allocation](client::allocation) may use of these: a tenth.
const ALLOCATION_MOST: i64 = 200;

/// Who causes an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Any visitor who typed an address, or the name of an account.
    Anybody,
    /// The owner of the account, as far as that is known.
    Owner,
    /// Staff whose password was right: this share cannot be used up without it.
    Staff,
}

/// What is left of a share, including the requested email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// More than this email.
    Enough,
    /// This email and no other. It is for a caller that may have the last one.
    Last,
    /// Nothing: the email must not be sent.
    Nothing,
}

/// An email that was counted, to be [settled](Counted::settle) once it is known whether it is sent.
#[must_use = "an email that is not sent must not count"]
pub struct Counted {
    keys: Vec<Key>,
    /// What is left.
    pub room: Room,
    /// How long until there is more, where nothing is left.
    pub wait: Duration,
}

/// Counts an email to the mailbox of `address` before it is written: a hundred at the same time get a hundred different
/// counts. Only an email that `may_be_last` takes the last place of the hour and of the day: it is kept for the code
/// that gets the owner in, however many emails strangers requested.
pub async fn count(
    state: &AppState,
    tx: &mut Tx,
    cause: Cause,
    address: &str,
    may_be_last: bool,
) -> Result<Counted, DbError> {
    if !state.config.limits {
        return Ok(Counted { keys: Vec::new(), room: Room::Enough, wait: Duration::ZERO });
    }
    let now = state.clock.now();
    let (hour, day, (an_hour, a_day)) = match cause {
        Cause::Anybody => ("mailbox-hour", "mailbox-day", BY_ANYBODY),
        Cause::Owner => ("mailbox-own-hour", "mailbox-own-day", BY_OWNER),
        Cause::Staff => ("mailbox-staff-hour", "mailbox-staff-day", BY_OWNER),
    };
    let mailbox = mailbox(address);
    let mut counted = Counted { keys: Vec::new(), room: Room::Enough, wait: Duration::ZERO };
    for (what, span, most) in [(hour, HOUR, an_hour), (day, DAY, a_day)] {
        let key = Key::new(&state.keys, what, &[&mailbox]);
        let rate_limit::Count { count, since } = rate_limit::count(tx, &key, span, now).await?;
        if count > most || (count == most && !may_be_last) {
            counted.room = Room::Nothing;
            counted.wait = counted.wait.max(since + span - now);
        } else if count == most && counted.room == Room::Enough {
            counted.room = Room::Last;
        }
        counted.keys.push(key);
    }
    Ok(counted)
}

/// Resets the counts of a mailbox: its owner has the account again, and must not wait for what others used up.
pub async fn forgive(state: &AppState, tx: &mut Tx, address: &str) -> Result<(), DbError> {
    let mailbox = mailbox(address);
    for what in ["mailbox-hour", "mailbox-day", "mailbox-own-hour", "mailbox-own-day"] {
        rate_limit::clear(tx, &Key::new(&state.keys, what, &[&mailbox])).await?;
    }
    Ok(())
}

impl Counted {
    /// Returns whether the email may be sent.
    #[must_use]
    pub fn is_room(&self) -> bool {
        self.room != Room::Nothing
    }

    /// Keeps the count if the email is sent, and reverts it if not.
    pub async fn settle(&self, tx: &mut Tx, goes_out: bool) -> Result<(), DbError> {
        for key in &self.keys {
            rate_limit::refund_unless(tx, key, goes_out).await?;
        }
        Ok(())
    }
}

/// Returns what counts as one mailbox: most hosts deliver `ann+shop@` to `ann@`.
fn mailbox(address: &str) -> String {
    let key = identifier_key(address);
    match key.rsplit_once('@') {
        Some((user, domain)) => {
            let user = user.split_once('+').map_or(user, |(user, _)| user);
            format!("{user}@{domain}")
        }
        None => key,
    }
}

/// Counts an email to a typed address, which need not belong to an account; `Err` is how long to wait until the site
/// sends another. Whether it belongs to one makes no difference, so that the answer reveals nothing. A refused caller
/// is not counted, if the transaction is dropped then.
pub async fn to_typed_address(
    state: &AppState,
    tx: &mut Tx,
    network: &str,
) -> Result<Result<(), Duration>, DbError> {
    if !state.config.limits {
        return Ok(Ok(()));
    }
    let now = state.clock.now();
    let allocation = Key::new(&state.keys, "typed-allocation", &[&client::allocation(network)]);
    let most = rate_limit::at_most(tx, &allocation, HOUR, ALLOCATION_MOST, now).await?;
    if most.is_err() {
        return Ok(most);
    }
    let network = Key::new(&state.keys, "typed-network", &[network]);
    let network = rate_limit::count(tx, &network, HOUR, now).await?;
    let site = rate_limit::count(tx, &Key::new(&state.keys, "typed-site", &[]), HOUR, now).await?;
    if site.count > SITE_MOST {
        return Ok(Err(site.since + HOUR - now));
    }
    if site.count > SITE_BUSY && network.count > NETWORK_WHEN_BUSY {
        return Ok(Err(network.since + HOUR - now));
    }
    Ok(Ok(()))
}
