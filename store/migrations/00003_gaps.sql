-- Unanswered questions are grouped by meaning: a gap holds the wordings in which
-- it was asked, and who waits for its answer. What there was becomes a gap of one
-- wording each, whose askers are not known.

-- +goose Up
ALTER TABLE gap RENAME TO gap_wording;
ALTER TABLE gap_wording ADD COLUMN gap TEXT NOT NULL DEFAULT '';
UPDATE gap_wording SET gap = id;

CREATE TABLE gap (
    id          TEXT PRIMARY KEY,
    question    TEXT NOT NULL,
    state       TEXT NOT NULL, -- open, answered, closed
    nearest     TEXT NOT NULL, -- JSON
    answer      TEXT NOT NULL,
    answer_unit TEXT NOT NULL,
    answer_by   TEXT NOT NULL,
    answer_at   BIGINT NOT NULL,
    document    TEXT NOT NULL  -- the draft made of the answer
);
INSERT INTO gap SELECT id, question, CASE WHEN done THEN 'closed' ELSE 'open' END, '[]', '', '', '', 0, '' FROM gap_wording;
ALTER TABLE gap_wording DROP COLUMN done;
CREATE INDEX gap_wording_gap ON gap_wording (gap);
CREATE INDEX gap_state ON gap (state);

CREATE TABLE gap_asker (
    wording TEXT NOT NULL REFERENCES gap_wording (id),
    person  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    waits   BOOLEAN NOT NULL,
    PRIMARY KEY (wording, person)
);

CREATE TABLE asked_day (
    day     TEXT NOT NULL, -- of the city's calendar
    outcome TEXT NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (day, outcome)
);

CREATE TABLE helped (
    unit     TEXT NOT NULL,
    person   TEXT NOT NULL,
    words    TEXT NOT NULL,
    question TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (unit, person, words)
);
CREATE INDEX helped_at ON helped (at);

-- What the staff decided about answering: pins, blocks, synonyms.
CREATE TABLE staff_override (
    id        BIGINT PRIMARY KEY,
    kind      TEXT NOT NULL, -- pin, block, synonym
    question  TEXT NOT NULL,
    unit      TEXT NOT NULL,
    words     TEXT NOT NULL, -- JSON
    why       TEXT NOT NULL,
    actor     TEXT NOT NULL, -- person
    at        BIGINT NOT NULL,
    undone_by TEXT NOT NULL, -- person, '' while it is in force
    undone_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE staff_override;
DROP TABLE helped;
DROP TABLE asked_day;
DROP TABLE gap_asker;
ALTER TABLE gap_wording ADD COLUMN done BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE gap_wording SET done = TRUE WHERE gap IN (SELECT id FROM gap WHERE state <> 'open');
DROP TABLE gap;
DROP INDEX gap_wording_gap;
ALTER TABLE gap_wording DROP COLUMN gap;
ALTER TABLE gap_wording RENAME TO gap;
