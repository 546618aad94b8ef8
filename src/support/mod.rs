//! The support chat, as the shopper sees it.
