//! Signing in on a computer with the phone in your hand.
