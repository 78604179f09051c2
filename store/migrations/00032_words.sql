-- Files that belong to one opinion of a visit, and what was corrected in a visit after
-- it was filed.

-- +goose Up
ALTER TABLE visit_opinion ADD COLUMN files TEXT NOT NULL DEFAULT ''; -- JSON

CREATE TABLE visit_correction (
    visit  TEXT NOT NULL REFERENCES visit (id),
    n      BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    person TEXT NOT NULL, -- who corrected it
    field  TEXT NOT NULL, -- companies, day, town, met
    was    TEXT NOT NULL,
    became TEXT NOT NULL,
    PRIMARY KEY (visit, n)
);

-- +goose Down
DROP TABLE visit_correction;
ALTER TABLE visit_opinion DROP COLUMN files;
