-- Sessions, known browsers, and everything by which a user proves who they are.

CREATE TABLE sessions (
    token_hash     BLOB    NOT NULL PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,          -- its name in lists
    account_id     TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    persistent     BOOLEAN NOT NULL,                 -- "Stay signed in"
    -- Opened with password and emailed code: short, and the only kind that opens the console.
    staff          BOOLEAN NOT NULL DEFAULT FALSE,
    name           TEXT,                             -- what the user calls the device ("Work laptop")
    network        TEXT    NOT NULL,
    user_agent     TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL,
    seen_at        BIGINT  NOT NULL,
    expires_at     BIGINT  NOT NULL,
    -- A reauthentication is valid in one session, and in the credential version in which it was given.
    proved_at      BIGINT,
    proved_version BIGINT
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Browsers that signed in before (OWASP device cookies): their failures and emails are counted apart, so that strangers
-- cannot lock an owner out.
CREATE TABLE devices (
    token_hash BLOB   NOT NULL,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (token_hash, account_id)
);
CREATE INDEX devices_by_account ON devices (account_id);

-- A user's way through several pages, bound to one browser by a cookie.
CREATE TABLE flows (
    id                 TEXT   NOT NULL PRIMARY KEY,
    token_hash         BLOB   NOT NULL UNIQUE,
    purpose            TEXT   NOT NULL,              -- register, recover, …
    step               TEXT   NOT NULL,              -- method, code, password, done
    -- No foreign key, here and in codes: checking one takes time that tells whether there is an account.
    account_id         TEXT,
    credential_version BIGINT NOT NULL,              -- of the account when the flow began
    typed              TEXT   NOT NULL,              -- what the user typed, shown back as typed
    login              TEXT,                         -- register: the requested login
    password_hash      TEXT,                         -- register: set once the address is confirmed
    subject            TEXT,                         -- a conversation or an assisted recovery that it is about
    arranged           TEXT,                         -- recover: the address that support is said to have arranged
    locale             TEXT   NOT NULL,
    next               TEXT,
    device_id          TEXT,                         -- set when the account knows the browser
    ready_at           BIGINT NOT NULL,              -- later than created_at for a browser that had to wait
    created_at         BIGINT NOT NULL,
    expires_at         BIGINT NOT NULL
);
CREATE INDEX flows_by_account ON flows (account_id);
CREATE INDEX flows_by_expiry ON flows (expires_at);

-- Emailed codes, as a MAC. A code that was replaced stays until it expires, so that typing it can be answered with "use
-- the newer email".
CREATE TABLE codes (
    id                 TEXT    NOT NULL PRIMARY KEY,
    flow_id            TEXT    REFERENCES flows (id) ON DELETE SET NULL,
    account_id         TEXT,
    mac                BLOB    NOT NULL,
    long               BOOLEAN NOT NULL,             -- 12 characters, no cap on failures
    looks_long         BOOLEAN NOT NULL,             -- whether the page may show that it is long
    roams              BOOLEAN NOT NULL,             -- valid in any browser for the account
    state              TEXT    NOT NULL CHECK (state IN ('current', 'replaced', 'used')),
    tries              BIGINT  NOT NULL,
    credential_version BIGINT  NOT NULL,
    sent_at            BIGINT  NOT NULL,
    expires_at         BIGINT  NOT NULL
);
CREATE INDEX codes_by_flow ON codes (flow_id);
CREATE INDEX codes_by_account ON codes (account_id);
CREATE INDEX codes_by_expiry ON codes (expires_at);

-- Wrong codes of the whole site, by the hour: what the alarm judges by.
CREATE TABLE failed_codes (
    hour  BIGINT NOT NULL PRIMARY KEY,               -- since 1970
    count BIGINT NOT NULL
);

-- One-time backup codes on paper, as a MAC.
CREATE TABLE saved_codes (
    mac        BLOB   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_codes_by_account ON saved_codes (account_id);

-- A computer that requests to be signed in by a phone.
CREATE TABLE qr_requests (
    id                 TEXT    NOT NULL PRIMARY KEY,
    token_hash         BLOB    NOT NULL UNIQUE,      -- of the token in the QR code
    short_mac          BLOB    NOT NULL UNIQUE,      -- of the code that can be typed instead
    browser_hash       BLOB    NOT NULL UNIQUE,      -- of the cookie of the requesting browser, which alone collects
    number             TEXT    NOT NULL,             -- the two digits on its screen
    state              TEXT    NOT NULL CHECK (state IN
        ('shown', 'scanned', 'approved', 'denied', 'wrong', 'collected')),
    network            TEXT    NOT NULL,             -- of the computer
    user_agent         TEXT    NOT NULL,
    typed              BOOLEAN NOT NULL DEFAULT FALSE, -- the short code was typed, the QR code not scanned
    account_id         TEXT    REFERENCES accounts (id) ON DELETE CASCADE, -- the account that scanned it
    session_id         TEXT,                         -- and in which session
    credential_version BIGINT,                       -- of that account then
    created_at         BIGINT  NOT NULL,
    expires_at         BIGINT  NOT NULL,
    answered_at        BIGINT
);
CREATE INDEX qr_requests_by_account ON qr_requests (account_id);
CREATE INDEX qr_requests_by_expiry ON qr_requests (expires_at);

-- Links in emails: each leads to a page with a button, for one purpose.
CREATE TABLE letter_links (
    token_hash BLOB   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose    TEXT   NOT NULL,
    subject    TEXT,                                 -- an assisted recovery that it is about
    address    TEXT   NOT NULL,                      -- to which the email went
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX letter_links_by_account ON letter_links (account_id);
CREATE INDEX letter_links_by_expiry ON letter_links (expires_at);

-- Counters and waits. The key is a MAC: what strangers typed is not stored.
CREATE TABLE throttles (
    key   TEXT   NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX throttles_by_since ON throttles (since);

-- Captcha solutions that were used, until they would have expired anyway.
CREATE TABLE spent_proofs (
    key        TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_proofs_by_expiry ON spent_proofs (expires_at);

-- What a form answered, for a minute: pressing its button twice returns the first answer again. The key is a MAC over
-- the form, the browser and all that was posted; the answer is sealed.
CREATE TABLE presses (
    key        BLOB   NOT NULL PRIMARY KEY,
    answer     BLOB,                                 -- NULL while the first press is being answered
    expires_at BIGINT NOT NULL
);
CREATE INDEX presses_by_expiry ON presses (expires_at);
