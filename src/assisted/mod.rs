//! Assisted recovery: an operator begins it, a second one decides, the owner can stop it.
