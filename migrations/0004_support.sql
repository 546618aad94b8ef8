-- The support chat, the console of its operators, and the recoveries that they assist.

-- A shopper and the operator who answers.
CREATE TABLE conversations (
    id            TEXT   NOT NULL PRIMARY KEY,
    token_hash    BLOB   NOT NULL UNIQUE,            -- of the cookie of the browser in which it began
    account_id    TEXT   REFERENCES accounts (id) ON DELETE CASCADE,  -- its author, if signed in
    claimed       TEXT,                              -- the account that it is said to be about, as typed
    claimed_id    TEXT   REFERENCES accounts (id) ON DELETE SET NULL, -- and the one of that name
    claimed_by    TEXT,                              -- the operator who named it; NULL: the shopper did
    topic         TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('waiting', 'answered', 'closed')),
    solved        BOOLEAN NOT NULL DEFAULT FALSE,    -- closed as solved
    operator_id   TEXT,                              -- the operator who took it
    email         TEXT,                              -- confirmed: "an answer waits" goes there
    told_at       BIGINT,                            -- when that was last sent
    last_seq      BIGINT NOT NULL,
    shopper_read  BIGINT NOT NULL,                   -- the last message that either side has seen
    operator_read BIGINT NOT NULL,
    shopper_read_at  BIGINT,                         -- and when
    operator_read_at BIGINT,
    waiting_since BIGINT,                            -- the first message without an answer
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

-- Numbered within their conversation, without gaps: the number is the cursor of a stream.
CREATE TABLE messages (
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq             BIGINT NOT NULL,
    author          TEXT   NOT NULL CHECK (author IN ('shopper', 'operator', 'system')),
    operator_id     TEXT,
    text            TEXT   NOT NULL,                 -- of 'system': the name of what happened
    picture_id      TEXT,
    nonce           TEXT   NOT NULL,                 -- made by the form: the same post twice is one message
    at              BIGINT NOT NULL,
    translation     TEXT,                            -- for a reader of another language
    translated_to   TEXT,
    PRIMARY KEY (conversation_id, seq),
    UNIQUE (conversation_id, nonce)
);

CREATE TABLE message_pictures (
    id              TEXT   NOT NULL PRIMARY KEY,
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    image           BLOB   NOT NULL,                 -- JPEG, re-encoded
    width           BIGINT NOT NULL,
    height          BIGINT NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX message_pictures_by_conversation ON message_pictures (conversation_id);

-- Visible to staff only.
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

-- How long shoppers waited for an answer; no shopper is named.
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

-- Recoveries that an operator opens, a second one decides, and the owner can stop.
CREATE TABLE assisted_recoveries (
    id              TEXT    NOT NULL PRIMARY KEY,
    account_id      TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id TEXT    REFERENCES conversations (id) ON DELETE SET NULL,
    credential_version BIGINT NOT NULL,              -- of the account when it was opened: a later one ends it
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
    alone           BOOLEAN NOT NULL DEFAULT FALSE,  -- approved by the operator who opened it
    release_at      BIGINT,                          -- the account cannot be entered before
    expires_at      BIGINT  NOT NULL,                -- when its state ends
    ended_at        BIGINT
);
CREATE INDEX assisted_by_account ON assisted_recoveries (account_id, opened_at);
-- At most one an account at a time.
CREATE UNIQUE INDEX assisted_alive ON assisted_recoveries (account_id)
    WHERE state IN ('opened', 'confirmed', 'waiting', 'ready');
CREATE INDEX assisted_by_conversation ON assisted_recoveries (conversation_id);
CREATE INDEX assisted_by_state ON assisted_recoveries (state, expires_at);
