//! How many letters a mailbox gets because somebody typed its address, or the name of its account, whatever for; and
//! how many the whole site writes to addresses that somebody typed.
//!
//! What a person is told counts elsewhere (`codes`, the rooms). This counts what really goes out, and nothing of it
//! shows. Letters that an account's own doings cause (password changed, new device, address changed …) are outside.

use crate::{
    forms::identifier_key,
    server::{
        app::AppState,
        client,
        clock::{DAY, HOUR, Millis},
        db::{DbError, Tx},
        rate_limit::{self, Key},
    },
};

/// Letters to a mailbox that anybody can cause, in an hour and in a day.
const BY_ANYBODY: (i64, i64) = (5, 15);
/// Codes that somebody causes who is signed in as its owner, or comes from a browser that the account knows: strangers
/// who use up the first share take nothing from this one.
const BY_OWNER: (i64, i64) = (10, 20);

/// Letters an hour to typed addresses from all networks, from which on a network gets few …
const SITE_BUSY: i64 = 300;
/// … so many …
const NETWORK_WHEN_BUSY: i64 = 10;
/// … and after which there are none at all.
const SITE_MOST: i64 = 2_000;
/// What one [allocation](client::allocation) has of these: a tenth.
const ALLOCATION_MOST: i64 = 200;

/// Who causes a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Whoever typed an address, or the name of an account.
    Anybody,
    /// The owner of the account, as far as that is known.
    Owner,
    /// Staff whose password was right: nobody uses that up without it.
    Staff,
}

/// What is left of a share, with the letter that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// More than this letter.
    Enough,
    /// This letter and no other. It goes to whoever may have the last.
    Last,
    /// Nothing: the letter must not go out.
    Nothing,
}

/// A letter that was counted, to be [settled](Counted::settle) once it is known whether it goes out.
#[must_use = "a letter that does not go out must not count"]
pub struct Counted {
    keys: Vec<Key>,
    /// What is left.
    pub room: Room,
    /// How long until there is more, where nothing is left.
    pub wait: Millis,
}

/// Counts a letter to the mailbox of `address` before it is written: a hundred at the same time find a hundred
/// different counts. Only a letter that `may_be_last` takes the last place of the hour and of the day: it is kept
/// for the code that gets its owner in, however many letters strangers asked for.
pub async fn count(
    state: &AppState,
    tx: &mut Tx,
    cause: Cause,
    address: &str,
    may_be_last: bool,
) -> Result<Counted, DbError> {
    if !state.config.limits {
        return Ok(Counted { keys: Vec::new(), room: Room::Enough, wait: 0 });
    }
    let now = state.clock.now();
    let (hour, day, (an_hour, a_day)) = match cause {
        Cause::Anybody => ("mailbox-hour", "mailbox-day", BY_ANYBODY),
        Cause::Owner => ("mailbox-own-hour", "mailbox-own-day", BY_OWNER),
        Cause::Staff => ("mailbox-staff-hour", "mailbox-staff-day", BY_OWNER),
    };
    let mailbox = mailbox(address);
    let mut counted = Counted { keys: Vec::new(), room: Room::Enough, wait: 0 };
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

/// Forgets what a mailbox got: the account is its owner's again, and what somebody else used up is not hers to wait for.
pub async fn forgive(state: &AppState, tx: &mut Tx, address: &str) -> Result<(), DbError> {
    let mailbox = mailbox(address);
    for what in ["mailbox-hour", "mailbox-day", "mailbox-own-hour", "mailbox-own-day"] {
        rate_limit::clear(tx, &Key::new(&state.keys, what, &[&mailbox])).await?;
    }
    Ok(())
}

impl Counted {
    /// Whether the letter may go out.
    #[must_use]
    pub fn is_room(&self) -> bool {
        self.room != Room::Nothing
    }

    /// Lets the letter count if it goes out, and takes it back if not.
    pub async fn settle(&self, tx: &mut Tx, goes_out: bool) -> Result<(), DbError> {
        for key in &self.keys {
            rate_limit::refund_unless(tx, key, goes_out).await?;
        }
        Ok(())
    }
}

/// What counts as one mailbox: most hosts give `ann+shop@` to `ann@`.
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

/// Counts a letter to an address that was typed, which need be nobody's; `Err` is how long to wait until the site
/// writes another. Whose the address is does not matter to it, so that the answer tells nothing. Nothing is counted
/// for whom it refuses, if the transaction is dropped then.
pub async fn to_typed_address(
    state: &AppState,
    tx: &mut Tx,
    network: &str,
) -> Result<Result<(), Millis>, DbError> {
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
