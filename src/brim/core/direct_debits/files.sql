-- name: lock_originator_counters
-- An originator with its counters, held until the transaction ends: one file of it is made at a time.
SELECT
    account, livemode, id, status, version, profile, sealed, last4, created_ms, changed_by, activated_ms, activated_by,
    next_trace, next_batch
FROM originators
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: move_originator_counters
-- Take traces and batch numbers; they only ever go up.
UPDATE originators
SET next_trace = next_trace + $4, next_batch = next_batch + $5
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: modifiers_used
-- Which file id modifiers a day's files have; that of one that was given up, and never left, is free again.
SELECT modifier
FROM ach_files
WHERE account = $1 AND livemode = $2 AND originator = $3 AND file_date = $4 AND status <> 'voided'
ORDER BY modifier;

-- name: insert_file
-- Store a file: its totals, and its bytes, encrypted.
INSERT INTO ach_files (
    account, livemode, id, originator, test_clock, status, name, file_date, file_time, modifier, effective_date,
    entry_count, total_debit, total_credit, byte_count, sha256, sealed, held_because, built_ms, approved_ms, approved_by,
    approvals_needed, currency
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
);

-- name: insert_approval
-- Insert a person's approval of the bytes of a file.
INSERT INTO ach_approvals (
    account, livemode, file, number, approved_by, approved_ms, sha256, prepared_by, one_person
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: list_approvals
-- Who has approved a file, and which bytes; the first approval first.
SELECT number, approved_by, approved_ms, sha256, prepared_by, one_person
FROM ach_approvals
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
ORDER BY file, number;

-- name: insert_batches
-- Store the batches of a file.
INSERT INTO ach_batches (
    account, livemode, file, number, sec_code, effective_date, entry_count, total_debit, total_credit, company_name,
    company_id, description, status
)
SELECT
    $1, $2, $3, number, sec_code, $4, entry_count, total_debit, total_credit, company_name, company_id, description,
    'open'
FROM unnest(
    $5::bigint[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[]
) AS n (number, sec_code, entry_count, total_debit, total_credit, company_name, company_id, description);

-- name: lock_file
-- One file, held until the transaction ends.
SELECT {file_columns}
FROM ach_files
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: read_file_bytes
-- The bytes of a file, as they are sealed.
SELECT sealed FROM ach_files WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id;

-- name: update_file
-- Write where a file that the transaction holds stands.
UPDATE ach_files
SET
    status = $4, held_because = $5, approved_ms = $6, approved_by = $7, sent_ms = $8, acknowledged_ms = $9,
    settled_ms = $10, rejected_ms = $11, reject_reason = $12, voided_ms = $13
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_files
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: files_to_send
-- The files that may leave, in the order in which they were made. A job walks those of all platforms.
SELECT {file_columns}
FROM ach_files AS f
CROSS JOIN LATERAL (
    SELECT rail
    FROM originators
    WHERE account = f.account AND livemode = f.livemode AND id = f.originator
    OFFSET 0
) AS o
WHERE
    f.status = 'approved' AND f.held_because IS NULL
    AND NOT EXISTS (
        SELECT
        FROM rail_stops AS s
        WHERE s.account = f.account AND s.livemode = f.livemode AND s.rail = o.rail AND s.stopped_account = ''
        OFFSET 0
    )
ORDER BY f.built_ms, f.id;

-- name: files_not_sent
-- The files of all platforms that wait for their approval or to be sent.
SELECT {file_columns}
FROM ach_files
WHERE status IN ('built', 'approved')
ORDER BY built_ms, id;

-- name: files_unanswered
-- The files of all platforms that were sent and that the bank has not answered.
SELECT {file_columns}
FROM ach_files
WHERE status = 'sent'
ORDER BY sent_ms, id;

-- name: files_without_money
-- The files of all platforms that have prenotes only, and that were sent and have not come to their end.
SELECT {file_columns}
FROM ach_files
WHERE status IN ('sent', 'acknowledged') AND total_debit = 0 AND total_credit = 0
ORDER BY sent_ms, id;

-- name: files_standing_at
-- An originator's files that stand at a status, held until the transaction ends.
SELECT {file_columns}
FROM ach_files
WHERE account = $1 AND livemode = $2 AND originator = $3 AND status = $4
ORDER BY id
FOR UPDATE;

-- name: release_held_files
-- Let files go that were held for a reason which begins so.
UPDATE ach_files
SET held_because = NULL
WHERE
    account = $1 AND livemode = $2 AND originator = $3 AND status IN ('built', 'approved')
    AND starts_with(held_because, $4)
RETURNING id;

-- name: find_sent_file
-- The file that a header of the bank's acknowledgement names.
SELECT {file_columns}
FROM ach_files
WHERE account = $1 AND livemode = $2 AND originator = $3 AND file_date = $4 AND file_time = $5
    AND modifier BETWEEN $6 AND $6 AND status <> 'voided'
ORDER BY modifier
FOR UPDATE;

-- name: list_batches
-- The batches of a file.
SELECT
    number, sec_code, effective_date, entry_count, total_debit, total_credit, status, reject_reason, settled_by,
    description, company_name, company_id
FROM ach_batches
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
ORDER BY file, number;

-- name: find_batches_by_number
-- The batches of an originator that have a number, newest file first; a number is used again after years.
SELECT
    b.file, b.number, b.sec_code, b.total_debit, b.total_credit, b.effective_date, b.status, b.settled_by, b.description,
    b.company_name, b.company_id
FROM ach_batches AS b
CROSS JOIN LATERAL (
    SELECT
    FROM ach_files
    WHERE
        account = b.account AND livemode = b.livemode AND id BETWEEN b.file AND b.file AND originator || '' = $4
        AND status <> 'voided'
    ORDER BY id
) AS f
WHERE b.account = $1 AND b.livemode = $2 AND b.number BETWEEN $3 AND $3
ORDER BY b.number DESC, b.file DESC;

-- name: find_batches_by_numbers
-- The batches of an originator (4) that have some numbers, of each number newest file first.
SELECT b.*
FROM unnest($3::bigint[]) AS n (number)
CROSS JOIN LATERAL (
    SELECT
        file, number, sec_code, total_debit, total_credit, effective_date, status, settled_by, description,
        company_name, company_id
    FROM ach_batches
    WHERE account = $1 AND livemode = $2 AND number BETWEEN n.number AND n.number
    ORDER BY number DESC, file DESC
) AS b
CROSS JOIN LATERAL (
    SELECT
    FROM ach_files
    WHERE
        account = $1 AND livemode = $2 AND id BETWEEN b.file AND b.file AND originator || '' = $4
        AND status <> 'voided'
    ORDER BY id
) AS f;

-- name: set_batch_status
-- Write where a batch stands.
UPDATE ach_batches
SET status = $5, settled_by = coalesce($7, settled_by),
    reject_reason = CASE WHEN $5 = 'rejected' THEN coalesce($6, reject_reason) ELSE $6 END
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_batches
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND number = $4
    ORDER BY file
));

