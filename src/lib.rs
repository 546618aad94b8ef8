//! Latchkey: the account service of an online shop. ARCHITECTURE.md describes the codebase.

#![recursion_limit = "256"]
#![cfg_attr(
    not(feature = "whole"),
    expect(
        dead_code,
        reason = "a bundle of the browser build holds the islands of some pages only"
    )
)]

pub(crate) mod components;
pub mod islands;

// The areas: features, each with its server functions, pages, rules and emails. The browser build contains none of
// them: only the islands run in the browser.
#[cfg(feature = "ssr")]
pub(crate) mod account;
#[cfg(feature = "ssr")]
pub(crate) mod auth;
#[cfg(feature = "ssr")]
pub(crate) mod recovery;
#[cfg(feature = "ssr")]
pub(crate) mod support;

// What the areas build on.
#[cfg(feature = "ssr")]
pub(crate) mod app;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod domain;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub(crate) mod http;
#[cfg(feature = "ssr")]
pub mod i18n;
#[cfg(feature = "ssr")]
pub mod images;
#[cfg(feature = "ssr")]
pub mod mailer;
#[cfg(feature = "ssr")]
pub mod random;
#[cfg(feature = "ssr")]
pub mod realtime;
#[cfg(feature = "ssr")]
pub mod security;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod state;
#[cfg(feature = "ssr")]
pub mod telemetry;
#[cfg(feature = "ssr")]
pub mod turns;

#[cfg(all(test, feature = "ssr"))]
mod tests;

#[cfg(feature = "hydrate")]
mod hydrate;
