-- When a chat last took nothing, in the one place that says that it takes nothing, and
-- from whom a membership was taken over.

-- +goose Up
ALTER TABLE unreached ADD COLUMN last_at BIGINT NOT NULL DEFAULT 0;
UPDATE unreached SET last_at = since;
UPDATE unreached SET last_at = (SELECT max(r.at) FROM chat_refused r WHERE r.channel = unreached.channel AND r.chat = unreached.chat)
    WHERE EXISTS (SELECT 1 FROM chat_refused r WHERE r.channel = unreached.channel AND r.chat = unreached.chat AND r.at > unreached.last_at);
DROP TABLE chat_refused;

-- The person whose login code gave it, '' for one of the person's own.
ALTER TABLE membership ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE membership DROP COLUMN source;
CREATE TABLE chat_refused (
    channel TEXT NOT NULL,
    chat    TEXT NOT NULL,
    thread  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (channel, chat, thread)
);
INSERT INTO chat_refused (channel, chat, thread, at)
    SELECT channel, chat, 0, max(last_at) FROM unreached WHERE thread = 0 AND why NOT IN ('topics', 'no_topic') GROUP BY channel, chat;
ALTER TABLE unreached DROP COLUMN last_at;
