-- My account: the profile, fresh proofs, changed addresses and what can be taken back.

ALTER TABLE accounts ADD COLUMN display_name     TEXT;
ALTER TABLE accounts ADD COLUMN time_zone        TEXT;             -- IANA name
ALTER TABLE accounts ADD COLUMN version          BIGINT NOT NULL DEFAULT 0; -- raised by each change of the profile
ALTER TABLE accounts ADD COLUMN login_changed_at BIGINT;
ALTER TABLE accounts ADD COLUMN email_changed_at BIGINT;
ALTER TABLE accounts ADD COLUMN delete_at        BIGINT;           -- its owner asked for deletion
ALTER TABLE accounts ADD COLUMN frozen_at        BIGINT;           -- two addresses claim it; disabled until support decides
CREATE INDEX accounts_by_deletion ON accounts (delete_at);

-- Few of many: housekeeping looks for them every ten minutes.
CREATE INDEX identifiers_held ON identifiers (until) WHERE state = 'held';
CREATE INDEX outbox_by_account ON outbox (account_id) WHERE account_id IS NOT NULL;

-- A fresh proof counts for one session, and for the epoch in which it was given.
ALTER TABLE sessions ADD COLUMN proved_at    BIGINT;
ALTER TABLE sessions ADD COLUMN proved_epoch BIGINT;

-- What the event was about, where the kind alone does not say it: the kind of a letter.
ALTER TABLE events ADD COLUMN detail TEXT;

-- Each change of an address; until then the old one can take it back.
CREATE TABLE address_changes (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    old_email  TEXT   NOT NULL,
    new_email  TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    until      BIGINT NOT NULL
);
CREATE INDEX address_changes_by_account ON address_changes (account_id, changed_at);

-- Links in letters: each leads to a page with a button, for one purpose.
CREATE TABLE letter_links (
    token_hash BYTEA  NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose    TEXT   NOT NULL,
    address    TEXT   NOT NULL,                      -- to which the letter went
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX letter_links_by_account ON letter_links (account_id);
CREATE INDEX letter_links_by_expiry ON letter_links (expires_at);

CREATE TABLE pictures (
    account_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL,                      -- new with each picture: names it in caches
    image      BYTEA  NOT NULL,                      -- JPEG, 256 × 256
    changed_at BIGINT NOT NULL
);

-- Which letters somebody wants, where that differs from the default.
CREATE TABLE letter_choices (
    account_id TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL,
    wanted     BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, kind)
);

-- Login names of deleted accounts, as a MAC: nobody else ever gets them.
CREATE TABLE retired_logins (
    mac        BYTEA  NOT NULL PRIMARY KEY,
    retired_at BIGINT NOT NULL
);
