-- fragment: deliveries leased where <condition>
-- The condition is on `i`, a delivery; nobody has its lease, and it is due.
WITH picked AS MATERIALIZED (
    SELECT d.row_id
    FROM unnest($1::text[], $2::boolean[], $3::text[], $4::integer[]) AS w (account, livemode, endpoint, room)
    CROSS JOIN LATERAL (
        SELECT i.ctid AS row_id
        FROM webhook_deliveries AS i
        WHERE i.account = w.account AND i.livemode = w.livemode AND i.endpoint = w.endpoint
            AND <condition>
            AND i.next_attempt_ms <= $5 AND (i.leased_until_ms IS NULL OR i.leased_until_ms <= $5)
        ORDER BY i.next_attempt_ms
        LIMIT w.room
        FOR UPDATE SKIP LOCKED
    ) AS d
),
leased AS (
    UPDATE webhook_deliveries AS d
    SET leased_until_ms = $6
    FROM picked AS p
    WHERE d.ctid = p.row_id
    RETURNING
        d.account, d.livemode, d.endpoint, d.event_account, d.event, d.number, d.attempts, d.leased_until_ms,
        d.created_ms, d.cause
)
SELECT
    l.account, l.livemode, l.endpoint, l.event_account, l.event, l.number, l.attempts, l.leased_until_ms, l.created_ms,
    l.cause,
    e.type, e.created, e.object_id, e.api_version, e.request_id, e.idempotency_key, e.payload,
    w.url, w.rendered_version, w.connect, w.event_payload, w.secret, w.old_secret, w.old_secret_until_ms,
    w.disabled_because,
    (
        SELECT count(*)
        FROM webhook_deliveries AS o
        WHERE o.event_account = l.event_account AND o.livemode = l.livemode AND o.event = l.event
    ) AS undelivered,
    set_config('synchronous_commit', 'off', true)
FROM leased AS l
LEFT JOIN LATERAL (
    SELECT * FROM events WHERE account = l.event_account AND livemode = l.livemode AND id = l.event OFFSET 0
) AS e ON true
LEFT JOIN LATERAL (
    SELECT * FROM webhook_endpoints WHERE account = l.account AND livemode = l.livemode AND id = l.endpoint OFFSET 0
) AS w ON true
