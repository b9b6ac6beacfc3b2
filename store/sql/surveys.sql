-- name: survey_answer_put
INSERT OR REPLACE INTO survey_answers (session_id, variable, flow, value, text, at_ms)
VALUES (:session_id, :variable, :flow, :value, :text, :at_ms)

-- name: survey_recommendation_add
INSERT INTO survey_recommendations (session_id, flow, step, item, value, why, at_ms)
VALUES (:session_id, :flow, :step, :item, :value, :why, :at_ms)

-- name: survey_handover_add
INSERT INTO survey_handovers (session_id, flow, step, recipient, at_ms)
VALUES (:session_id, :flow, :step, :recipient, :at_ms)

-- name: survey_recommendations_of
SELECT session_id, flow, step, item, value, why, at_ms FROM survey_recommendations
WHERE session_id >= :first_id AND session_id <= :last_id ORDER BY id
