-- name: number_events
-- Take events from the queue, from a place on, give each account's the next numbers, and address them to the endpoints
-- that ask for them: the account's own, and those of its platform that listen for its accounts. Returns how many events
-- were taken and the last one's place, beside each endpoint that was addressed, or beside NULLs where none was.
-- What is taken together is numbered in the order of ids, which is that of time: places are drawn by each connection
-- in advance, so a top-up's failure may have an earlier place than its creation.
-- Rows that another transaction has taken are passed over; counters are locked in sorted order, and what they come to
-- is read under that lock, so that numbers have no gap whoever else numbers.
WITH taken AS MATERIALIZED (
    SELECT ctid, place, account, livemode, event
    FROM new_events
    WHERE place >= $1
    ORDER BY place
    LIMIT $2
    FOR UPDATE SKIP LOCKED
),
dequeued AS (
    DELETE FROM new_events WHERE ctid = ANY (ARRAY(SELECT ctid FROM taken))
),
counted AS (
    INSERT INTO event_counters AS c (account, livemode, number)
    SELECT account, livemode, count(*)
    FROM taken
    GROUP BY account, livemode
    ORDER BY account, livemode
    ON CONFLICT ON CONSTRAINT event_counters_pk DO UPDATE SET number = c.number + excluded.number
    RETURNING account, livemode, number
),
-- The counters are put among the events that they count, each with the endpoints that its account's events are for, to be
-- found beside them after one sort: what joins two lists compares each account with each event.
placed AS MATERIALIZED (
    SELECT
        account, livemode, event,
        max(number) OVER owner + 1 - row_number() OVER (owner ORDER BY event DESC NULLS LAST) AS number,
        max(endpoints) OVER owner AS endpoints
    FROM (
        SELECT account, livemode, event, NULL::bigint AS number, NULL::record[] AS endpoints FROM taken
        UNION ALL
        SELECT
            c.account, c.livemode, NULL, c.number,
            ARRAY(
                SELECT (w.account, w.id, w.enabled_events)
                FROM webhook_endpoints AS w
                WHERE w.account = c.account AND w.livemode = c.livemode AND NOT w.connect AND w.disabled_because IS NULL
                UNION ALL
                SELECT (w.account, w.id, w.enabled_events)
                FROM accounts AS a
                CROSS JOIN LATERAL (
                    SELECT account, id, enabled_events
                    FROM webhook_endpoints
                    WHERE account = a.platform AND livemode = c.livemode AND connect AND disabled_because IS NULL
                    OFFSET 0
                ) AS w
                WHERE a.account = c.account
            )
        FROM counted AS c
    ) AS both_kinds
    WINDOW owner AS (PARTITION BY account, livemode)
),
numbered AS (
    INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
    SELECT account, livemode, number, event, $3 FROM placed WHERE event IS NOT NULL
),
addressed AS (
    INSERT INTO webhook_deliveries (
        account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms
    )
    SELECT w.account, p.livemode, w.id, p.account, p.event, p.number, 0, $3, $3
    FROM placed AS p
    CROSS JOIN LATERAL unnest(p.endpoints) AS w (account text, id text, enabled_events jsonb)
    WHERE p.event IS NOT NULL
        AND (
            w.enabled_events ? '*'
            -- Looked up only for those who do not ask for everything.
            OR w.enabled_events ? (
                SELECT e.type FROM events AS e WHERE e.account = p.account AND e.livemode = p.livemode AND e.id = p.event
            )
        )
    RETURNING account, livemode, endpoint
),
found AS (
    SELECT DISTINCT account, livemode, endpoint FROM addressed
)
SELECT t.taken, t.last_place, f.account, f.livemode, f.endpoint
FROM (SELECT count(*) AS taken, max(place) AS last_place FROM taken) AS t
LEFT JOIN found AS f ON true;

