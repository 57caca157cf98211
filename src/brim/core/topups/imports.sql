-- name: import_topups
-- Write top-ups that another service has brought to their end, those that are not there yet. None of them is announced:
-- the events that their statuses call for (2 and 3: for each status, each type) count as forgotten, as old ones are.
-- Returns the ids of the new ones.
WITH imported AS (
    INSERT INTO topups ({topup_columns})
    SELECT {topup_columns}
    FROM json_to_recordset($1::json) AS w ({topup_definitions})
    ORDER BY account, livemode, id
    ON CONFLICT ON CONSTRAINT topups_pk DO NOTHING
    RETURNING account, livemode, id, status
),
forgotten AS (
    INSERT INTO pruned_events AS p (account, livemode, type, events, checksum)
    SELECT
        i.account, i.livemode, r.type, count(*),
        sum(hashtextextended(i.account, hashtextextended(i.id, i.livemode::integer)))
    FROM imported AS i
    JOIN unnest($2::text[], $3::text[]) AS r (status, type) ON r.status = i.status
    GROUP BY i.account, i.livemode, r.type
    ORDER BY i.account, i.livemode, r.type
    ON CONFLICT ON CONSTRAINT pruned_events_pk DO UPDATE SET
        events = p.events + excluded.events, checksum = p.checksum + excluded.checksum
)
SELECT id FROM imported;

-- name: revise_imported_topups
-- Bring imported top-ups (2: their rail) from the status that they were seen in to the one that they have at their source,
-- or change their texts; a change of status is accounted for as import_topups does. The rows are JSON. Returns the ids of
-- those that were still as they had been seen.
WITH revised AS (
    UPDATE topups AS t
    SET
        status = s.status,
        failure_code = s.failure_code,
        failure_message = s.failure_message,
        expected_availability_date = s.expected_availability_date,
        description = s.description,
        metadata = s.metadata
    FROM json_to_recordset($1::json) AS s (
        account text, livemode boolean, id text, seen_in text, status text, event text, failure_code text,
        failure_message text, expected_availability_date bigint, description text, metadata jsonb
    )
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id
        FROM topups
        WHERE account = s.account AND livemode = s.livemode AND id BETWEEN s.id AND s.id
        ORDER BY id
        FOR UPDATE
    ) AS found
    WHERE t.ctid = found.row_id AND t.status || '' = s.seen_in AND t.rail = $2
    RETURNING t.account, t.livemode, t.id, s.event
),
forgotten AS (
    INSERT INTO pruned_events AS p (account, livemode, type, events, checksum)
    SELECT
        account, livemode, event, count(*),
        sum(hashtextextended(account, hashtextextended(id, livemode::integer)))
    FROM revised
    WHERE event IS NOT NULL
    GROUP BY account, livemode, event
    ORDER BY account, livemode, event
    ON CONFLICT ON CONSTRAINT pruned_events_pk DO UPDATE SET
        events = p.events + excluded.events, checksum = p.checksum + excluded.checksum
)
SELECT id FROM revised;
