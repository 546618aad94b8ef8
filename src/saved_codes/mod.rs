//! Saved codes: ten one-time recovery codes on paper.
