//! The code that proves a new address: at registration, and for a change of address.

use crate::{
    forms::{Code, Email},
    server::{
        accounts::{self, Account, Standing},
        app::App,
        client::Client,
        clock::{DAY, Millis},
        codes::{self, SendError, Sending},
        flows::Flow,
        letters,
        outbox::Letter,
        throttle::{self, Key},
    },
};

/// Sends a code to `email` by the letter that `letter` writes for it or, if the address is somebody else's, a letter
/// to its owner; both take the same way (ASVS 6.3.8). `account` is the one that wants to have it, if there is one yet.
///
/// # Errors
/// [`SendError`].
pub async fn send_code(
    app: &App,
    flow: &Flow,
    account: Option<&Account>,
    email: &Email,
    client: &Client,
    letter: impl FnOnce(&Code, Millis) -> Letter,
) -> Result<(), SendError> {
    let now = app.clock.now();
    let standing = accounts::standing(&app.db, email, now).await?;
    // Nobody's, or its own of late.
    let free = match &standing {
        Standing::Free => true,
        Standing::Used(owner) | Standing::Held(owner, _) => {
            account.is_some_and(|account| account.id == owner.id)
        }
    };
    let mut tx = app.db.begin().await?;
    // Once a day: whoever presses "Get code" again and again does not fill somebody else's mailbox.
    let once = Key::new(&app.keys, "address-in-use", &[&email.key()]);
    let first_today =
        throttle::once_per(&mut tx, &once, DAY, now).await?.is_ok() || !app.config.limits;
    let in_use =
        letters::address_in_use(app, &mut tx, &standing, email, first_today, client).await?;
    let sending = Sending { flow, account, address: email.as_str(), can_be_right: free, client };
    codes::send(
        app,
        &mut tx,
        &sending,
        |code, expires_at| {
            if free { Some(letter(code, expires_at)) } else { in_use }
        },
    )
    .await?;
    Ok(tx.commit().await?)
}
