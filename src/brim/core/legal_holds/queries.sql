-- name: keep_holds_out
-- Let no hold be placed until the transaction ends; any number may do that at once. Statements after this one see every
-- hold that was placed before.
LOCK TABLE legal_holds IN ROW SHARE MODE;

-- name: await_pruning
-- Wait for everybody who keeps holds out, and let nobody begin until the transaction ends.
LOCK TABLE legal_holds IN EXCLUSIVE MODE;

-- name: account_exists
-- Whether there is an account of that id, a deleted one too: its books stay.
SELECT EXISTS (SELECT FROM accounts WHERE account = $1);

-- name: insert_hold
-- One new hold.
INSERT INTO legal_holds (id, kind, account, reason, reference, placed_ms, placed_by, platform)
VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT platform FROM accounts WHERE account = $3));

-- name: lift_hold
-- End a hold that is in force; the row when there was one.
UPDATE legal_holds AS h
SET lifted_ms = $2, lifted_by = $3
FROM (
    SELECT ctid AS place, lifted_ms
    FROM legal_holds
    WHERE id BETWEEN $1 AND $1
    ORDER BY id
    FOR UPDATE
) AS found
WHERE h.ctid = found.place AND found.lifted_ms IS NULL  -- here: inside, the index of those in force would do, too
RETURNING h.id, h.kind, h.account, h.reason, h.reference, h.placed_ms, h.placed_by, h.lifted_ms, h.lifted_by;

-- name: find_hold
-- One hold, lifted or not.
SELECT id, kind, account, reason, reference, placed_ms, placed_by, lifted_ms, lifted_by
FROM legal_holds
WHERE id = $1;

-- name: list_holds
-- A page of all holds; one of the two branches runs.
(
    SELECT id, kind, account, reason, reference, placed_ms, placed_by, lifted_ms, lifted_by
    FROM legal_holds
    WHERE $3 AND id > $1 AND id < $2
    ORDER BY id DESC
    LIMIT $4
)
UNION ALL
(
    SELECT id, kind, account, reason, reference, placed_ms, placed_by, lifted_ms, lifted_by
    FROM legal_holds
    WHERE NOT $3 AND id > $1 AND id < $2
    ORDER BY id
    LIMIT $4
);

-- name: hold_over
-- A hold in force over an account, '' for the installation alone; the widest first.
SELECT h.id
FROM unnest(ARRAY['', (SELECT platform FROM accounts WHERE account = $1), $1]) WITH ORDINALITY AS w (account, place)
CROSS JOIN LATERAL (
    SELECT id
    FROM legal_holds
    WHERE lifted_ms IS NULL AND account = w.account AND (w.place <> 2 OR kind = 'platform')
    LIMIT 1
) AS h
LIMIT 1;
