-- The ground: accounts, sessions, flows, codes, limits, events, letters.
-- Ids are UUIDv7 as TEXT, because sqlx maps its Uuid type differently on the
-- two engines. Times are milliseconds since 1970, UTC. Tokens are stored as
-- SHA-256 only: nothing that signs a person in is readable in a stolen file.

CREATE TABLE accounts (
    id                  TEXT    NOT NULL PRIMARY KEY,
    login               TEXT    NOT NULL,            -- as its owner spells it
    email               TEXT    NOT NULL,            -- the stored address letters go to
    password_hash       TEXT    NOT NULL,            -- Argon2id, PHC string
    role                TEXT    NOT NULL CHECK (role IN ('shopper', 'operator', 'admin')),
    state               TEXT    NOT NULL CHECK (state IN ('active', 'disabled')),
    locale              TEXT    NOT NULL,
    epoch               BIGINT  NOT NULL,            -- raised by each change of password or e-mail
    created_at          BIGINT  NOT NULL,
    password_changed_at BIGINT  NOT NULL
);

-- Every name an account has or had. The key is case-folded; an e-mail address
-- holds '@' and a login never does, so that one key space serves both.
CREATE TABLE identifiers (
    key        TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('login', 'email')),
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    state      TEXT   NOT NULL CHECK (state IN ('current', 'former', 'held')),
    until      BIGINT                                -- for 'held': when the hold ends
);
CREATE INDEX identifiers_by_account ON identifiers (account_id);

CREATE TABLE sessions (
    token_hash BYTEA  NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,              -- the name of the session in lists
    account_id TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    persistent BOOLEAN NOT NULL,                     -- "Stay signed in"
    network    TEXT    NOT NULL,
    user_agent TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    seen_at    BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Browsers that once signed in (OWASP device cookies): their failures and
-- letters are counted apart, so that strangers cannot lock an owner out.
CREATE TABLE devices (
    token_hash BYTEA  NOT NULL,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (token_hash, account_id)
);
CREATE INDEX devices_by_account ON devices (account_id);

-- A shopper's way through several screens, bound to one browser by a cookie.
CREATE TABLE flows (
    id            TEXT   NOT NULL PRIMARY KEY,
    token_hash    BYTEA  NOT NULL UNIQUE,
    purpose       TEXT   NOT NULL,                   -- register, recover, …
    step          TEXT   NOT NULL,                   -- method, code, password, done
    -- No foreign key, here and in codes: checking one takes time that tells whether there is an account.
    account_id    TEXT,
    epoch         BIGINT NOT NULL,                   -- of the account when the flow began
    typed         TEXT   NOT NULL,                   -- what the shopper typed, shown back as typed
    login         TEXT,                              -- register: the login name asked for
    password_hash TEXT,                              -- register: set when the address is confirmed
    locale        TEXT   NOT NULL,
    next          TEXT,
    device_id     TEXT,                              -- set when the browser is known to the account
    ready_at      BIGINT NOT NULL,                   -- later than created_at for a browser that had to wait
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX flows_by_account ON flows (account_id);
CREATE INDEX flows_by_expiry ON flows (expires_at);

-- Mailed codes, as a MAC. A code that was replaced stays until it expires, so
-- that typing it can be answered with "use the newer letter".
CREATE TABLE codes (
    id         TEXT    NOT NULL PRIMARY KEY,
    flow_id    TEXT    REFERENCES flows (id) ON DELETE SET NULL,
    account_id TEXT,
    mac        BYTEA  NOT NULL,
    long       BOOLEAN NOT NULL,                     -- 12 characters, no cap on failures
    looks_long BOOLEAN NOT NULL,                     -- whether the screen may let it show
    roams      BOOLEAN NOT NULL,                     -- good in any browser for the account
    state      TEXT    NOT NULL CHECK (state IN ('current', 'replaced', 'used')),
    tries      BIGINT  NOT NULL,
    epoch      BIGINT  NOT NULL,
    sent_at    BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL
);
CREATE INDEX codes_by_flow ON codes (flow_id);
CREATE INDEX codes_by_account ON codes (account_id);
CREATE INDEX codes_by_expiry ON codes (expires_at);

-- Counters and waits. The key is a MAC: what strangers typed is not kept.
CREATE TABLE throttles (
    key   TEXT   NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX throttles_by_since ON throttles (since);

-- Proofs of work already spent, until they would have expired anyway.
CREATE TABLE spent_proofs (
    key        TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_proofs_by_expiry ON spent_proofs (expires_at);

-- What happened. account_id is NULL when the name typed belongs to nobody.
CREATE TABLE events (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT,
    kind       TEXT   NOT NULL,
    network    TEXT   NOT NULL,
    user_agent TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX events_by_account ON events (account_id, at);
CREATE INDEX events_by_kind ON events (kind, at);

-- Letters on their way. 'sealed' holds recipient, subject and both bodies,
-- encrypted, and is emptied once the letter is sent or dropped. 'decoy' rows
-- are written where no letter is due, so that both cases take the same time.
CREATE TABLE outbox (
    id           TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    account_id   TEXT,
    message_id   TEXT   NOT NULL,
    sealed       BYTEA,
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'decoy')),
    tries        BIGINT NOT NULL,
    urgent       BOOLEAN NOT NULL,                   -- codes: tried every 30 s until they expire
    created_at   BIGINT NOT NULL,
    next_try_at  BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    done_at      BIGINT
);
CREATE INDEX outbox_due ON outbox (state, next_try_at);
CREATE INDEX outbox_by_age ON outbox (created_at);
