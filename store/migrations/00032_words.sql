-- Files that belong to one opinion of a visit.

-- +goose Up
ALTER TABLE visit_opinion ADD COLUMN files TEXT NOT NULL DEFAULT ''; -- JSON

-- +goose Down
ALTER TABLE visit_opinion DROP COLUMN files;
