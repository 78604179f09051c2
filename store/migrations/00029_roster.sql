-- Who of the staff is there: absences, and who is on duty when.

-- +goose Up
CREATE TABLE absence (
    person TEXT PRIMARY KEY REFERENCES person (id),
    since  BIGINT NOT NULL,
    until  BIGINT NOT NULL, -- when the person is back, 0 for not known yet
    deputy TEXT NOT NULL    -- person who stands in, '' for nobody
);

CREATE TABLE duty (
    station TEXT NOT NULL,
    day     TEXT NOT NULL, -- a date such as 2026-12-01, or a day of the week from 1, Monday
    person  TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (station, day, person)
);

-- Which groups of stations have refused something for good, and when last.
CREATE TABLE chat_refused (
    channel TEXT NOT NULL,
    chat    TEXT NOT NULL,
    thread  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (channel, chat, thread)
);

-- A version of what routing has learned that stays in force until it is released.
CREATE TABLE routing_pin (
    target TEXT PRIMARY KEY,
    number BIGINT NOT NULL REFERENCES routing_model (number)
);

-- Cases there were before get the timers that they lack once, by the program: this
-- says that it is still to be done.
INSERT INTO counter (name, value) VALUES ('timers unset', 1);

-- +goose Down
DELETE FROM counter WHERE name = 'timers unset';
DROP TABLE routing_pin;
DROP TABLE chat_refused;
DROP TABLE duty;
DROP TABLE absence;
