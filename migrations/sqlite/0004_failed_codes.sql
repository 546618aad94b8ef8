-- Wrong codes of the whole site, by the hour: what the alarm goes by. Events were counted before; among them were tries
-- that nobody judged, and as many of one network as it liked.
CREATE TABLE failed_codes (
    hour  BIGINT NOT NULL PRIMARY KEY,               -- since 1970
    count BIGINT NOT NULL
);