-- name: find_due_endpoints
-- Endpoints that a pending delivery waits for, after a given one, with the time of their first; each is found by one
-- step along the index, whatever waits behind its first.
WITH RECURSIVE steps AS (
    (
        SELECT account, livemode, endpoint, next_attempt_ms
        FROM webhook_deliveries
        WHERE next_attempt_ms IS NOT NULL AND (account, livemode, endpoint) > ($1, $2, $3)
        ORDER BY account, livemode, endpoint, next_attempt_ms
        LIMIT 1
    )
    UNION ALL
    SELECT n.account, n.livemode, n.endpoint, n.next_attempt_ms
    FROM steps AS s
    CROSS JOIN LATERAL (
        SELECT d.account, d.livemode, d.endpoint, d.next_attempt_ms
        FROM webhook_deliveries AS d
        WHERE d.next_attempt_ms IS NOT NULL
            AND (d.account, d.livemode, d.endpoint) > (s.account, s.livemode, s.endpoint)
        ORDER BY d.account, d.livemode, d.endpoint, d.next_attempt_ms
        LIMIT 1
    ) AS n
)
SELECT account, livemode, endpoint, next_attempt_ms FROM steps LIMIT $4;

-- name: find_wanted_now
-- Endpoints after a given one that somebody waits to see sent something, each found as in find_due_endpoints.
WITH RECURSIVE steps AS (
    (
        SELECT account, livemode, endpoint, next_attempt_ms
        FROM webhook_deliveries
        WHERE next_attempt_ms IS NOT NULL AND cause IN ('resend', 'test')
            AND (account, livemode, endpoint) > ($1, $2, $3)
        ORDER BY account, livemode, endpoint, next_attempt_ms
        LIMIT 1
    )
    UNION ALL
    SELECT n.account, n.livemode, n.endpoint, n.next_attempt_ms
    FROM steps AS s
    CROSS JOIN LATERAL (
        SELECT d.account, d.livemode, d.endpoint, d.next_attempt_ms
        FROM webhook_deliveries AS d
        WHERE d.next_attempt_ms IS NOT NULL AND d.cause IN ('resend', 'test')
            AND (d.account, d.livemode, d.endpoint) > (s.account, s.livemode, s.endpoint)
        ORDER BY d.account, d.livemode, d.endpoint, d.next_attempt_ms
        LIMIT 1
    ) AS n
)
SELECT account, livemode, endpoint, next_attempt_ms FROM steps LIMIT $4;

-- name: find_standings
-- Of endpoints, whose platform's accounts they are of and whether they fail since some time; none for one that is gone.
SELECT w.account, w.livemode, w.id, w.failing_since_ms IS NOT NULL AS is_failing, coalesce(a.platform, w.account) AS platform
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, endpoint)
CROSS JOIN LATERAL (
    SELECT account, livemode, id, failing_since_ms
    FROM webhook_endpoints
    WHERE account = n.account AND livemode = n.livemode AND id = n.endpoint
    OFFSET 0
) AS w
LEFT JOIN LATERAL (
    SELECT platform FROM accounts WHERE account = n.account OFFSET 0
) AS a ON true;

-- name: claim_deliveries
-- Lease what is due for some endpoints, so many for each, longest waiting first, and return it with what an attempt
-- takes: the event, the endpoint as it is now, and how many endpoints have not received the event. Columns of an event
-- or an endpoint that is gone are NULL. A lease that is lost when the server crashes means no more than that the event is
-- sent again, so nobody waits for the disk.
{deliveries leased where true};

-- name: claim_wanted_now
-- As claim_deliveries, but only what somebody waits to see sent.
{deliveries leased where i.next_attempt_ms IS NOT NULL AND i.cause IN ('resend', 'test')};

-- name: stop_orphaned_deliveries
-- Give up pending deliveries of events that are gone.
UPDATE webhook_deliveries AS d
SET next_attempt_ms = NULL, leased_until_ms = NULL
WHERE d.ctid = ANY (ARRAY(
    SELECT o.row_id
    FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[])
        AS s (account, livemode, endpoint, event_account, event)
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id, next_attempt_ms
        FROM webhook_deliveries
        WHERE event_account = s.event_account AND livemode = s.livemode AND event = s.event
            AND account = s.account AND endpoint = s.endpoint
        OFFSET 0
        FOR UPDATE
    ) AS o
    WHERE o.next_attempt_ms IS NOT NULL  -- outside, as in record_attempts
));

