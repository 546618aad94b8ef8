-- Other ways to verify: saved codes, the phone in your hand, a person in the support chat; and the staff behind it.

ALTER TABLE accounts ADD COLUMN role_given_at BIGINT;              -- since when it has its role; NULL: since it was made
ALTER TABLE accounts ADD COLUMN role_given_by TEXT;                -- the admin who gave it; NULL: the command line
-- The few among the many.
CREATE INDEX accounts_staff ON accounts (role, id) WHERE role <> 'shopper';
-- Opened with password and mailed code: short, and the only kind that opens the console.
ALTER TABLE sessions ADD COLUMN staff BOOLEAN NOT NULL DEFAULT FALSE;
-- What a flow or a link is about, beside an account: a conversation, an assisted recovery.
ALTER TABLE flows ADD COLUMN subject TEXT;
ALTER TABLE letter_links ADD COLUMN subject TEXT;
-- In a recovery, the address that support is said to have arranged, as typed.
ALTER TABLE flows ADD COLUMN arranged TEXT;
-- Who did it, where it was not the owner: an operator, an admin.
ALTER TABLE events ADD COLUMN actor_id TEXT;

-- One-time recovery codes on paper, as a MAC.
CREATE TABLE saved_codes (
    mac        BLOB   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_codes_by_account ON saved_codes (account_id);

-- A computer that asks to be signed in by a phone.
CREATE TABLE qr_requests (
    id           TEXT    NOT NULL PRIMARY KEY,
    token_hash   BLOB    NOT NULL UNIQUE,            -- of the token in the picture
    short_mac    BLOB    NOT NULL UNIQUE,            -- of the code that can be typed instead
    browser_hash BLOB    NOT NULL UNIQUE,            -- of the cookie of the browser that asked, and alone collects
    number       TEXT    NOT NULL,                   -- the two digits on its screen
    state        TEXT    NOT NULL CHECK (state IN ('shown', 'scanned', 'approved', 'denied', 'wrong', 'collected')),
    network      TEXT    NOT NULL,                   -- of the computer
    user_agent   TEXT    NOT NULL,
    typed        BOOLEAN NOT NULL DEFAULT FALSE,     -- the short code was typed, the picture not scanned
    account_id   TEXT    REFERENCES accounts (id) ON DELETE CASCADE, -- whoever scanned it
    session_id   TEXT,                               -- and in which session
    epoch        BIGINT,                             -- of that account then
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    answered_at  BIGINT
);
CREATE INDEX qr_requests_by_account ON qr_requests (account_id);
CREATE INDEX qr_requests_by_expiry ON qr_requests (expires_at);

-- A shopper and whoever of the staff answers.
CREATE TABLE conversations (
    id            TEXT   NOT NULL PRIMARY KEY,
    token_hash    BLOB   NOT NULL UNIQUE,            -- of the cookie of the browser in which it began
    account_id    TEXT   REFERENCES accounts (id) ON DELETE CASCADE,  -- whoever wrote it, signed in
    claimed       TEXT,                              -- the account that it is said to be about, as typed
    claimed_id    TEXT   REFERENCES accounts (id) ON DELETE SET NULL, -- and the one that this belongs to
    claimed_by    TEXT,                              -- the operator who named it; NULL: the shopper did
    topic         TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('waiting', 'answered', 'closed')),
    solved        BOOLEAN NOT NULL DEFAULT FALSE,    -- closed as solved
    operator_id   TEXT,                              -- who took it
    email         TEXT,                              -- confirmed: "an answer waits" goes there
    told_at       BIGINT,                            -- when that was last sent
    last_seq      BIGINT NOT NULL,
    shopper_read  BIGINT NOT NULL,                   -- the last message that either side has seen
    operator_read BIGINT NOT NULL,
    shopper_read_at  BIGINT,                         -- and when
    operator_read_at BIGINT,
    waiting_since BIGINT,                            -- the first message that nobody answered yet
    unread_since  BIGINT,                            -- the first answer that the shopper has not seen yet
    network       TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    closed_at     BIGINT
);
CREATE INDEX conversations_by_account ON conversations (account_id);
CREATE INDEX conversations_by_claim ON conversations (claimed_id);
CREATE INDEX conversations_by_state ON conversations (state, waiting_since);
CREATE INDEX conversations_unread ON conversations (unread_since) WHERE unread_since IS NOT NULL;
CREATE INDEX conversations_by_age ON conversations (updated_at);

