-- What a financing request asks for and what came of it, with the case and with the
-- steps that say so. '' is nothing.

-- +goose Up
ALTER TABLE ticket ADD COLUMN funds TEXT NOT NULL DEFAULT '';         -- JSON
ALTER TABLE ticket ADD COLUMN outcome TEXT NOT NULL DEFAULT '';       -- JSON
ALTER TABLE ticket_event ADD COLUMN funds TEXT NOT NULL DEFAULT '';   -- JSON
ALTER TABLE ticket_event ADD COLUMN outcome TEXT NOT NULL DEFAULT ''; -- JSON

-- For the report of a period.
CREATE INDEX ticket_financing ON ticket (created_at) WHERE kind = 'financing';

-- +goose Down
DROP INDEX ticket_financing;
ALTER TABLE ticket_event DROP COLUMN outcome;
ALTER TABLE ticket_event DROP COLUMN funds;
ALTER TABLE ticket DROP COLUMN outcome;
ALTER TABLE ticket DROP COLUMN funds;
