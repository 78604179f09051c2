-- What did not arrive, and the topics of groups.

-- +goose Up
CREATE TABLE unreached (
    channel TEXT NOT NULL,
    chat    TEXT NOT NULL,
    thread  BIGINT NOT NULL, -- the topic that is missing, else 0
    why     TEXT NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (channel, chat, thread, why)
);

-- Cases of which the requester did not get word.
CREATE TABLE unheard (
    ticket TEXT PRIMARY KEY REFERENCES ticket (id),
    why    TEXT NOT NULL,
    since  BIGINT NOT NULL
);

-- Until now the cases stood in a list under the person. Which they were is not
-- for SQL to read: all that went on at the time are shown once more.
INSERT INTO unheard (ticket, why, since)
    SELECT t.id, 'blocked', c.at FROM conversation c JOIN ticket t ON 'missed:' || t.requester = c.key
    WHERE c.key LIKE 'missed:%' AND (t.closed_at = 0 OR t.closed_at > c.at - 2592000000);
DELETE FROM conversation WHERE key LIKE 'missed:%';

CREATE TABLE topic (
    channel TEXT NOT NULL,
    chat    TEXT NOT NULL,
    key     TEXT NOT NULL, -- Topic.Key of the replies in it
    thread  BIGINT NOT NULL, -- the channel's number of it, 0 for the group itself
    name    TEXT NOT NULL,
    closed  BOOLEAN NOT NULL,
    PRIMARY KEY (channel, chat, key)
);

-- +goose Down
DROP TABLE topic;
DROP TABLE unheard;
DROP TABLE unreached;
