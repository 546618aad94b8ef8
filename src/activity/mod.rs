//! Activity: what happened to an account, in words that its owner understands.

pub mod page;
pub mod words;
