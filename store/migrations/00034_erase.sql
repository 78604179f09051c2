-- What the ledger seals of an event's words is a digest, so that they can be erased
-- (ticket.Event.Seal). Events that were sealed before have none: their words went into
-- the seal, which goes on to be checked that way.

-- +goose Up
ALTER TABLE ticket_event ADD COLUMN salt TEXT NOT NULL DEFAULT '';    -- goes when the words go
ALTER TABLE ticket_event ADD COLUMN digest TEXT NOT NULL DEFAULT '';  -- of the words and the salt
ALTER TABLE ticket_event ADD COLUMN erased BIGINT NOT NULL DEFAULT 0; -- seq of the step that erased the words

-- +goose Down
ALTER TABLE ticket_event DROP COLUMN erased;
ALTER TABLE ticket_event DROP COLUMN digest;
ALTER TABLE ticket_event DROP COLUMN salt;
-- The program before seals everything anew, in its own way.
DELETE FROM ledger;
DELETE FROM counter WHERE name = 'ledger';
INSERT INTO counter (name, value) VALUES ('ledger unsealed', 1) ON CONFLICT (name) DO NOTHING;
