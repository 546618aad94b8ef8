//! Notifications of the browser.

use leptos::{
    prelude::*,
    web_sys::{Notification, NotificationPermission, js_sys::Reflect},
};

/// Shows a notification if the user allowed that and does not see the page.
pub(super) fn notify(words: &str) {
    // Not every browser has notifications.
    if Reflect::has(&window(), &"Notification".into()) == Ok(true)
        && document().hidden()
        && Notification::permission() == NotificationPermission::Granted
    {
        let _ = Notification::new(words);
    }
}
