//! The letter at the start of a deletion. The one at its end is in `server::letters`: the command line sends it, too.

use crate::{
    i18n::letter as t,
    server::{
        accounts::Account,
        app::App,
        client::Client,
        clock::Millis,
        letters::{owner_facts, to_owner},
        outbox::{Block, Letter, LetterKind},
        when,
    },
};

/// "Your account will be deleted."
pub(crate) fn deletion_started(
    app: &App,
    account: &Account,
    at: Millis,
    client: &Client,
) -> Letter {
    let locale = account.locale();
    let day = when::date(locale, &account.zone(), at);
    let blocks = vec![
        Block::Text(t::deletion_started::intro(locale, &app.config.shop_name, &day)),
        owner_facts(app, account, client),
        Block::Care(t::deletion_started::keep(locale, &day)),
        Block::Button(t::welcome::button(locale), app.config.address_of("/sign-in")),
        Block::Text(t::deletion_started::not_you(locale, app.config.address_of("/recover"))),
    ];
    let subject = t::deletion_started::subject(locale, &app.config.shop_name);
    to_owner(LetterKind::DeletionStarted, account, subject, blocks)
}
