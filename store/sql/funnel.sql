-- What became of a flow's sessions, for people at the command line: `gilbot flow stats`, `gilbot flow graph`.

-- name: funnel_sessions
SELECT id, platform, route, flow_version, state, started_ms, updated_ms, locale, user, conversation, data,
       id IN (SELECT session_id FROM survey_recommendations WHERE flow = :flow),
       id IN (SELECT session_id FROM survey_handovers WHERE flow = :flow),
       id IN (SELECT min(id) FROM sessions WHERE flow = :flow AND started_ms >= :since_ms
              GROUP BY platform, CASE user WHEN '' THEN conversation ELSE user END)
FROM sessions WHERE flow = :flow AND started_ms >= :since_ms ORDER BY id

-- name: funnel_answers
SELECT variable, at_ms FROM survey_answers
WHERE session_id = :session_id AND value <> 'null' ORDER BY at_ms, variable

-- name: funnel_recommended
SELECT r.item, count(DISTINCT r.session_id)
FROM survey_recommendations AS r JOIN sessions AS s ON s.id = r.session_id
WHERE s.flow = :flow AND s.started_ms >= :since_ms GROUP BY r.item ORDER BY 2 DESC, 1
