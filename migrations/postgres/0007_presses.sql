-- What a form answered, for a minute: whoever presses its button twice gets the first answer again. The key is a MAC
-- over the form, the browser and all that was posted; the answer is sealed.
CREATE TABLE presses (
    key        BYTEA  NOT NULL PRIMARY KEY,
    answer     BYTEA,                                -- none while the first press is still at work
    expires_at BIGINT NOT NULL
);
CREATE INDEX presses_by_expiry ON presses (expires_at);