-- name: stop_endpoint
-- Give up pending deliveries to an endpoint that is gone or turned off, some at a time.
UPDATE webhook_deliveries
SET next_attempt_ms = NULL, leased_until_ms = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM webhook_deliveries
    WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NOT NULL
    LIMIT $4
    FOR UPDATE SKIP LOCKED
));

-- name: record_attempts
-- Write attempts, in sorted order, and what became of their deliveries: one that has arrived goes. A failure counts only
-- for whoever still has the lease; that the endpoint has received an event is true whoever says it, but not what somebody
-- wants who has asked for it to be sent again since. Doing it twice changes nothing. Returns the attempts that counted.
WITH results AS MATERIALIZED (
    SELECT *
    FROM unnest(
        $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
        $9::bigint[], $10::integer[], $11::text[], $12::smallint[], $13::text[], $14::text[], $15::bytea[],
        $16::text[], $17::bigint[]
    ) AS r (
        account, livemode, endpoint, event_account, event, next_attempt_ms, leased_until_ms, id, attempted_ms,
        duration_ms, outcome, http_status, error, request_headers, response_head, cause, created_ms
    )
),
held AS MATERIALIZED (
    SELECT r.id, r.outcome, r.next_attempt_ms, d.row_id
    FROM results AS r
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id, next_attempt_ms
        FROM webhook_deliveries
        WHERE event_account = r.event_account AND livemode = r.livemode AND event = r.event
            AND account = r.account AND endpoint = r.endpoint
            AND created_ms = r.created_ms
            AND (r.outcome = 'delivered' OR leased_until_ms = r.leased_until_ms)
        OFFSET 0
        FOR UPDATE
    ) AS d
    WHERE d.next_attempt_ms IS NOT NULL  -- outside: inside, an index along all that waits for the endpoint would do too
),
arrived AS (
    DELETE FROM webhook_deliveries
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM held WHERE outcome = 'delivered'))
),
failed AS (
    UPDATE webhook_deliveries AS d
    SET attempts = d.attempts + 1, next_attempt_ms = h.next_attempt_ms, leased_until_ms = NULL, cause = 'schedule'
    FROM held AS h
    WHERE d.ctid = h.row_id AND h.outcome <> 'delivered'
),
written AS (
    INSERT INTO webhook_attempts (
        account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, http_status, error,
        request_headers, response_head, cause
    )
    SELECT
        account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, http_status, error,
        request_headers::json, response_head, cause
    FROM results
    ON CONFLICT ON CONSTRAINT webhook_attempts_pk DO NOTHING
)
SELECT id FROM held;

-- name: note_health
-- Write since when endpoints fail: not at all after a success, else since their first failure; one that has failed for
-- longer than is borne is turned off. Only endpoints of which this is news are touched. Returns those turned off now.
WITH news AS MATERIALIZED (
    SELECT w.row_id, n.has_failed, n.at_ms
    FROM unnest($1::text[], $2::boolean[], $3::text[], $4::boolean[], $5::bigint[])
        AS n (account, livemode, id, has_failed, at_ms)
    CROSS JOIN LATERAL (
        SELECT w.ctid AS row_id
        FROM webhook_endpoints AS w
        WHERE w.account = n.account AND w.livemode = n.livemode AND w.id = n.id AND w.disabled_because IS NULL
            AND CASE WHEN n.has_failed THEN coalesce(w.failing_since_ms <= n.at_ms - $6, true)
                ELSE w.failing_since_ms IS NOT NULL END
        FOR UPDATE
    ) AS w
)
UPDATE webhook_endpoints AS w
SET
    failing_since_ms = CASE WHEN n.has_failed THEN coalesce(w.failing_since_ms, n.at_ms) END,
    disabled_because = CASE WHEN n.has_failed AND w.failing_since_ms <= n.at_ms - $6 THEN 'failures' END,
    disabled_ms = CASE WHEN n.has_failed AND w.failing_since_ms <= n.at_ms - $6 THEN n.at_ms END
