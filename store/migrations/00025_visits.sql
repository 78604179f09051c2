-- Visits to companies with the opinions collected on them, and the ends of
-- appointments.

-- +goose Up
ALTER TABLE membership ADD COLUMN until BIGINT NOT NULL DEFAULT 0; -- 0: no end is set
ALTER TABLE code ADD COLUMN until BIGINT NOT NULL DEFAULT 0;       -- of the membership that it gives

CREATE TABLE visit (
    id          TEXT PRIMARY KEY,
    state       TEXT NOT NULL,   -- draft, filed, removed
    observer    TEXT NOT NULL,   -- person, '' for others
    visitor     TEXT NOT NULL,
    written_by  TEXT NOT NULL,   -- person
    station     TEXT NOT NULL,
    companies   TEXT NOT NULL,   -- JSON
    visited_on  BIGINT NOT NULL, -- the day's first moment
    town        TEXT NOT NULL,
    met         TEXT NOT NULL,
    files       TEXT NOT NULL,   -- JSON
    fingerprint TEXT NOT NULL,   -- the same for two records of one visit
    created_at  BIGINT NOT NULL,
    filed_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX visit_once ON visit (fingerprint) WHERE state = 'filed';
CREATE INDEX visit_day ON visit (visited_on);
CREATE INDEX visit_observer ON visit (observer, visited_on);
CREATE INDEX visit_station ON visit (station, visited_on);

CREATE TABLE visit_opinion (
    visit   TEXT NOT NULL REFERENCES visit (id),
    n       BIGINT NOT NULL,
    text    TEXT NOT NULL,
    outcome TEXT NOT NULL, -- as recorded; of an opinion with a case it follows from the case
    ticket  TEXT NOT NULL,
    PRIMARY KEY (visit, n)
);

-- +goose Down
DROP TABLE visit_opinion;
DROP TABLE visit;
ALTER TABLE code DROP COLUMN until;
ALTER TABLE membership DROP COLUMN until;
