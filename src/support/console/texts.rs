//! The texts of a console window's islands, and the addresses that their forms post to.

use leptos::server_fn::ServerFn;

use super::{
    Close, HandOver, Look, PAGE, Reopen, SetDuty, SetKeys, Take, Typing,
    long::{ANSWER, NOTE},
    view::Reader,
};
use crate::islands::{ConsoleAddresses, ConsoleTexts, MessageTexts, PaneTexts};

/// Returns the addresses that the forms of a window post to.
pub(super) fn addresses() -> ConsoleAddresses {
    ConsoleAddresses {
        page: PAGE.to_owned(),
        answer: ANSWER.to_owned(),
        typing: Typing::PATH.to_owned(),
        take: Take::PATH.to_owned(),
        hand_over: HandOver::PATH.to_owned(),
        close: Close::PATH.to_owned(),
        reopen: Reopen::PATH.to_owned(),
        note: NOTE.to_owned(),
        look: Look::PATH.to_owned(),
        duty: SetDuty::PATH.to_owned(),
        keys: SetKeys::PATH.to_owned(),
    }
}

impl Reader {
    /// Returns the texts of a window's islands.
    pub(super) fn texts(&self, has_keys: bool) -> ConsoleTexts {
        let t = self.t.operator();
        let keys = [
            ("j", t.key_next()),
            ("k", t.key_previous()),
            ("t", t.key_take()),
            ("a", t.key_answer()),
            ("Enter", t.key_send()),
            ("c", t.key_close()),
            ("?", t.key_help()),
        ];
        let keys = keys.map(|(key, words)| (key.to_owned(), words.to_owned()));
        let switch = if has_keys { t.keys_off() } else { t.keys_on() };
        let translation = self.t.translation();
        ConsoleTexts {
            lost: t.lost().to_owned(),
            offline: self.t.ui().offline().to_owned(),
            filter: t.filter().to_owned(),
            notify_me: t.notify_me().to_owned(),
            keys: (t.keys().to_owned(), keys.into(), switch.to_owned(), t.keys_close().to_owned()),
            pane: PaneTexts {
                close_pane: t.close_pane().to_owned(),
                earlier: t.earlier().to_owned(),
                messages: t.messages().to_owned(),
                picture: t.picture().to_owned(),
                translation: (
                    translation.translation().to_owned(),
                    translation.original().to_owned(),
                ),
                types: t.shopper_types().to_owned(),
                seen: t.seen().to_owned(),
                answer: MessageTexts {
                    message: t.your_answer().to_owned(),
                    hint: None,
                    picture: None,
                    unsent: t.unsent().to_owned(),
                    send: t.send().to_owned(),
                },
                sending: self.t.support().sending().to_owned(),
                not_sent: self.t.support().not_sent().to_owned(),
                note: (t.new_note().to_owned(), t.add_note().to_owned()),
                look: (t.look_about().to_owned(), t.look().to_owned()),
                canned: t.canned().to_owned(),
                actions: (
                    t.reopen().to_owned(),
                    t.close_solved().to_owned(),
                    t.close_unsolved().to_owned(),
                ),
                hand_over: (
                    t.hand_over_to().to_owned(),
                    t.hand_over().to_owned(),
                    t.nobody_on_duty().to_owned(),
                ),
            },
        }
    }
}
