-- What became of a flow's sessions, for people at the command line.  Each row: key, other, n.
-- States: 2 done, 3 stopped, 4 handed over, 5 expired, 6 replaced; see inbox.sql for why they are literals.

-- name: funnel_sessions
SELECT CAST((started_ms + :offset_ms) / 86400000 AS TEXT), platform || ' ' || state, count(*)
FROM sessions WHERE flow = :flow AND started_ms >= :since_ms
GROUP BY (started_ms + :offset_ms) / 86400000, platform, state ORDER BY 1, 2

-- name: funnel_steps
SELECT step, outcome, sum(n) FROM survey_steps
WHERE flow = :flow AND day >= :day GROUP BY step, outcome ORDER BY step, outcome

-- name: funnel_left
SELECT coalesce(json_extract(data, '$.step'), ''), '', count(*)
FROM sessions
WHERE flow = :flow AND started_ms >= :since_ms AND (state = 3 OR state = 5 OR state = 6) AND json_valid(data)
GROUP BY 1 ORDER BY 1

-- name: funnel_seconds
SELECT a.variable, '',
       a.at_ms - coalesce(lag(a.at_ms) OVER (PARTITION BY a.session_id ORDER BY a.at_ms, a.variable), s.started_ms)
FROM survey_answers AS a JOIN sessions AS s ON s.id = a.session_id
WHERE s.flow = :flow AND s.started_ms >= :since_ms
ORDER BY 1, 3

-- name: funnel_recommended
SELECT r.item, '', count(DISTINCT r.session_id)
FROM survey_recommendations AS r JOIN sessions AS s ON s.id = r.session_id
WHERE s.flow = :flow AND s.started_ms >= :since_ms GROUP BY r.item ORDER BY 3 DESC, 1

-- name: funnel_ends
SELECT 'recommended', '', count(*) FROM sessions AS s
WHERE s.flow = :flow AND s.started_ms >= :since_ms
  AND s.id IN (SELECT session_id FROM survey_recommendations WHERE flow = :flow)
UNION ALL
SELECT 'consulted', '', count(*) FROM sessions AS s
WHERE s.flow = :flow AND s.started_ms >= :since_ms
  AND s.id IN (SELECT session_id FROM survey_handovers WHERE flow = :flow)
