-- Versions of flows.  1 waiting; see inbox.sql for why it is a literal.

-- name: flow_version_touch
UPDATE flow_versions SET last_ms = :now_ms WHERE flow = :flow AND version = :version

-- name: flow_version_insert
INSERT INTO flow_versions (flow, version, first_ms, last_ms) VALUES (:flow, :version, :now_ms, :now_ms)

-- name: flow_file_insert
INSERT INTO flow_files (flow, version, place, path, bytes) VALUES (:flow, :version, :place, :path, :bytes)

-- name: flow_files
SELECT path, bytes FROM flow_files WHERE flow = :flow AND version = :version ORDER BY place

-- name: flow_versions_waited_for
SELECT flow, flow_version, count(*) FROM sessions WHERE state = 1 AND flow_version <> ''
GROUP BY flow, flow_version ORDER BY flow, flow_version

-- name: flow_versions_sweep
DELETE FROM flow_versions
WHERE last_ms < :before_ms AND version NOT IN (SELECT flow_version FROM sessions WHERE state = 1)

-- name: flow_files_sweep
DELETE FROM flow_files
WHERE NOT EXISTS (SELECT 1 FROM flow_versions AS v WHERE v.flow = flow_files.flow AND v.version = flow_files.version)
