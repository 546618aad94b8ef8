-- What happened, and the emails that tell of it.

-- account_id is NULL when the name typed belongs to no account.
CREATE TABLE events (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT,
    actor_id   TEXT,                                 -- who did it, where it was not the owner: an operator, an admin
    kind       TEXT   NOT NULL,
    detail     TEXT,                                 -- what the kind alone does not say: the kind of an email
    cause_id   TEXT,                                 -- of an email: the event that it tells of
    network    TEXT   NOT NULL,
    user_agent TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX events_by_account ON events (account_id, at);
CREATE INDEX events_by_kind ON events (kind, at);
CREATE INDEX events_by_cause ON events (cause_id) WHERE cause_id IS NOT NULL;

-- Emails to send. 'sealed' holds recipient, subject and both bodies, encrypted, and is emptied once the email is sent
-- or dropped. 'decoy' rows are written where no email is due, so that both cases take the same time. The outbox sends
-- by urgency, and fairly: no account's emails wait behind all those of another.
CREATE TABLE outbox (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    account_id   TEXT,
    cause_id     TEXT,                               -- the event that was recorded in the same transaction
    message_id   TEXT    NOT NULL,
    sealed       BLOB,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'decoy')),
    tries        BIGINT  NOT NULL,
    urgent       BOOLEAN NOT NULL,                   -- codes: tried every 30 s until they expire
    urgency      BIGINT  NOT NULL DEFAULT 0,         -- 0: codes; 1: emails that let their reader object; 2: the rest
    -- Emails of one urgency are sent in this order. Each that waits puts the next of the same origin a minute back.
    turn         BIGINT  NOT NULL DEFAULT 0,
    -- The origin, as a MAC: an account, a network that requested codes, a mailbox. Empty once it is done.
    whom         TEXT    NOT NULL DEFAULT '',
    created_at   BIGINT  NOT NULL,
    next_try_at  BIGINT  NOT NULL,
    leased_until BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    done_at      BIGINT
);
-- All that the query for the next email reads: it touches no row but the one that it finds.
CREATE INDEX outbox_due ON outbox (urgency, turn, next_try_at, leased_until, whom) WHERE state = 'waiting';
CREATE INDEX outbox_by_whom ON outbox (whom, urgency, turn) WHERE state = 'waiting';
-- How many of a kind an account received lately.
CREATE INDEX outbox_by_account ON outbox (account_id, kind, created_at) WHERE account_id IS NOT NULL;
-- How many of a kind were written lately, without reading the emails themselves.
CREATE INDEX outbox_by_age ON outbox (created_at, kind, state, account_id);
