-- name: insert_events
-- Announce changes in the changes' own transaction.
WITH announced AS (
    INSERT INTO events (
        account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
    )
    SELECT *
    FROM unnest(
        $1::text[], $2::boolean[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::json[]
    )
    RETURNING account, livemode, id
)
INSERT INTO new_events (account, livemode, event)
SELECT account, livemode, id
FROM announced;

-- name: fetch_events
-- An account's events of these ids; what does not exist is left out.
SELECT
    e.account, e.livemode, e.id, e.created, e.type, e.object_id, e.api_version, e.request_id, e.idempotency_key,
    e.payload
FROM unnest($3::text[]) AS w (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM events
    WHERE account = $1 AND livemode = $2 AND id BETWEEN w.id AND w.id
    ORDER BY id
) AS e;

-- name: event_ids_by_key
-- Ids of one page along the primary key; one of the two branches runs. With $7 only events that every endpoint has
-- received: LIMIT 1 keeps that a look into an index for each event.
(
    SELECT id
    FROM events AS e
    WHERE $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND (NOT $7::boolean OR NOT coalesce((
            SELECT true
            FROM webhook_deliveries AS d
            WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
            LIMIT 1
        ), false))
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM events AS e
    WHERE NOT $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND (NOT $7::boolean OR NOT coalesce((
            SELECT true
            FROM webhook_deliveries AS d
            WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
            LIMIT 1
        ), false))
    ORDER BY id
    LIMIT $6
);

-- name: event_ids_with_creations
-- Ids of one page of some types, topup.created among them: a walk along the primary key, as creations are many. $8 as $7
-- of event_ids_by_key.
(
    SELECT id
    FROM events AS e
    WHERE $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND type = ANY ($7::text[])
        AND (NOT $8::boolean OR NOT coalesce((
            SELECT true
            FROM webhook_deliveries AS d
            WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
            LIMIT 1
        ), false))
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM events AS e
    WHERE NOT $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND type = ANY ($7::text[])
        AND (NOT $8::boolean OR NOT coalesce((
            SELECT true
            FROM webhook_deliveries AS d
            WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
            LIMIT 1
        ), false))
    ORDER BY id
    LIMIT $6
);

-- name: event_ids_without_creations
-- Ids of one page of some types, topup.created not among them: a page of each along events_by_type, then the
-- nearest of them all. $8 as $7 of event_ids_by_key.
SELECT found.id
FROM unnest($7::text[]) AS w (type)
CROSS JOIN LATERAL (
    (
        SELECT id
        FROM events AS e
        WHERE $5 AND account = $1 AND livemode = $2 AND type <> 'topup.created'
            AND (type, id) > (w.type, $3) AND (type, id) < (w.type, $4)
            AND (NOT $8::boolean OR NOT coalesce((
                SELECT true
                FROM webhook_deliveries AS d
                WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
                LIMIT 1
            ), false))
        ORDER BY type DESC, id DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT id
        FROM events AS e
        WHERE NOT $5 AND account = $1 AND livemode = $2 AND type <> 'topup.created'
            AND (type, id) > (w.type, $3) AND (type, id) < (w.type, $4)
            AND (NOT $8::boolean OR NOT coalesce((
                SELECT true
                FROM webhook_deliveries AS d
                WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
                LIMIT 1
            ), false))
        ORDER BY type, id
        LIMIT $6
    )
) AS found
ORDER BY CASE WHEN $5::boolean THEN found.id END DESC, CASE WHEN NOT $5 THEN found.id END
LIMIT $6;

-- name: event_ids_undelivered
-- Ids of one page of events of some types that some endpoint has not received: a walk along what was not. The type is
-- looked up for each, as a join would be sorted.
(
    SELECT DISTINCT d.event AS id
    FROM webhook_deliveries AS d
    WHERE $5 AND d.event_account = $1 AND d.livemode = $2 AND d.event > $3 AND d.event < $4
        AND (
            SELECT e.type
            FROM events AS e
            WHERE e.account = d.event_account AND e.livemode = d.livemode AND e.id = d.event
        ) = ANY ($7::text[])
    ORDER BY d.event DESC
    LIMIT $6
)
UNION ALL
(
    SELECT DISTINCT d.event AS id
    FROM webhook_deliveries AS d
    WHERE NOT $5 AND d.event_account = $1 AND d.livemode = $2 AND d.event > $3 AND d.event < $4
        AND (
            SELECT e.type
            FROM events AS e
            WHERE e.account = d.event_account AND e.livemode = d.livemode AND e.id = d.event
        ) = ANY ($7::text[])
    ORDER BY d.event
    LIMIT $6
);

-- name: event_ids_of_object
-- Ids of one page of some types of events about one object: along events_by_object, and a creation, of which there is one
-- at most, among the events of the second or two from $9 to $10 in which it must have happened.
-- With $11 only those that every endpoint has received, or only those that some has not.
SELECT found.id
FROM (
    (
        SELECT id
        FROM events AS e
        WHERE $5 AND account = $1 AND livemode = $2 AND object_id = $8 AND type <> 'topup.created'
            AND id > $3 AND id < $4 AND type = ANY ($7::text[])
            AND ($11::boolean IS NULL OR $11 <> coalesce((
                SELECT true
                FROM webhook_deliveries AS d
                WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
                LIMIT 1
            ), false))
        ORDER BY id DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT id
        FROM events AS e
        WHERE NOT $5 AND account = $1 AND livemode = $2 AND object_id = $8 AND type <> 'topup.created'
            AND id > $3 AND id < $4 AND type = ANY ($7::text[])
            AND ($11::boolean IS NULL OR $11 <> coalesce((
                SELECT true
                FROM webhook_deliveries AS d
                WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
                LIMIT 1
            ), false))
        ORDER BY id
        LIMIT $6
    )
    UNION ALL
    (
        SELECT id
        FROM events AS e
        WHERE account = $1 AND livemode = $2 AND id >= $9 AND id < $10 AND object_id = $8 AND type = 'topup.created'
            AND id > $3 AND id < $4 AND type = ANY ($7::text[])
            AND ($11::boolean IS NULL OR $11 <> coalesce((
                SELECT true
                FROM webhook_deliveries AS d
                WHERE d.event_account = e.account AND d.livemode = e.livemode AND d.event = e.id
                LIMIT 1
            ), false))
        LIMIT 1
    )
) AS found
ORDER BY CASE WHEN $5::boolean THEN found.id END DESC, CASE WHEN NOT $5 THEN found.id END
LIMIT $6;

-- name: events_after
-- An account's events after a number, in the order of their numbers.
SELECT
    n.number, e.account, e.livemode, e.id, e.created, e.type, e.object_id, e.api_version, e.request_id,
    e.idempotency_key, e.payload
FROM (
    SELECT account, livemode, number, event
    FROM event_numbers
    WHERE account = $1 AND livemode = $2 AND number > $3
    ORDER BY number
    LIMIT $4
) AS n
CROSS JOIN LATERAL (
    SELECT *
    FROM events
    WHERE account = n.account AND livemode = n.livemode AND id = n.event
    OFFSET 0
) AS e
ORDER BY n.number;
