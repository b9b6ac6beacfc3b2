-- The ledger of language models' calls (store/model_calls.h).

-- name: model_call_insert
INSERT INTO model_calls (at_ms, provider, model, skill, purpose, prompt, flow, user, outcome, tokens_in, tokens_out,
                         cost_microusd, latency_ms, first_piece_ms)
VALUES (:at_ms, :provider, :model, :skill, :purpose, :prompt, :flow, :user, :outcome, :tokens_in, :tokens_out,
        :cost_microusd, :latency_ms, :first_piece_ms)

-- name: model_call_key
SELECT key FROM model_call_key

-- name: model_calls_spent
SELECT provider, sum(cost_microusd) FROM model_calls WHERE at_ms >= :since_ms GROUP BY provider ORDER BY provider

-- name: model_calls_sums
SELECT CASE :by WHEN 'provider' THEN provider WHEN 'model' THEN model WHEN 'flow' THEN flow WHEN 'user' THEN user
                WHEN 'purpose' THEN purpose WHEN 'prompt' THEN prompt ELSE outcome END AS name,
       count(*), sum(outcome NOT IN ('ok', 'unwanted')), sum(tokens_in), sum(tokens_out), sum(cost_microusd),
       sum(latency_ms)
FROM model_calls WHERE at_ms >= :since_ms GROUP BY name ORDER BY 6 DESC, 2 DESC, 1

-- name: model_calls_last
SELECT at_ms, provider, model, skill, purpose, prompt, flow, user, outcome, tokens_in, tokens_out, cost_microusd,
       latency_ms, first_piece_ms
FROM model_calls ORDER BY id DESC LIMIT :most

-- name: model_calls_sweep
DELETE FROM model_calls WHERE at_ms < :before_ms
