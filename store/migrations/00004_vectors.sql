-- What an embedding endpoint made of the texts of the library, so that a restart
-- does not ask for it again. Everything here can be made anew.

-- +goose Up
CREATE TABLE vector (
    model TEXT NOT NULL,
    hash  TEXT NOT NULL,  -- of the text
    dim   BIGINT NOT NULL,
    value BYTEA NOT NULL, -- dim numbers of 32 bits, little-endian
    PRIMARY KEY (model, hash)
);

-- +goose Down
DROP TABLE vector;
