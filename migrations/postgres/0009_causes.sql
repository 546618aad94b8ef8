-- The event of which an email tells: the one that was recorded in the transaction that wrote it. Emails of before have none.
ALTER TABLE outbox ADD COLUMN cause_id TEXT;
ALTER TABLE events ADD COLUMN cause_id TEXT;
CREATE INDEX events_by_cause ON events (cause_id) WHERE cause_id IS NOT NULL;
