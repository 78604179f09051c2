-- Which case another one was merged into.

-- +goose Up
ALTER TABLE ticket ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into <> '';

-- +goose Down
DROP INDEX ticket_merged;
ALTER TABLE ticket DROP COLUMN merged_into;
