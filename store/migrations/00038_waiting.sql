-- What waits is looked through at each news: all that is read of it is in the index.

-- +goose Up
CREATE INDEX outbox_waiting ON outbox (id, lane, bulk, not_before) WHERE state = 'queued';
CREATE INDEX inbox_waiting ON inbox (id, lane, not_before) WHERE state = 'queued';
DROP INDEX outbox_urgent;
DROP INDEX outbox_first;
DROP INDEX inbox_first;

-- +goose Down
-- There are 64 parts again: replies are numbered above those of 1,024.
WITH RECURSIVE part (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM part WHERE n < 63)
INSERT INTO counter (name, value)
SELECT 'outbox ' || CAST(n AS TEXT), (SELECT 16 * (max(c.value) + 1) FROM counter c WHERE c.name LIKE 'outbox %')
FROM part WHERE EXISTS (SELECT 1 FROM counter c WHERE c.name LIKE 'outbox %')
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
CREATE INDEX inbox_first ON inbox (id) WHERE state = 'queued';
CREATE INDEX outbox_first ON outbox (id) WHERE state = 'queued';
CREATE INDEX outbox_urgent ON outbox (lane, id) WHERE state = 'queued' AND bulk = '';
DROP INDEX inbox_waiting;
DROP INDEX outbox_waiting;