FROM news AS n
WHERE w.ctid = n.row_id
RETURNING w.account, w.livemode, w.id, w.url, w.disabled_because;

-- name: resend_event
-- Let an event be sent to an endpoint again, or for the first time, from now on, whatever became of it before. Returns
-- nothing where the event has no number yet: then it is about to be sent anyway. created_ms changes in any case, so that
-- what is under way is not taken for the answer to this.
INSERT INTO webhook_deliveries AS d (
    account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms, cause
)
SELECT $1, $2, $3, n.account, n.event, n.number, 0, $6, $6, $7
FROM (
    SELECT account, event, number
    FROM event_numbers
    WHERE account = $4 AND livemode = $2 AND event BETWEEN $5 AND $5
    ORDER BY event
) AS n
ON CONFLICT ON CONSTRAINT webhook_deliveries_pk DO UPDATE SET
    attempts = 0, next_attempt_ms = excluded.next_attempt_ms, leased_until_ms = NULL,
    created_ms = greatest(excluded.created_ms, d.created_ms + 1), cause = excluded.cause
RETURNING d.number;

-- name: recover_events
-- Let what an endpoint has missed of one account's events be sent to it: of so many events after a given one, in the order
-- of their ids, those of some types that it has not received, or with $8 those too that it has. What was
-- given up begins anew, what was never addressed to the endpoint is, and what waits for a later attempt is tried earlier.
-- They are spread over time, $11 apart, from $10 on. What is under way, or would be tried as early anyway, is left alone,
-- so that doing it twice changes nothing; and so are events numbered since $7, which are about to be sent. Returns how many
-- events were looked at, the last of them, how many are to be sent, and when the last one is.
WITH seen AS MATERIALIZED (
    SELECT id, type
    FROM events
    WHERE account = $4 AND livemode = $2 AND id > $5
    ORDER BY id
    LIMIT $6
),
missed AS MATERIALIZED (
    SELECT s.id, n.number, d.row_id, d.attempts, d.next_attempt_ms, d.leased_until_ms
    FROM seen AS s
    CROSS JOIN LATERAL (
        SELECT number, numbered_ms
        FROM event_numbers
        WHERE account = $4 AND livemode = $2 AND event BETWEEN s.id AND s.id
        ORDER BY event
    ) AS n
    LEFT JOIN LATERAL (
        SELECT ctid AS row_id, attempts, next_attempt_ms, leased_until_ms
        FROM webhook_deliveries
        WHERE event_account = $4 AND livemode = $2 AND event = s.id AND account = $1 AND endpoint = $3
        OFFSET 0
        FOR UPDATE SKIP LOCKED
    ) AS d ON true
    WHERE n.numbered_ms <= $7
        AND s.type = ANY ($9::text[])
        AND CASE
            WHEN d.row_id IS NOT NULL THEN d.leased_until_ms IS NULL OR d.leased_until_ms <= $7
            -- Somebody else has it in hand at this moment.
            WHEN EXISTS (
                SELECT
                FROM webhook_deliveries
                WHERE event_account = $4 AND livemode = $2 AND event = s.id AND account = $1 AND endpoint = $3
                OFFSET 0
            ) THEN false
            ELSE $8 OR NOT EXISTS (
                SELECT
                FROM webhook_attempts AS a
                WHERE a.event_account = $4 AND a.livemode = $2 AND a.event = s.id
                    AND a.account = $1 AND a.endpoint = $3 AND a.outcome = 'delivered'
                OFFSET 0
            )
        END
),
planned AS MATERIALIZED (
    SELECT m.*, $10 + (row_number() OVER (ORDER BY m.id) - 1) * $11::bigint AS at_ms
    FROM missed AS m
),
moved AS (
    UPDATE webhook_deliveries AS d
    SET
        attempts = CASE WHEN p.next_attempt_ms IS NULL THEN 0 ELSE d.attempts END,
        created_ms = CASE WHEN p.next_attempt_ms IS NULL THEN greatest($7, d.created_ms + 1) ELSE d.created_ms END,
        next_attempt_ms = p.at_ms, leased_until_ms = NULL, cause = 'recovery'
    FROM planned AS p
    WHERE d.ctid = p.row_id AND (p.next_attempt_ms IS NULL OR p.next_attempt_ms > p.at_ms)
    RETURNING d.next_attempt_ms
),
added AS (
    INSERT INTO webhook_deliveries (
        account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms, cause
    )
    SELECT $1, $2, $3, $4, p.id, p.number, 0, p.at_ms, $7, 'recovery'
    FROM planned AS p
    WHERE p.row_id IS NULL
    ON CONFLICT ON CONSTRAINT webhook_deliveries_pk DO NOTHING
    RETURNING next_attempt_ms
)
SELECT s.seen, s.last_event, q.queued, q.last_ms
FROM (SELECT count(*) AS seen, max(id) AS last_event FROM seen) AS s
CROSS JOIN (
    SELECT count(*) AS queued, max(next_attempt_ms) AS last_ms
    FROM (SELECT next_attempt_ms FROM moved UNION ALL SELECT next_attempt_ms FROM added) AS sent
) AS q;

