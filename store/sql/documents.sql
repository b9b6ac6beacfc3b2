-- Documents, their chunks and the chunks' terms.

-- name: document_find
SELECT id, hash, title FROM documents WHERE collection = :collection AND key = :key

-- name: document_insert
INSERT INTO documents (collection, key, title, source, category, url, date, access, hash, pages, chunks, created_ms,
                       updated_ms)
VALUES (:collection, :key, :title, :source, :category, :url, :date, :access, :hash, :pages, :chunks, :now_ms, :now_ms)

-- name: document_update
UPDATE documents
SET title = :title, source = :source, category = :category, url = :url, date = :date, access = :access, hash = :hash,
    pages = :pages, chunks = :chunks, updated_ms = :now_ms
WHERE id = :id

-- name: document_delete
DELETE FROM documents WHERE id = :id

-- name: document_read
SELECT id, collection, key, title, source, category, url, date, access, hash, pages, chunks, updated_ms
FROM documents WHERE id = :id

-- name: documents_after
SELECT id, collection, key, title, source, category, url, date, access, hash, pages, chunks, updated_ms
FROM documents WHERE collection = :collection AND key > :after ORDER BY key LIMIT :limit

-- name: document_collections
SELECT collection, count(*), sum(chunks) FROM documents GROUP BY collection ORDER BY collection

-- name: chunk_insert
INSERT INTO chunks (document_id, ordinal, page, heading, body)
VALUES (:document_id, :ordinal, :page, :heading, :body)

-- name: chunks_of
SELECT id, heading, body FROM chunks WHERE document_id = :document_id ORDER BY ordinal

-- name: chunks_delete
DELETE FROM chunks WHERE document_id = :document_id

-- name: chunk_read
SELECT c.id, c.document_id, c.ordinal, c.page, c.heading, c.body FROM chunks AS c WHERE c.id = :id

-- name: chunks_between
SELECT id, document_id, ordinal, page, heading, body FROM chunks
WHERE document_id = :document_id AND ordinal BETWEEN :first AND :last ORDER BY ordinal

-- name: chunk_text_insert
INSERT INTO chunk_text (rowid, heading, body) VALUES (:id, :heading, :body)

-- name: chunk_text_remove
INSERT INTO chunk_text (chunk_text, rowid, heading, body) VALUES ('delete', :id, :heading, :body)

-- name: chunk_text_empty
INSERT INTO chunk_text (chunk_text) VALUES ('delete-all')

-- name: index_info
SELECT value FROM index_info WHERE key = :key

-- name: index_info_set
UPDATE index_info SET value = :value WHERE key = :key

-- name: index_generation_rise
UPDATE index_info SET value = value + 1 WHERE key = 'generation'

-- The index file is made of these two.

-- name: chunk_postings
SELECT term, doc, col FROM chunk_postings

-- name: chunks_indexed
SELECT c.id, d.collection, d.category, d.source, d.access
FROM chunks AS c JOIN documents AS d ON d.id = c.document_id ORDER BY c.id

-- name: chunks_to_index
SELECT c.id, d.title, c.heading, c.body
FROM chunks AS c JOIN documents AS d ON d.id = c.document_id WHERE c.id > :after ORDER BY c.id LIMIT :limit

-- name: chunk_with_title
SELECT c.id, c.document_id, c.ordinal, c.page, c.heading, c.body, d.title
FROM chunks AS c JOIN documents AS d ON d.id = c.document_id WHERE c.id = :id
