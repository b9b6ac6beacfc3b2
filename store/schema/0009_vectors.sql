-- What an embedding model made of the chunks.  Vectors of two models cannot be compared: there is one model at a time.
CREATE TABLE chunk_vectors (
    chunk_id INTEGER PRIMARY KEY,
    vector   BLOB    NOT NULL -- `dimension` floats of IEEE 754, four bytes each, as the machine has them
) STRICT;

-- One row.  generation: rises with every change of chunk_vectors; the graph in the file is made anew when it is of another.
CREATE TABLE vector_info (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    model      TEXT    NOT NULL, -- '': none yet
    dimension  INTEGER NOT NULL,
    generation INTEGER NOT NULL
) STRICT;

INSERT INTO vector_info (one, model, dimension, generation) VALUES (1, '', 0, 0);

CREATE TRIGGER chunk_vectors_go_with_their_chunk AFTER DELETE ON chunks BEGIN
    DELETE FROM chunk_vectors WHERE chunk_id = old.id;
    UPDATE vector_info SET generation = generation + 1 WHERE one = 1;
END;