-- name: hold_recovery
-- Let one transaction at a time spread over time what an endpoint has missed. Nobody waits: a connection is soon missing.
SELECT pg_try_advisory_xact_lock(hashtextextended('brim:recovery:' || $1::text || ':' || $2::boolean || ':' || $3::text, 0));

-- name: recovering_until
-- When the last event is to be sent of those that were spread over time for an endpoint.
SELECT max(next_attempt_ms)
FROM webhook_deliveries
WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NOT NULL AND cause = 'recovery';

-- name: count_undelivered
-- For each event named, how many endpoints it is addressed to that have not received it.
SELECT (
    SELECT count(*)
    FROM webhook_deliveries AS d
    WHERE d.event_account = w.account AND d.livemode = w.livemode AND d.event = w.event
) AS undelivered
FROM unnest($1::text[], $2::boolean[], $3::text[]) WITH ORDINALITY AS w (account, livemode, event, position)
ORDER BY w.position;

-- name: list_endpoint_attempts
-- The newest attempts to reach an endpoint, between two ids, and when each one's delivery is tried again.
SELECT
    a.account, a.livemode, a.id, a.endpoint, a.event_account, a.event, a.attempted_ms, a.duration_ms, a.outcome,
    a.http_status, a.error, a.request_headers, a.response_head, a.cause, d.next_attempt_ms, d.leased_until_ms,
    (
        SELECT e.type FROM events AS e
        WHERE e.account = a.event_account AND e.livemode = a.livemode AND e.id BETWEEN a.event AND a.event
        ORDER BY e.id
    ) AS event_type
FROM (
    SELECT *
    FROM webhook_attempts
    WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND id < $4 AND id > $6
    ORDER BY id DESC
    LIMIT $5
) AS a
LEFT JOIN LATERAL (
    SELECT next_attempt_ms, leased_until_ms
    FROM webhook_deliveries
    WHERE event_account = a.event_account AND livemode = a.livemode AND event = a.event
        AND account = a.account AND endpoint = a.endpoint
    OFFSET 0
) AS d ON true
ORDER BY a.id DESC;

-- name: list_failed_attempts
-- As list_endpoint_attempts, but only those that failed.
SELECT
    a.account, a.livemode, a.id, a.endpoint, a.event_account, a.event, a.attempted_ms, a.duration_ms, a.outcome,
    a.http_status, a.error, a.request_headers, a.response_head, a.cause, d.next_attempt_ms, d.leased_until_ms,
    (
        SELECT e.type FROM events AS e
        WHERE e.account = a.event_account AND e.livemode = a.livemode AND e.id BETWEEN a.event AND a.event
        ORDER BY e.id
    ) AS event_type
FROM (
    SELECT *
    FROM webhook_attempts
    WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND id < $4 AND id > $6 AND outcome <> 'delivered'
    ORDER BY id DESC
    LIMIT $5
) AS a
LEFT JOIN LATERAL (
    SELECT next_attempt_ms, leased_until_ms
    FROM webhook_deliveries
    WHERE event_account = a.event_account AND livemode = a.livemode AND event = a.event
        AND account = a.account AND endpoint = a.endpoint
    OFFSET 0
) AS d ON true
ORDER BY a.id DESC;

