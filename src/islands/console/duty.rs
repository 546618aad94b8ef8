use leptos::prelude::*;

use super::{
    ConsoleState,
    act::{Act, Refused, WindowFields},
};

/// Whether the reader is on duty, and which colleagues are.
#[island]
pub fn ConsoleDuty() -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let (duty, act) = (state.duty, Act::new());
    let action = state.addresses.with_value(|addresses| addresses.duty.clone());
    view! {
        <form
            method="post" action=action class="line"
            on:submit=move |event| act.submit(&event)
        >
            <WindowFields conversation=None/>
            <span class="small" role="status">{move || duty.read().state.clone()}</span>
            <button
                class="button second fit" type="submit" name="duty"
                value=move || if duty.read().is_on { "off" } else { "on" }
            >
                {move || duty.read().change.clone()}
            </button>
            <Refused act/>
        </form>
        <p class="quiet small colleagues">{move || duty.read().colleagues.clone()}</p>
    }
}
