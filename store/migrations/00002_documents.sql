-- Documents are kept by versions, and each change is a new line. What was there
-- becomes version 0 (came with the program) or 1 (imported); the state and the
-- hashes of the imported ones are filled in when the library is next opened.

-- +goose Up
CREATE TABLE document_line (
    id          TEXT NOT NULL,
    version     BIGINT NOT NULL,  -- 0: came with the program
    rev         BIGINT NOT NULL,  -- of the library: the counter "library"
    state       TEXT NOT NULL,    -- draft, in_force, superseded, repealed, removed; '' not known yet
    title       TEXT NOT NULL,
    file        TEXT NOT NULL,
    starts      TEXT NOT NULL,    -- a day, '' for none
    source      BYTEA NOT NULL,   -- Markdown
    file_hash   TEXT NOT NULL,
    read_hash   TEXT NOT NULL,
    source_hash TEXT NOT NULL,
    text_hash   TEXT NOT NULL,
    import      BIGINT NOT NULL,  -- 0: none
    action      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (id, version, rev)
);
INSERT INTO document_line
SELECT id, CASE WHEN origin = 'bundled' THEN 0 ELSE 1 END, coalesce((SELECT value FROM counter WHERE name = 'library'), 1),
    '', name, '', '', source, hash, '', '', '', 0, 'migrate', '', at
FROM document;
DROP TABLE document;
ALTER TABLE document_line RENAME TO document;
CREATE INDEX document_rev ON document (rev);

CREATE TABLE document_import (
    id        BIGINT PRIMARY KEY,
    rev       BIGINT NOT NULL, -- of the lines that it wrote
    actor     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    counts    TEXT NOT NULL,   -- JSON
    outcomes  TEXT NOT NULL,   -- JSON
    undone_by TEXT NOT NULL,
    undone_at BIGINT NOT NULL
);

-- +goose Down
CREATE TABLE document_old (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    origin TEXT NOT NULL,
    source BYTEA NOT NULL,
    hash   TEXT NOT NULL,
    at     BIGINT NOT NULL
);
INSERT INTO document_old
SELECT id, title, CASE WHEN version = 0 THEN 'bundled' ELSE 'import' END, source, file_hash, at
FROM document d
WHERE state <> 'removed'
  AND rev = (SELECT max(rev) FROM document l WHERE l.id = d.id AND l.version = d.version)
  AND version = (SELECT max(v.version) FROM document v WHERE v.id = d.id AND v.state <> 'removed'
      AND v.rev = (SELECT max(rev) FROM document l WHERE l.id = v.id AND l.version = v.version));
DROP TABLE document_import;
DROP TABLE document;
ALTER TABLE document_old RENAME TO document;