-- name: read_attempt
-- One attempt to reach an endpoint, as list_endpoint_attempts lists it.
SELECT
    a.account, a.livemode, a.id, a.endpoint, a.event_account, a.event, a.attempted_ms, a.duration_ms, a.outcome,
    a.http_status, a.error, a.request_headers, a.response_head, a.cause, d.next_attempt_ms, d.leased_until_ms,
    (
        SELECT e.type FROM events AS e
        WHERE e.account = a.event_account AND e.livemode = a.livemode AND e.id BETWEEN a.event AND a.event
        ORDER BY e.id
    ) AS event_type
FROM webhook_attempts AS a
LEFT JOIN LATERAL (
    SELECT next_attempt_ms, leased_until_ms
    FROM webhook_deliveries
    WHERE event_account = a.event_account AND livemode = a.livemode AND event = a.event
        AND account = a.account AND endpoint = a.endpoint
    OFFSET 0
) AS d ON true
WHERE a.account = $1 AND a.livemode = $2 AND a.endpoint = $3 AND a.id = $4;

-- name: read_queues
-- Of endpoints, whether they fail, when the first two deliveries are due that wait for them, and what came of their newest
-- attempts, the newest first, with the time at which the newest one was over.
SELECT
    w.account, w.livemode, w.id, w.failing_since_ms IS NOT NULL AS is_failing, w.disabled_because,
    ARRAY(
        SELECT d.next_attempt_ms
        FROM webhook_deliveries AS d
        WHERE d.account = w.account AND d.livemode = w.livemode AND d.endpoint = w.id AND d.next_attempt_ms IS NOT NULL
        ORDER BY d.next_attempt_ms
        LIMIT 2
    ) AS due_ms,
    ARRAY(
        SELECT a.outcome = 'delivered'
        FROM webhook_attempts AS a
        WHERE a.account = w.account AND a.livemode = w.livemode AND a.endpoint = w.id
        ORDER BY a.id DESC
        LIMIT $4
    ) AS arrivals,
    (
        SELECT a.attempted_ms + a.duration_ms
        FROM webhook_attempts AS a
        WHERE a.account = w.account AND a.livemode = w.livemode AND a.endpoint = w.id
        ORDER BY a.id DESC
        LIMIT 1
    ) AS ended_ms
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, endpoint)
CROSS JOIN LATERAL (
    SELECT account, livemode, id, failing_since_ms, disabled_because
    FROM webhook_endpoints
    WHERE account = n.account AND livemode = n.livemode AND id = n.endpoint
    OFFSET 0
) AS w;

-- name: read_health
-- How an endpoint did in its newest attempts since a time, so many at most; what waits for it and what was given up, each
-- counted up to a number; and when what waits longest was begun.
WITH newest AS MATERIALIZED (
    SELECT attempted_ms, duration_ms, outcome
    FROM webhook_attempts
    WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND id >= $4
    ORDER BY id DESC
    LIMIT $5
)
SELECT
    s.*,
    (
        SELECT count(*)
        FROM (
            SELECT
            FROM webhook_deliveries
            WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NOT NULL
            LIMIT $6
        ) AS owed
    ) AS pending,
    (
        SELECT count(*)
        FROM (
            SELECT
            FROM webhook_deliveries
            WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NULL
            LIMIT $6
        ) AS given_up
    ) AS failed
FROM (
    SELECT
        count(*) AS attempts,
        count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
        min(attempted_ms) AS since_ms,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms) AS median_ms,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms) AS most_ms
    FROM newest
) AS s;

-- name: has_attempts
-- Whether an endpoint has attempts.
SELECT EXISTS (SELECT FROM webhook_attempts WHERE account = $1 AND livemode = $2 AND endpoint = $3);

-- name: has_attempt
-- Whether an endpoint has an attempt of that id.
SELECT EXISTS (
    SELECT FROM webhook_attempts
    WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND id = $4
);

