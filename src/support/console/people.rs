//! Who is on duty, and what operators may know of an account, in the reader's language.

use super::{service::facts::Facts, store::Colleague, view::Reader};
use crate::{
    account::activity::words::words,
    domain::format,
    islands::{DutyView, PaneFacts},
};

impl Reader {
    /// Returns who is on duty, and whether the reader is.
    pub(super) fn duty(&self, colleagues: &[Colleague]) -> DutyView {
        let (t, now) = (self.t.operator(), self.state.clock.now());
        let is_on = colleagues.iter().any(|one| one.id == *self.me() && one.on_duty);
        let (state, change) = if is_on {
            (t.you_are_on_duty(), t.go_off_duty())
        } else {
            (t.you_are_off_duty(), t.go_on_duty())
        };
        let others = colleagues.iter().filter(|one| one.id != *self.me());
        let others = others.filter_map(|one| match (one.on_duty, one.is_online(now)) {
            (true, true) => Some(one.login.clone()),
            (true, false) => Some(t.colleague_away(&one.login)),
            (false, true) => Some(t.colleague_off_duty(&one.login)),
            (false, false) => None,
        });
        let others: Vec<String> = others.collect();
        DutyView {
            is_on,
            state: state.to_owned(),
            change: change.to_owned(),
            colleagues: (!others.is_empty()).then(|| t.colleagues(others.join(", "))),
        }
    }

    /// Returns what operators may know of an account.
    pub(super) fn facts(&self, facts: Facts) -> PaneFacts {
        let (texts, t) = (self.t, self.t.operator());
        let day = |at| format::date(texts.0, &self.zone, at);
        let last = facts.last.map_or_else(
            || t.never().to_owned(),
            |(at, network)| {
                let place = self.state.geo.place(texts.0, &network);
                let place = place.unwrap_or_else(|| texts.devices().network(&network));
                format!("{} · {place}", day(at))
            },
        );
        let rows = [
            (texts.fields().login(), facts.login),
            (texts.fields().email(), facts.email),
            (t.registered(), day(facts.registered)),
            (t.last_sign_in(), last),
        ];
        let tried = facts.tried.iter();
        let tried = tried.map(|event| format!("{} · {}", day(event.at), words(event, texts.0)));
        let none = facts.tried.is_empty().then(|| t.tried_nothing().to_owned());
        PaneFacts {
            rows: rows.map(|(name, value)| (name.to_owned(), value)).into(),
            tried: (t.tried().to_owned(), none, tried.collect()),
        }
    }
}
