//! The operators' console.
