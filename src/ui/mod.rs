//! What screens are made of. The islands are alive in the browser and reach it as
//! WebAssembly; everything else is rendered on the server only.

pub mod islands;

#[cfg(feature = "ssr")]
pub mod busy;
#[cfg(feature = "ssr")]
pub mod code_screen;
#[cfg(feature = "ssr")]
pub mod console;
#[cfg(feature = "ssr")]
pub mod field;
#[cfg(feature = "ssr")]
pub mod happened;
#[cfg(feature = "ssr")]
pub mod human_check;
#[cfg(feature = "ssr")]
pub mod icons;
#[cfg(feature = "ssr")]
pub mod layout;
#[cfg(feature = "ssr")]
pub mod notice;
#[cfg(feature = "ssr")]
pub mod side;
#[cfg(feature = "ssr")]
pub mod steps;
#[cfg(feature = "ssr")]
pub mod time;
#[cfg(feature = "ssr")]
pub mod translation;
