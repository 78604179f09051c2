-- Messages that an inbox outside this database has kept, by the keys under which
-- they were handled or given up.

-- +goose Up
CREATE TABLE handled (
    channel TEXT NOT NULL,
    key     TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (channel, key)
);
CREATE INDEX handled_at ON handled (at);

-- +goose Down
DROP TABLE handled;
