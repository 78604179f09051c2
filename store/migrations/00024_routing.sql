-- What routing has learned: each training of a classifier is a version. The model
-- of one that did no better than what was in force is not kept.

-- +goose Up
CREATE TABLE routing_model (
    number      BIGINT PRIMARY KEY,
    target      TEXT NOT NULL,    -- topic, station
    at          BIGINT NOT NULL,
    digest      TEXT NOT NULL,    -- of the cases and their labels
    cases       BIGINT NOT NULL,  -- learned from
    held        BIGINT NOT NULL,  -- held back
    right_now   BIGINT NOT NULL,  -- of those held back, by this version
    right_before BIGINT NOT NULL, -- of those held back, by the one before
    used        BOOLEAN NOT NULL, -- it was put in force
    model       BYTEA NOT NULL    -- empty when not kept
);
CREATE INDEX routing_model_target ON routing_model (target, number);

-- +goose Down
DROP TABLE routing_model;
