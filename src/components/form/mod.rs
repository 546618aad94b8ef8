//! What forms are made of. A page names its fields; what is wrong with them, and what they say, comes from the context
//! and the texts.

pub mod notes;

#[cfg(feature = "ssr")]
mod fields;

#[cfg(feature = "ssr")]
pub use fields::*;
