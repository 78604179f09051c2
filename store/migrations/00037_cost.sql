-- What every message costs. What all count in one row makes all writers of a PostgreSQL
-- database wait for each other until they have committed: those counts are kept in parts.

-- +goose Up
CREATE TABLE asked_part (
    day     TEXT NOT NULL, -- of the city's calendar
    outcome TEXT NOT NULL,
    part    BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (day, outcome, part)
);
INSERT INTO asked_part (day, outcome, part, count) SELECT day, outcome, 0, count FROM asked_day;
DROP TABLE asked_day;
ALTER TABLE asked_part RENAME TO asked_day;

-- Replies are numbered by the clock and a counter each part, see store/outbox.go: above
-- what was counted so far.
DELETE FROM counter WHERE name = 'outbox';

-- Each question without an answer is compared with the latest ones: all that is read of
-- them is in the index.
CREATE INDEX gap_wording_latest ON gap_wording (last_at DESC, id, gap, question);

-- +goose Down
DROP INDEX gap_wording_latest;
INSERT INTO counter (name, value) SELECT 'outbox', 64 * coalesce(max(value), 0) + 63 FROM counter WHERE name LIKE 'outbox %';
DELETE FROM counter WHERE name LIKE 'outbox %';
CREATE TABLE asked_whole (
    day     TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (day, outcome)
);
INSERT INTO asked_whole (day, outcome, count) SELECT day, outcome, sum(count) FROM asked_day GROUP BY day, outcome;
DROP TABLE asked_day;
ALTER TABLE asked_whole RENAME TO asked_day;
