-- The extension of a case, and which deadline a step was about.

-- +goose Up
ALTER TABLE ticket ADD COLUMN extension TEXT NOT NULL DEFAULT ''; -- asked, granted, declined
ALTER TABLE ticket ADD COLUMN extend_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket_event ADD COLUMN until BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE ticket_event DROP COLUMN until;
ALTER TABLE ticket DROP COLUMN extend_until;
ALTER TABLE ticket DROP COLUMN extension;
