-- name: page_events
-- Events after a key, in the order of the primary key.
SELECT account, livemode, id, type, object_id
FROM events
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT $4;

-- name: page_topups
-- Top-ups after a key, in the order of the primary key.
SELECT account, livemode, id, amount, currency, status
FROM topups
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT $4;

-- name: known_events
-- Which of these events there are.
SELECT w.id
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT FROM events AS e
    WHERE e.account = w.account AND e.livemode = w.livemode AND e.id BETWEEN w.id AND w.id
    ORDER BY e.id
) AS found;

-- name: known_topups
-- How these top-ups stand, of those that there are.
SELECT w.id, found.status
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT t.status FROM topups AS t
    WHERE t.account = w.account AND t.livemode = w.livemode AND t.id BETWEEN w.id AND w.id
    ORDER BY t.id
) AS found;

-- name: count_sent
-- To how many endpoints each of these events was sent, received or not.
SELECT w.id, found.sent
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT count(*) AS sent FROM webhook_deliveries AS d
    WHERE d.event_account = w.account AND d.livemode = w.livemode AND d.event = w.id AND d.attempts > 0
    OFFSET 0
) AS found;
