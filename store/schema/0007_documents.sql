-- Documents that answers come from, cut into chunks; the chunks' terms in FTS5 (bot/base/terms.h cuts them).
-- A document is replaced as a whole: its chunks get new ids, which are never used again.
CREATE TABLE documents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT    NOT NULL,
    key        TEXT    NOT NULL, -- stable over versions: a path, an id of the source
    title      TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    category   TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    date       TEXT    NOT NULL, -- as the source has it
    access     TEXT    NOT NULL, -- the channels that may see it, one a line, sorted; '': all
    hash       TEXT    NOT NULL, -- of what it was made of: the same hash, the same document
    pages      INTEGER NOT NULL,
    chunks     INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    UNIQUE (collection, key)
) STRICT;

CREATE TABLE chunks (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL,
    ordinal     INTEGER NOT NULL, -- from 0 within the document
    page        INTEGER NOT NULL, -- from 1; 0: it has none
    heading     TEXT    NOT NULL, -- the path of headings above it, without the document's title
    body        TEXT    NOT NULL,
    UNIQUE (document_id, ordinal)
) STRICT;

-- The rowid is the chunk's id; `heading` is the title and the heading path.  detail=full: with less the counts are wrong.
CREATE VIRTUAL TABLE chunk_text USING fts5(heading, body, content='', detail=full, tokenize='gilbot');

-- Every occurrence, by term and chunk: what the index file is made of.
CREATE VIRTUAL TABLE chunk_postings USING fts5vocab(chunk_text, instance);

-- generation: rises with every change of the above.  terms_version: how the terms in chunk_text were made.
CREATE TABLE index_info (
    key   TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO index_info (key, value) VALUES ('generation', 0), ('terms_version', 0);
