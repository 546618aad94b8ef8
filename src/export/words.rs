//! What tables and columns are called in the readable part of an export.

use crate::i18n::{Locale, export_columns as c, export_tables as t};

/// A table's heading.
pub(super) fn table(name: &str, locale: Locale) -> &'static str {
    match name {
        "accounts" => t::accounts(locale),
        "identifiers" => t::identifiers(locale),
        "address_changes" => t::address_changes(locale),
        "pictures" => t::pictures(locale),
        "letter_choices" => t::letter_choices(locale),
        "sessions" => t::sessions(locale),
        "devices" => t::devices(locale),
        "events" => t::events(locale),
        "outbox" => t::outbox(locale),
        "flows" => t::flows(locale),
        "codes" => t::codes(locale),
        "letter_links" => t::letter_links(locale),
        _ => t::further(locale),
    }
}

/// A column's name.
pub(super) fn column(name: &str, locale: Locale) -> &'static str {
    match name {
        "id" => c::id(locale),
        "login" => c::login(locale),
        "email" => c::email(locale),
        "role" => c::role(locale),
        "state" => c::state(locale),
        "locale" => c::locale(locale),
        "epoch" => c::epoch(locale),
        "created_at" => c::created_at(locale),
        "password_changed_at" => c::password_changed_at(locale),
        "display_name" => c::display_name(locale),
        "time_zone" => c::time_zone(locale),
        "version" => c::version(locale),
        "login_changed_at" => c::login_changed_at(locale),
        "email_changed_at" => c::email_changed_at(locale),
        "delete_at" => c::delete_at(locale),
        "frozen_at" => c::frozen_at(locale),
        "key" => c::key(locale),
        "kind" => c::kind(locale),
        "until" => c::until(locale),
        "old_email" => c::old_email(locale),
        "new_email" => c::new_email(locale),
        "changed_at" => c::changed_at(locale),
        "wanted" => c::wanted(locale),
        "persistent" => c::persistent(locale),
        "network" => c::network(locale),
        "user_agent" => c::user_agent(locale),
        "seen_at" => c::seen_at(locale),
        "expires_at" => c::expires_at(locale),
        "proved_at" => c::proved_at(locale),
        "at" => c::at(locale),
        "detail" => c::detail(locale),
        "tries" => c::tries(locale),
        "done_at" => c::done_at(locale),
        "purpose" => c::purpose(locale),
        "step" => c::step(locale),
        "typed" => c::typed(locale),
        "sent_at" => c::sent_at(locale),
        "address" => c::address(locale),
        _ => c::further(locale),
    }
}
