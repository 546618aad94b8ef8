-- Accounts and their names.
--
-- One source for both engines: binary columns are the one type whose name differs (src/db/connect.rs).
-- Ids are UUIDv7 as TEXT, because sqlx maps its Uuid type differently on the two engines. Times are milliseconds since
-- 1970, UTC. Tokens are stored as SHA-256 only: nothing that signs a user in is readable in a stolen file.

CREATE TABLE accounts (
    id                  TEXT    NOT NULL PRIMARY KEY,
    login               TEXT    NOT NULL,            -- as its owner spells it
    email               TEXT    NOT NULL,            -- the stored address that emails go to
    password_hash       TEXT    NOT NULL,            -- Argon2id, PHC string
    role                TEXT    NOT NULL CHECK (role IN ('shopper', 'operator', 'admin')),
    role_given_at       BIGINT,                      -- since when it has its role; NULL: since it was created
    role_given_by       TEXT,                        -- the admin who gave it; NULL: the command line
    state               TEXT    NOT NULL CHECK (state IN ('active', 'disabled')),
    locale              TEXT    NOT NULL,
    display_name        TEXT,
    time_zone           TEXT,                        -- IANA name
    version             BIGINT  NOT NULL DEFAULT 0,  -- raised by each change of the profile
    credential_version  BIGINT  NOT NULL,            -- raised by each change of password or email
    created_at          BIGINT  NOT NULL,
    password_changed_at BIGINT  NOT NULL,
    login_changed_at    BIGINT,
    email_changed_at    BIGINT,
    delete_at           BIGINT,                      -- its owner requested deletion
    frozen_at           BIGINT                       -- two addresses claim it; disabled until support decides
);
CREATE INDEX accounts_by_deletion ON accounts (delete_at);
-- The few among the many.
CREATE INDEX accounts_staff ON accounts (role, id) WHERE role <> 'shopper';

-- Every name that an account has or had. The key is case-folded; an email address contains '@' and a login never does,
-- so one key space serves both.
CREATE TABLE identifiers (
    key              TEXT   NOT NULL PRIMARY KEY,
    kind             TEXT   NOT NULL CHECK (kind IN ('login', 'email')),
    account_id       TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    state            TEXT   NOT NULL CHECK (state IN ('current', 'former', 'held')),
    until            BIGINT,                         -- for 'held': when the hold ends
    -- What a login looks like (UTS #39 skeleton): as it is compared and, where that looks different, as it is spelled.
    -- Not unique: logins that looked alike under older rules stay. A new login is checked under a lock.
    skeleton         TEXT,
    spelled_skeleton TEXT
);
CREATE INDEX identifiers_by_account ON identifiers (account_id);
CREATE INDEX identifiers_held ON identifiers (until) WHERE state = 'held';
CREATE INDEX identifiers_by_skeleton ON identifiers (skeleton) WHERE skeleton IS NOT NULL;
CREATE INDEX identifiers_by_spelled ON identifiers (spelled_skeleton) WHERE spelled_skeleton IS NOT NULL;

-- The version of the rules by which keys and skeletons were computed: one row. SQL cannot fold names, so the first
-- server with newer rules computes them anew (src/domain/accounts/keys.rs).
CREATE TABLE name_rules (
    version BIGINT NOT NULL
);
INSERT INTO name_rules (version) VALUES (0);

-- Logins of deleted accounts, as a MAC: they are never given again.
CREATE TABLE retired_logins (
    mac        BLOB   NOT NULL PRIMARY KEY,
    retired_at BIGINT NOT NULL
);

-- Each change of an address; until then the old one can reclaim it.
CREATE TABLE address_changes (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    old_email  TEXT   NOT NULL,
    new_email  TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    until      BIGINT NOT NULL
);
CREATE INDEX address_changes_by_account ON address_changes (account_id, changed_at);

CREATE TABLE pictures (
    account_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL,                      -- new with each picture: its name in caches
    image      BLOB   NOT NULL,                      -- JPEG, 256 × 256
    changed_at BIGINT NOT NULL
);

-- Which emails a user wants, where that differs from the default.
CREATE TABLE letter_choices (
    account_id TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL,
    wanted     BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, kind)
);
