-- name: prune_idempotency_keys
-- Forget the oldest answers made before a time, a few at a time; what a request holds is left for the next round.
DELETE FROM idempotency_keys AS k
USING (
    SELECT account, livemode, key
    FROM idempotency_keys
    WHERE created_ms < $1
    ORDER BY created_ms
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) AS old
WHERE k.account = old.account AND k.livemode = old.livemode AND k.key = old.key;