-- Numbered within their conversation, without gaps: the number is the cursor of whoever reads along.
CREATE TABLE messages (
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq             BIGINT NOT NULL,
    author          TEXT   NOT NULL CHECK (author IN ('shopper', 'operator', 'system')),
    operator_id     TEXT,
    text            TEXT   NOT NULL,                 -- of 'system': the name of what happened
    picture_id      TEXT,
    nonce           TEXT   NOT NULL,                 -- made by the form: the same post twice is one message
    at              BIGINT NOT NULL,
    translation     TEXT,                            -- for whoever reads it in another language
    translated_to   TEXT,
    PRIMARY KEY (conversation_id, seq),
    UNIQUE (conversation_id, nonce)
);

CREATE TABLE message_pictures (
    id              TEXT   NOT NULL PRIMARY KEY,
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    image           BLOB   NOT NULL,                 -- JPEG, redrawn
    width           BIGINT NOT NULL,
    height          BIGINT NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX message_pictures_by_conversation ON message_pictures (conversation_id);

-- What only the staff reads.
CREATE TABLE notes (
    id              TEXT   NOT NULL PRIMARY KEY,
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    operator_id     TEXT   NOT NULL,
    text            TEXT   NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX notes_by_conversation ON notes (conversation_id, at);

CREATE TABLE canned_answers (
    id         TEXT   NOT NULL PRIMARY KEY,
    locale     TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    text       TEXT   NOT NULL,                      -- with placeholders such as {login}
    changed_by TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

-- How long shoppers waited for an answer: it names no shopper.
CREATE TABLE answers (
    id          TEXT   NOT NULL PRIMARY KEY,
    operator_id TEXT   NOT NULL,
    waited      BIGINT NOT NULL,                     -- milliseconds
    at          BIGINT NOT NULL
);
CREATE INDEX answers_by_age ON answers (at);

CREATE TABLE shifts (
    operator_id TEXT    NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    on_duty     BOOLEAN NOT NULL,
    since       BIGINT  NOT NULL,
    seen_at     BIGINT  NOT NULL
);

-- Recoveries that an operator began, a second one decides, and the owner can stop.
CREATE TABLE assisted_recoveries (
    id              TEXT    NOT NULL PRIMARY KEY,
    account_id      TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id TEXT    REFERENCES conversations (id) ON DELETE SET NULL,
    epoch           BIGINT  NOT NULL,                -- of the account when it was opened: a later one ends it
    state           TEXT    NOT NULL CHECK (state IN
        ('opened', 'confirmed', 'waiting', 'ready', 'done', 'refused', 'stopped', 'expired', 'overtaken')),
    checked         TEXT    NOT NULL,                -- what the operator checked, a line each
    remark          TEXT    NOT NULL,
    opened_by       TEXT    NOT NULL,
    opened_at       BIGINT  NOT NULL,
    email           TEXT,                            -- the address to use, once its code was right
    confirmed_at    BIGINT,
    decided_by      TEXT,
    decided_at      BIGINT,
    alone           BOOLEAN NOT NULL DEFAULT FALSE,  -- approved by whoever opened it
    release_at      BIGINT,                          -- nobody gets in before
    expires_at      BIGINT  NOT NULL,                -- when the state that it is in is over
    ended_at        BIGINT
);
CREATE INDEX assisted_by_account ON assisted_recoveries (account_id, opened_at);
-- One for an account at a time, whatever else goes wrong.
CREATE UNIQUE INDEX assisted_alive ON assisted_recoveries (account_id)
    WHERE state IN ('opened', 'confirmed', 'waiting', 'ready');
CREATE INDEX assisted_by_conversation ON assisted_recoveries (conversation_id);
CREATE INDEX assisted_by_state ON assisted_recoveries (state, expires_at);
