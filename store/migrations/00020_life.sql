-- Who answers for a case while it changes hands, and who helps.

-- +goose Up
ALTER TABLE ticket ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN helpers TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE ticket ADD COLUMN moves BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN returns BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket_event ADD COLUMN object TEXT NOT NULL DEFAULT '';

-- The helpers once more, to find a station's cases by.
CREATE TABLE ticket_helper (
    ticket  TEXT NOT NULL REFERENCES ticket (id),
    station TEXT NOT NULL,
    PRIMARY KEY (station, ticket)
);
CREATE INDEX ticket_helper_ticket ON ticket_helper (ticket);
CREATE INDEX ticket_holder ON ticket (holder, created_at) WHERE holder <> '';

-- What has gone on until now: the station that accepted a case last, how often a
-- case was moved and returned.
UPDATE ticket SET
    holder = coalesce((SELECT e.station FROM ticket_event e WHERE e.ticket = ticket.id AND e.action = 'accept' ORDER BY e.seq DESC LIMIT 1), ''),
    moves = (SELECT count(*) FROM ticket_event e WHERE e.ticket = ticket.id AND (e.action IN ('transfer', 'return') OR e.action = 'assign' AND e.from_state <> 'received')),
    returns = (SELECT count(*) FROM ticket_event e WHERE e.ticket = ticket.id AND e.action = 'return');

-- +goose Down
DROP TABLE ticket_helper;
DROP INDEX ticket_holder;
ALTER TABLE ticket_event DROP COLUMN object;
ALTER TABLE ticket DROP COLUMN returns;
ALTER TABLE ticket DROP COLUMN moves;
ALTER TABLE ticket DROP COLUMN helpers;
ALTER TABLE ticket DROP COLUMN holder;
