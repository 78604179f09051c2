-- Messages that were given up are looked for often, and are few among many.

-- +goose Up
CREATE INDEX inbox_parked ON inbox (id) WHERE state = 'parked';

-- +goose Down
DROP INDEX inbox_parked;
