//! The meter beside a password that is being chosen.

use leptos::{prelude::*, server_fn::ServerFn};

use super::islands::Strength;
use crate::password::Help;

/// Stands below the field with id `field`; nothing is seen of it until something is typed.
pub fn strength(field: &'static str) -> impl IntoView {
    view! {
        <div class="strength needs-script" data-strength=field data-action=Help::PATH>
            <span class="meter" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
            <small role="status"></small>
        </div>
        <Strength/>
    }
}
