//! The pages of assisted recovery.

mod ask;
mod list;
mod one;
mod stop;

use crate::{
    domain::{accounts::Account, mask},
    i18n::assisted::Texts,
    recovery::assisted::process::State,
};

pub(crate) use self::{
    ask::{ask, code},
    list::list,
    one::one,
    stop::stop,
};

/// Returns the account as the user named it, with an email address masked.
fn claimed(t: Texts, claimed: Option<&str>) -> String {
    claimed.map_or_else(|| t.unnamed().to_owned(), mask::claimed)
}

/// Returns the login of a staff member, if the account still exists.
fn name_of(t: Texts, account: Option<&Account>) -> String {
    account.map_or_else(|| t.left().to_owned(), |account| account.login.clone())
}

/// Returns the name of a state.
const fn state_words(t: Texts, state: State) -> &'static str {
    match state {
        State::Opened => t.state_opened(),
        State::Confirmed => t.state_confirmed(),
        State::Waiting => t.state_waiting(),
        State::Ready => t.state_ready(),
        State::Done => t.state_done(),
        State::Refused => t.state_refused(),
        State::Stopped => t.state_stopped(),
        State::Expired => t.state_expired(),
        State::Overtaken => t.state_overtaken(),
    }
}
