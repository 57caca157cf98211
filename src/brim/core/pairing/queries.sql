-- A pairing is nobody's until it is approved, so no statement here can name an account: who knows a secret of it, or an
-- operator who reads its words from a screen, is all there is.

-- name: forget_pairings
-- Remove what has expired.
DELETE FROM cli_pairings WHERE created_ms <= $1;

-- name: insert_pairing
-- A new pairing, unless there were too many since a time; two at the same moment may be one too many. Returns whether
-- there were, and whether it was added: another one may have the same words.
WITH counted AS MATERIALIZED (
    SELECT count(*) >= $10::bigint AS too_many FROM cli_pairings WHERE created_ms > $9
),
added AS (
    INSERT INTO cli_pairings (
        id, poll_hash, token_hash, code_hash, device, client_version, state, created_ms, expires_ms
    )
    SELECT $1::text, $2::bytea, $3::bytea, $4::bytea, $5::text, $6::text, 'pending', $7::bigint, $8::bigint
    WHERE NOT (SELECT too_many FROM counted)
    ON CONFLICT ON CONSTRAINT cli_pairings_one_for_each_code DO NOTHING
    RETURNING id
)
SELECT too_many, EXISTS (SELECT FROM added) AS is_added FROM counted;

-- name: list_pairings
-- What waits for a word, oldest first.
SELECT id, device, client_version, state, account, created_ms, expires_ms
FROM cli_pairings
WHERE created_ms > $1 AND state = 'pending'
ORDER BY created_ms, id;

-- name: find_pairing_by_token
-- The pairing of a link for a browser.
SELECT id, device, client_version, state, account, created_ms, expires_ms
FROM cli_pairings
WHERE token_hash = $1 AND expires_ms > $2;

-- name: find_pairing_by_id
-- A pairing as the CLI asks for it, with what its secret is compared to.
SELECT id, device, client_version, state, account, created_ms, expires_ms, poll_hash
FROM cli_pairings
WHERE id = $1 AND expires_ms > $2;

-- name: decide_pairing
-- Approve a pairing for an account, or deny it; only one that waits.
UPDATE cli_pairings
SET state = $2, account = $3
WHERE code_hash = $1 AND state = 'pending' AND expires_ms > $4
RETURNING id, device, client_version, state, account, created_ms, expires_ms;

-- name: redeem_pairing
-- Take an approved pairing; of several who try at once one gets it.
UPDATE cli_pairings
SET state = 'redeemed'
WHERE id = $1 AND state = 'approved' AND expires_ms > $2
RETURNING id;