-- name: reopen_batch
-- Write that a line (6) has not booked a batch after all.
UPDATE ach_batches
SET status = $5, settled_by = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_batches
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND number = $4 AND settled_by = $6
    ORDER BY file
));

-- name: insert_bank_file
-- Store what came from an originator's bank, once for each content, and who has brought it by hand.
INSERT INTO bank_files (
    account, livemode, sha256, id, originator, kind, name, status, byte_count, sealed, findings, received_ms, imported_by,
    one_person
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $11, $8, $9, '[]', $10, $12, $13)
ON CONFLICT ON CONSTRAINT bank_files_pk DO NOTHING;

-- name: find_bank_file
-- What came from an originator's bank, by its content; held until the transaction ends.
SELECT {bank_file_columns}
FROM bank_files
WHERE account = $1 AND livemode = $2 AND sha256 BETWEEN $3 AND $3 AND originator = $4
ORDER BY sha256, originator
FOR UPDATE;

-- name: lock_bank_file
-- What came from an originator's bank, by its id; held until the transaction ends.
SELECT {bank_file_columns}
FROM bank_files
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: deliver_bank_file
-- Write that the bank's own channel has brought what somebody had imported: nobody has to approve it any more.
UPDATE bank_files
SET delivered_ms = $4, status = CASE WHEN status IN ('awaiting_approval', 'rejected') THEN 'received' ELSE status END
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM bank_files WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id
));

-- name: approve_bank_file
-- Write who has approved which bytes, by which mapping; a worker applies them.
UPDATE bank_files
SET
    status = 'received', approved_by = $4, approved_ms = $5, approved_sha256 = sha256, approved_mapping = $6,
    one_person = $7
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM bank_files WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id
));

-- name: void_bank_file_approval
-- Have a file wait for another approval.
UPDATE bank_files
SET
    status = 'awaiting_approval', approved_by = NULL, approved_ms = NULL, approved_sha256 = NULL,
    approved_mapping = NULL, one_person = false
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM bank_files WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id
));

-- name: reject_bank_file
-- Write who has rejected an imported statement, and why.
UPDATE bank_files
SET status = 'rejected', rejected_by = $4, rejected_ms = $5, reject_reason = $6
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM bank_files WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id
));

-- name: find_bank_bytes
-- The bytes of what came from the bank, as they are sealed.
SELECT name, sha256, sealed
FROM bank_files
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id;

-- name: bank_files_to_apply
-- What came from banks and was not applied yet, oldest first.
SELECT account, livemode, sha256, id, originator, kind, name, status, sealed, received_ms
FROM bank_files
WHERE status = 'received'
ORDER BY received_ms, id;

-- name: take_bank_file
-- What came from an originator's bank, by its content; held until the transaction ends. Nothing where somebody else
-- holds it, who applies it.
SELECT {bank_file_columns}
FROM bank_files
WHERE account = $1 AND livemode = $2 AND sha256 BETWEEN $3 AND $3 AND originator = $4
ORDER BY sha256, originator
FOR UPDATE SKIP LOCKED;

