-- Announcements: one text to many people, who may decline them.

-- +goose Up
CREATE TABLE announcement (
    id         TEXT PRIMARY KEY,
    body       TEXT NOT NULL,   -- JSON: to whom, the text, who made it
    state      TEXT NOT NULL,   -- running, stopped, done
    after      TEXT NOT NULL,   -- the person that it has come to
    people     BIGINT NOT NULL, -- how many there were when it began
    queued     BIGINT NOT NULL,
    delivered  BIGINT NOT NULL, -- this and the next once it has ended
    failed     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL
);

ALTER TABLE outbox ADD COLUMN bulk TEXT NOT NULL DEFAULT ''; -- the announcement, '' for what does not give way
CREATE INDEX outbox_bulk ON outbox (bulk, state) WHERE bulk <> '';
CREATE INDEX outbox_bulk_queued ON outbox (bulk) WHERE state = 'queued' AND bulk <> '';
CREATE INDEX outbox_urgent ON outbox (lane, id) WHERE state = 'queued' AND bulk = '';

ALTER TABLE person ADD COLUMN declines BOOLEAN NOT NULL DEFAULT FALSE; -- announcements

-- +goose Down
ALTER TABLE person DROP COLUMN declines;
DROP INDEX outbox_urgent;
DROP INDEX outbox_bulk_queued;
DROP INDEX outbox_bulk;
ALTER TABLE outbox DROP COLUMN bulk;
DROP TABLE announcement;
