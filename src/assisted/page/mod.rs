//! The screens of an assisted recovery: the staff's, the shopper's, the owner's.

pub mod list;
pub mod one;
pub mod shopper;
pub mod stop;
