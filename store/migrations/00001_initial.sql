-- One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN and BYTEA mean the
-- same in both. Times are unix milliseconds, 0 for none. Ids that ascend come
-- from the table counter, so that they ascend in the order of the commits too.

-- +goose Up
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE ticket (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL,
    state          TEXT NOT NULL,
    urgent         BOOLEAN NOT NULL,
    text           TEXT NOT NULL,
    company        TEXT NOT NULL,
    town           TEXT NOT NULL,
    category       TEXT NOT NULL,
    requester      TEXT NOT NULL,
    consent        BOOLEAN NOT NULL,
    contact        TEXT NOT NULL,
    station        TEXT NOT NULL,
    assignee       TEXT NOT NULL,
    route          TEXT NOT NULL, -- JSON
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    accept_by      BIGINT NOT NULL,
    answer_by      BIGINT NOT NULL,
    waiting_since  BIGINT NOT NULL,
    answered_at    BIGINT NOT NULL,
    closed_at      BIGINT NOT NULL,
    reopened       BIGINT NOT NULL,
    escalated      BOOLEAN NOT NULL,
    rated          BOOLEAN NOT NULL,
    solved         BOOLEAN NOT NULL,
    score          BIGINT NOT NULL,
    comment        TEXT NOT NULL,
    version        BIGINT NOT NULL,
    due_at         BIGINT NOT NULL  -- the deadline that counts in this state
);
CREATE INDEX ticket_created ON ticket (created_at);
CREATE INDEX ticket_requester ON ticket (requester, created_at);
CREATE INDEX ticket_station ON ticket (station, created_at);
CREATE INDEX ticket_state ON ticket (state, created_at);
CREATE INDEX ticket_due ON ticket (due_at) WHERE due_at > 0;

CREATE TABLE ticket_event (
    ticket     TEXT NOT NULL REFERENCES ticket (id),
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    role       TEXT NOT NULL,
    action     TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    text       TEXT NOT NULL,
    station    TEXT NOT NULL,
    files      TEXT NOT NULL, -- JSON
    PRIMARY KEY (ticket, seq)
);

CREATE TABLE person (
    id         TEXT PRIMARY KEY,
    lang       TEXT NOT NULL,
    label      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- An account is written before its person on first contact, hence deferred.
CREATE TABLE account (
    channel TEXT NOT NULL,
    usr     TEXT NOT NULL,
    person  TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    chat    TEXT NOT NULL,
    blocked BOOLEAN NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (channel, usr)
);
CREATE INDEX account_person ON account (person);
CREATE INDEX account_chat ON account (channel, chat);

CREATE TABLE membership (
    person  TEXT NOT NULL REFERENCES person (id),
    role    TEXT NOT NULL,
    station TEXT NOT NULL,
    PRIMARY KEY (person, role, station)
);
CREATE INDEX membership_role ON membership (role, station);

CREATE TABLE code (
    hash       TEXT PRIMARY KEY,
    purpose    TEXT NOT NULL,
    role       TEXT NOT NULL,
    station    TEXT NOT NULL,
    label      TEXT NOT NULL,
    person     TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE session (
    hash       TEXT PRIMARY KEY,
    person     TEXT NOT NULL REFERENCES person (id),
    expires_at BIGINT NOT NULL
);

CREATE TABLE conversation (
    key   TEXT PRIMARY KEY,
    state BYTEA NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX conversation_at ON conversation (at);

CREATE TABLE gap (
    id       TEXT PRIMARY KEY,
    words    TEXT NOT NULL, -- the question without white space, punctuation and case
    reason   TEXT NOT NULL,
    question TEXT NOT NULL,
    count    BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    done     BOOLEAN NOT NULL,
    UNIQUE (words, reason)
);

CREATE TABLE inbox (
    id         BIGINT PRIMARY KEY,
    channel    TEXT NOT NULL,
    key        TEXT NOT NULL,
    lane       TEXT NOT NULL,
    body       TEXT NOT NULL, -- JSON, '' once handled
    state      TEXT NOT NULL, -- queued, done, parked
    attempts   BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    cause      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (channel, key)
);
CREATE INDEX inbox_queued ON inbox (lane, id) WHERE state = 'queued';
CREATE INDEX inbox_first ON inbox (id) WHERE state = 'queued';
CREATE INDEX inbox_at ON inbox (at) WHERE state <> 'queued';

CREATE TABLE outbox (
    id         BIGINT PRIMARY KEY,
    channel    TEXT NOT NULL,
    chat       TEXT NOT NULL,
    thread     BIGINT NOT NULL,
    lane       TEXT NOT NULL,
    body       TEXT NOT NULL, -- JSON
    part       BIGINT NOT NULL,
    state      TEXT NOT NULL, -- queued, done, failed
    attempts   BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    cause      TEXT NOT NULL,
    done_at    BIGINT NOT NULL
);
CREATE INDEX outbox_queued ON outbox (lane, id) WHERE state = 'queued';
CREATE INDEX outbox_first ON outbox (id) WHERE state = 'queued';
CREATE INDEX outbox_done ON outbox (done_at) WHERE state <> 'queued';

CREATE TABLE sent (
    channel    TEXT NOT NULL,
    chat       TEXT NOT NULL,
    message_id TEXT NOT NULL,
    thread     BIGINT NOT NULL,
    ref        TEXT NOT NULL,
    outbox_id  BIGINT NOT NULL,
    part       BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (channel, chat, message_id)
);
CREATE INDEX sent_ref ON sent (channel, chat, ref, outbox_id);
CREATE INDEX sent_at ON sent (at);

CREATE TABLE chat_move (
    channel    TEXT NOT NULL,
    chat       TEXT NOT NULL,
    to_channel TEXT NOT NULL,
    to_chat    TEXT NOT NULL,
    PRIMARY KEY (channel, chat)
);

CREATE TABLE line (
    id   BIGINT PRIMARY KEY,
    rev  BIGINT NOT NULL,
    chat TEXT NOT NULL,
    side TEXT NOT NULL,
    body TEXT NOT NULL, -- JSON
    at   BIGINT NOT NULL
);
CREATE INDEX line_chat ON line (chat, id);
CREATE INDEX line_rev ON line (chat, rev);
CREATE INDEX line_at ON line (at);

-- Which calls have been made already: several keys may have written one line.
CREATE TABLE line_key (
    chat TEXT NOT NULL,
    key  TEXT NOT NULL,
    line BIGINT NOT NULL REFERENCES line (id) ON DELETE CASCADE,
    PRIMARY KEY (chat, key)
);
CREATE INDEX line_key_line ON line_key (line);

CREATE TABLE document (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    origin TEXT NOT NULL, -- bundled, import
    source BYTEA NOT NULL,
    hash   TEXT NOT NULL,
    at     BIGINT NOT NULL
);

-- +goose Down
DROP TABLE document;
DROP TABLE line_key;
DROP TABLE line;
DROP TABLE chat_move;
DROP TABLE sent;
DROP TABLE outbox;
DROP TABLE inbox;
DROP TABLE gap;
DROP TABLE conversation;
DROP TABLE session;
DROP TABLE code;
DROP TABLE membership;
DROP TABLE account;
DROP TABLE person;
DROP TABLE ticket_event;
DROP TABLE ticket;
DROP TABLE counter;
