-- name: read_bank_readings
-- How far what originators' banks have sent was read, and what of it was not applied: the oldest file that waits, one
-- that waits for an approval, and one that is held until its break is settled.
SELECT
    n.account, n.livemode, n.originator, o.incoming_folder, r.folder, r.began_ms, r.problem, r.problem_ms, r.stated_ms,
    r.awaited_ms, waiting.name AS waiting, unapproved.id AS unapproved, held.name AS held
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, originator)
CROSS JOIN LATERAL (
    SELECT profile ->> 'incoming_folder' AS incoming_folder
    FROM originators
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.originator AND n.originator
    ORDER BY id
) AS o
LEFT JOIN LATERAL (
    SELECT folder, began_ms, problem, problem_ms, stated_ms, awaited_ms
    FROM bank_readings
    WHERE account = n.account AND livemode = n.livemode AND originator BETWEEN n.originator AND n.originator
    ORDER BY originator
) AS r ON true
LEFT JOIN LATERAL (
    SELECT name
    FROM (
        SELECT account, livemode, originator, name
        FROM bank_files
        WHERE status = 'received'
        ORDER BY received_ms, id
        OFFSET 0
    ) AS f
    WHERE f.account = n.account AND f.livemode = n.livemode AND f.originator = n.originator
    LIMIT 1
) AS waiting ON true
LEFT JOIN LATERAL (
    SELECT f.id
    FROM (
        SELECT id, originator
        FROM bank_files
        WHERE account = n.account AND livemode = n.livemode AND status BETWEEN 'awaiting_approval' AND 'awaiting_approval'
        ORDER BY account, livemode, status, id
        OFFSET 0
    ) AS f
    WHERE f.originator = n.originator
    LIMIT 1
) AS unapproved ON true
LEFT JOIN LATERAL (
    SELECT f.name
    FROM (
        SELECT id, name
        FROM bank_files
        WHERE account = n.account AND livemode = n.livemode AND originator = n.originator AND status = 'held'
        ORDER BY received_ms, id
        OFFSET 0
    ) AS f
    CROSS JOIN LATERAL (
        SELECT resolved_ms
        FROM breaks
        WHERE account = n.account AND livemode = n.livemode AND kind = 'held_file' AND cause BETWEEN f.id AND f.id
        ORDER BY cause
    ) AS b
    WHERE b.resolved_ms IS NULL
    LIMIT 1
) AS held ON true;

-- name: note_bank_reading
-- Write that a folder was read completely, when that began; of two readings at once the later one counts.
INSERT INTO bank_readings AS r (account, livemode, originator, folder, began_ms)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT bank_readings_pk DO UPDATE
SET
    folder = excluded.folder, problem = NULL, problem_ms = NULL,
    began_ms = CASE
        WHEN r.folder = excluded.folder THEN greatest(r.began_ms, excluded.began_ms) ELSE excluded.began_ms
    END;

-- name: note_bank_reading_problem
-- Write what has kept a folder from being read completely.
INSERT INTO bank_readings AS r (account, livemode, originator, problem, problem_ms)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT bank_readings_pk DO UPDATE
SET problem = excluded.problem, problem_ms = excluded.problem_ms;

-- name: state_bank_reading
-- Write that a person has said that everything the bank has sent until then was imported.
INSERT INTO bank_readings AS r (account, livemode, originator, stated_ms)
VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT bank_readings_pk DO UPDATE SET stated_ms = greatest(r.stated_ms, excluded.stated_ms);

-- name: await_bank_reading
-- Let nothing leave until all is read that a bank has sent until then.
INSERT INTO bank_readings AS r (account, livemode, originator, awaited_ms)
VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT bank_readings_pk DO UPDATE SET awaited_ms = greatest(r.awaited_ms, excluded.awaited_ms);

-- name: await_no_bank_reading
-- Write that what was to be read has been.
UPDATE bank_readings
SET awaited_ms = NULL
WHERE account = $1 AND livemode = $2 AND originator BETWEEN $3 AND $3 AND awaited_ms = $4;