-- name: list_event_attempts
-- The newest attempts to send an event to endpoints of some accounts, before a given one, and when each one's delivery
-- is tried again.
SELECT
    a.account, a.livemode, a.id, a.endpoint, a.event_account, a.event, a.attempted_ms, a.duration_ms, a.outcome,
    a.http_status, a.error, a.request_headers, a.response_head, a.cause, d.next_attempt_ms, d.leased_until_ms,
    (
        SELECT e.type FROM events AS e
        WHERE e.account = a.event_account AND e.livemode = a.livemode AND e.id BETWEEN a.event AND a.event
        ORDER BY e.id
    ) AS event_type
FROM (
    SELECT *
    FROM webhook_attempts
    WHERE event_account = $1 AND livemode = $2 AND event = $3 AND id < $4 AND account = ANY($6::text[])
    ORDER BY id DESC
    LIMIT $5
) AS a
LEFT JOIN LATERAL (
    SELECT next_attempt_ms, leased_until_ms
    FROM webhook_deliveries
    WHERE event_account = a.event_account AND livemode = a.livemode AND event = a.event
        AND account = a.account AND endpoint = a.endpoint
    OFFSET 0
) AS d ON true
ORDER BY a.id DESC;

-- name: event_has_attempt
-- Whether an event has an attempt of that id, at an endpoint of some accounts.
SELECT EXISTS (
    SELECT FROM webhook_attempts
    WHERE event_account = $1 AND livemode = $2 AND event BETWEEN $3 AND $3 AND id = $4 AND account = ANY($5::text[])
    ORDER BY event
    OFFSET 0
);

-- name: list_event_deliveries
-- Where the deliveries of an event to endpoints of some accounts stand: those that are owed, and those of which only
-- attempts are left, because it has arrived.
WITH owed AS MATERIALIZED (
    SELECT account, livemode, endpoint, event_account, event, attempts, next_attempt_ms, leased_until_ms, created_ms
    FROM webhook_deliveries
    WHERE event_account = $1 AND livemode = $2 AND event = $3 AND account = ANY($4::text[])
),
arrived AS MATERIALIZED (
    SELECT a.account, a.livemode, a.endpoint, count(*) AS attempts, min(a.attempted_ms) AS created_ms
    FROM (
        SELECT account, livemode, endpoint, outcome, attempted_ms
        FROM webhook_attempts
        WHERE event_account = $1 AND livemode = $2 AND event BETWEEN $3 AND $3 AND account = ANY($4::text[])
        ORDER BY event
    ) AS a
    WHERE NOT EXISTS (SELECT FROM owed AS o WHERE o.account = a.account AND o.endpoint = a.endpoint)
    GROUP BY a.account, a.livemode, a.endpoint
    HAVING bool_or(a.outcome = 'delivered')
)
SELECT s.account, s.livemode, s.endpoint, s.state, s.attempts, s.next_attempt_ms, s.leased_until_ms, s.created_ms, w.url
FROM (
    SELECT
        account, livemode, endpoint, CASE WHEN next_attempt_ms IS NULL THEN 'failed' ELSE 'pending' END AS state,
        attempts, next_attempt_ms, leased_until_ms, created_ms
    FROM owed
    UNION ALL
    SELECT account, livemode, endpoint, 'delivered', attempts, NULL, NULL, created_ms
    FROM arrived
) AS s
CROSS JOIN LATERAL (
    SELECT url FROM webhook_endpoints WHERE account = s.account AND livemode = s.livemode AND id = s.endpoint OFFSET 0
) AS w
ORDER BY s.endpoint;

-- name: oldest_unnumbered
-- The event that waits longest for its number.
SELECT event FROM new_events ORDER BY place LIMIT 1;

-- name: count_owed
-- How many deliveries are still to be made, counted up to a number.
SELECT count(*) FROM (SELECT FROM webhook_deliveries WHERE next_attempt_ms IS NOT NULL LIMIT $1) AS counted;

-- name: count_unnumbered
-- How many events wait for their numbers, counted up to a number.
SELECT count(*) FROM (SELECT FROM new_events LIMIT $1) AS counted;
