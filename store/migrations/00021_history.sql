-- The ledger of all cases' histories: one line for each event, in the order of
-- the commits, each sealed upon the one before (ticket.Event.Seal). Lines are only
-- ever added.

-- +goose Up
CREATE TABLE ledger (
    n      BIGINT PRIMARY KEY, -- 1, 2, 3 without gaps
    ticket TEXT NOT NULL,
    seq    BIGINT NOT NULL,
    seal   TEXT NOT NULL,
    UNIQUE (ticket, seq)
);

-- The events there were before are sealed once, by the program: this says that it
-- is still to be done.
INSERT INTO counter (name, value) VALUES ('ledger unsealed', 1);

-- +goose Down
DROP TABLE ledger;
DELETE FROM counter WHERE name IN ('ledger', 'ledger unsealed');
