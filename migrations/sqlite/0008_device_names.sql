-- What the user calls the device of a session ("Work laptop"); goes with the session.
ALTER TABLE sessions ADD COLUMN name TEXT;
