-- The outbox sends by urgency, and fairly: nobody's letters wait behind all those of somebody else.

-- 0: codes; 1: letters that let their reader object; 2: the rest. Instances of the version before write none: theirs
-- go first.
ALTER TABLE outbox ADD COLUMN urgency BIGINT NOT NULL DEFAULT 0;
-- Letters of one urgency are sent in this order. Each that waits puts the next of the same origin a minute back.
ALTER TABLE outbox ADD COLUMN turn    BIGINT NOT NULL DEFAULT 0;
-- Whose turn it is, under a MAC: of an account, of a network that asked for codes, of a mailbox. Empty once it is done.
ALTER TABLE outbox ADD COLUMN whom    TEXT   NOT NULL DEFAULT '';
UPDATE outbox SET turn = next_try_at, urgency = CASE
    WHEN urgent THEN 0
    WHEN kind IN ('address-changing', 'address-changed', 'deletion-started', 'assisted-recovery',
        'password-changed') THEN 1
    ELSE 2
END;

-- All that the question for the next letter reads: it touches no row but the one that it finds.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (urgency, turn, next_try_at, leased_until, whom) WHERE state = 'waiting';
CREATE INDEX outbox_by_whom ON outbox (whom, urgency, turn) WHERE state = 'waiting';
-- How many of a kind an account got lately.
DROP INDEX outbox_by_account;
CREATE INDEX outbox_by_account ON outbox (account_id, kind, created_at) WHERE account_id IS NOT NULL;
-- How many of a kind were written lately, without reading the letters themselves.
DROP INDEX outbox_by_age;
CREATE INDEX outbox_by_age ON outbox (created_at, kind, state, account_id);
