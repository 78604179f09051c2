-- Texts that a station answers with often, and who is writing about which case.

-- +goose Up
CREATE TABLE quick_reply (
    id      BIGINT PRIMARY KEY,
    station TEXT NOT NULL,   -- '' for all stations
    title   TEXT NOT NULL,
    body    TEXT NOT NULL,   -- with placeholders
    actor   TEXT NOT NULL,   -- person who wrote it last
    at      BIGINT NOT NULL
);
CREATE INDEX quick_reply_station ON quick_reply (station);

-- A person writes about one case at a time.
CREATE TABLE replying (
    person TEXT PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES ticket (id),
    at     BIGINT NOT NULL   -- when the writing began, or was last seen to go on
);
CREATE INDEX replying_ticket ON replying (ticket);
CREATE INDEX ticket_assignee ON ticket (assignee) WHERE assignee <> '';

-- +goose Down
DROP INDEX ticket_assignee;
DROP TABLE replying;
DROP TABLE quick_reply;
