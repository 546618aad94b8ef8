//! What the pages of an assisted recovery do: for staff, for the user who asks, for the owner who stops it.

mod owner;
mod shopper;
mod staff;

pub(super) use self::{
    owner::{stop_by_link, stop_own, stoppable, stoppable_by_link},
    shopper::{Address, AskError, Asked, confirm, find, name_address, send_code},
    staff::{
        AssistedView, Look, OpenForm, Opener, REMARK_MAX, approve, list, look, open, opener, refuse,
    },
};