-- name: read_applying
-- What is left to do of a file that is applied in pieces.
SELECT applying::text
FROM bank_files
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id;

-- name: note_applying
-- Write how far a file is applied that is applied in pieces, and what is left to do.
UPDATE bank_files
SET kind = $4, applying_to = $5, applying = $6::jsonb, line_count = $7, lines_applied = $8
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM bank_files WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id
));

-- name: finish_bank_file
-- Write what became of a file from the bank.
UPDATE bank_files
SET
    status = $5, kind = $6, findings = $7::jsonb, applied_ms = $8, applying_to = NULL, applying = NULL,
    line_count = NULL, lines_applied = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM bank_files
    WHERE account = $1 AND livemode = $2 AND sha256 BETWEEN $3 AND $3 AND originator = $4
    ORDER BY sha256, originator
));

-- name: receive_held_csv_again
-- Have CSV files of an originator (3) applied again that are held, whose bytes are kept, and whose break is open. The
-- table has those wait for an approval that somebody has imported.
UPDATE bank_files AS t
SET status = 'received', applied_ms = NULL
FROM (
    SELECT f.place
    FROM (
        SELECT ctid AS place, id, findings, sealed IS NOT NULL AS is_kept
        FROM bank_files
        WHERE account = $1 AND livemode = $2 AND originator = $3 AND status = 'held'
        ORDER BY received_ms, id
        FOR UPDATE
    ) AS f
    CROSS JOIN LATERAL (
        SELECT resolved_ms
        FROM breaks
        WHERE account = $1 AND livemode = $2 AND kind = 'held_file' AND cause BETWEEN f.id AND f.id
        ORDER BY cause
    ) AS b
    WHERE f.is_kept AND b.resolved_ms IS NULL AND jsonb_path_exists(f.findings, '$[*] ? (@.code starts with "csv_")')
) AS h
WHERE t.ctid = h.place
RETURNING t.id;

-- name: known_files
-- Which of the named files the database has.
SELECT f.id
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT id FROM ach_files WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id ORDER BY id
) AS f;

-- name: fetch_files
-- Files by id.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {file_columns}
    FROM ach_files
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS f;

-- name: page_files
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT {file_columns}
    FROM ach_files
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND ($7::text IS NULL OR status = $7)
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {file_columns}
    FROM ach_files
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND ($7::text IS NULL OR status = $7)
    ORDER BY id
    LIMIT $6
);

-- name: fetch_bank_files
-- What came from the bank, by id.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {bank_file_columns}
    FROM bank_files
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS f;

-- name: page_bank_files
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT {bank_file_columns}
    FROM bank_files
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {bank_file_columns}
    FROM bank_files
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id
    LIMIT $6
);

-- name: page_bank_files_by_status
-- The same of those that stand somewhere (7).
(
    SELECT {bank_file_columns}
    FROM bank_files
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND status BETWEEN $7 AND $7 AND id > $3 AND id < $4
    ORDER BY account DESC, livemode DESC, status DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {bank_file_columns}
    FROM bank_files
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND status BETWEEN $7 AND $7 AND id > $3 AND id < $4
    ORDER BY account, livemode, status, id
    LIMIT $6
);

-- name: count_held_files
-- How many of a platform's files are held though they could be sent.
SELECT count(*)
FROM ach_files
WHERE account = $1 AND livemode = $2 AND held_because IS NOT NULL AND status IN ('built', 'approved');

-- name: outstanding_files
-- The files of all platforms that wait in real time to be approved, to be sent or to be answered: how many, of how many
-- since when, and how many of them are held; so many of each side are looked at.
SELECT o.status, count(*) AS files, min(o.since_ms) AS since_ms, count(o.held_because) AS held
FROM (
    (
        SELECT status, test_clock, held_because, coalesce(approved_ms, built_ms) AS since_ms
        FROM ach_files
        WHERE status IN ('built', 'approved')
        ORDER BY built_ms, id
        LIMIT $1
    )
    UNION ALL
    (
        SELECT status, test_clock, held_because, sent_ms
        FROM ach_files
        WHERE status = 'sent'
        ORDER BY sent_ms, id
        LIMIT $1
    )
) AS o
WHERE o.test_clock IS NULL
GROUP BY o.status;

-- name: unapproved_bank_files
-- How many statements that people of a platform have imported wait for an approval, counted up to a number, and since when
-- the first does.
SELECT count(*) AS files, min(received_ms) AS since_ms
FROM (
    SELECT received_ms
    FROM bank_files
    WHERE account = $1 AND livemode = $2 AND status BETWEEN 'awaiting_approval' AND 'awaiting_approval'
    ORDER BY account, livemode, status, id
    LIMIT $3
) AS waiting;

-- name: waiting_bank_files
-- How many files from banks were received and not applied, counted up to a number, and since when the first waits.
SELECT count(*) AS files, min(received_ms) AS since_ms
FROM (SELECT received_ms FROM bank_files WHERE status = 'received' ORDER BY received_ms, id LIMIT $1) AS waiting;
