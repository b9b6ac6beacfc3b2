-- Vectors of chunks.

-- name: vector_info
SELECT model, dimension, generation FROM vector_info WHERE one = 1

-- name: vector_info_set
UPDATE vector_info SET model = :model, dimension = :dimension, generation = generation + 1 WHERE one = 1

-- name: vector_generation_rise
UPDATE vector_info SET generation = generation + 1 WHERE one = 1

-- name: vectors_delete_all
DELETE FROM chunk_vectors

-- name: vector_put
INSERT INTO chunk_vectors (chunk_id, vector) SELECT c.id, :vector FROM chunks AS c WHERE c.id = :chunk_id
ON CONFLICT (chunk_id) DO UPDATE SET vector = excluded.vector

-- name: vectors_missing
SELECT c.id, d.title, c.heading, c.body
FROM chunks AS c JOIN documents AS d ON d.id = c.document_id
WHERE c.id > :after AND NOT EXISTS (SELECT 1 FROM chunk_vectors AS v WHERE v.chunk_id = c.id) ORDER BY c.id LIMIT :limit

-- name: vector_ids
SELECT chunk_id FROM chunk_vectors ORDER BY chunk_id

-- name: vector_read
SELECT vector FROM chunk_vectors WHERE chunk_id = :chunk_id
