-- Names that can be taken for each other, and addresses in one spelling.

-- What a login looks like (UTS #39 skeleton): as it is compared and, where that looks otherwise, as it is spelled.
-- Not unique: those that were alike before stay. Whoever takes a name asks, under a lock.
ALTER TABLE identifiers ADD COLUMN skeleton         TEXT;
ALTER TABLE identifiers ADD COLUMN spelled_skeleton TEXT;
CREATE INDEX identifiers_by_skeleton ON identifiers (skeleton) WHERE skeleton IS NOT NULL;
CREATE INDEX identifiers_by_spelled ON identifiers (spelled_skeleton) WHERE spelled_skeleton IS NOT NULL;

-- By which rules the keys and skeletons of all names were made (see server/accounts/keys.rs): one row. SQL cannot fold
-- names, so whoever starts a server by newer rules makes them anew.
CREATE TABLE name_rules (
    version BIGINT NOT NULL
);
INSERT INTO name_rules (version) VALUES (0);
