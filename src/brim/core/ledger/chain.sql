-- Sealing and walking the hash chain. What is looked up row by row stands in a subquery with ORDER BY or OFFSET 0, which
-- the planner cannot turn into a join; where two indexes begin with the account, ORDER BY names the one (docs/sql-statements.md).

-- name: claim_unsealed
-- Take entries out of the queue, in each account's order of ids, and return them as they are sealed; what another
-- worker has taken is passed over. One that is gone, or sealed already, stays where verification finds it, and so do
-- those whose chain goes on beyond its head: somebody moved that back, and new seals would only fail or cover it up. The
-- rows are held while the statement runs, so where they lie (ctid) names them, and the DELETE has no join to get wrong.
WITH claimed AS (
    DELETE FROM unsealed_entries
    WHERE ctid = ANY (ARRAY(
        SELECT q.ctid
        FROM unsealed_entries AS q
        CROSS JOIN LATERAL (
            SELECT FROM journal_entries
            WHERE account = q.account AND livemode = q.livemode AND id BETWEEN q.entry AND q.entry
            ORDER BY id
        ) AS t
        WHERE NOT EXISTS (
            SELECT FROM entry_seals AS s
            WHERE s.account = q.account AND s.livemode = q.livemode AND s.entry BETWEEN q.entry AND q.entry
            ORDER BY s.entry
            OFFSET 0
        )
        AND coalesce((
            SELECT s.position FROM entry_seals AS s
            WHERE s.account = q.account AND s.livemode = q.livemode
            ORDER BY s.position DESC
            LIMIT 1
        ), 0) <= coalesce((
            SELECT h.position FROM chain_heads AS h
            WHERE h.account = q.account AND h.livemode = q.livemode
        ), 0)
        ORDER BY q.account, q.livemode, q.entry
        LIMIT $1
        FOR UPDATE OF q SKIP LOCKED
    ))
    RETURNING account, livemode, entry
)
SELECT t.*
FROM claimed AS c
CROSS JOIN LATERAL (
    SELECT
        account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency, created,
        CASE WHEN line_count > 1 THEN further_lines(account, livemode, id) END AS further_lines
    FROM journal_entries
    WHERE account = c.account AND livemode = c.livemode AND id BETWEEN c.entry AND c.entry
    ORDER BY id
) AS t
ORDER BY t.account, t.livemode, t.id;

-- name: open_heads
-- Begin the chains of accounts who have none, in sorted order, so that their heads can be held.
INSERT INTO chain_heads (account, livemode, position, hash)
SELECT account, livemode, 0, $3
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
ON CONFLICT ON CONSTRAINT chain_heads_pk DO NOTHING;

-- name: lock_heads
-- The heads of some accounts, held in the order of the arrays until the transaction ends.
SELECT h.account, h.livemode, h.position, h.hash
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
CROSS JOIN LATERAL (
    SELECT account, livemode, position, hash
    FROM chain_heads
    WHERE account = w.account AND livemode = w.livemode
    FOR UPDATE
) AS h;

-- name: hold_free_heads
-- The heads of some accounts that nobody else holds, held until the transaction ends. Left out are those that do not
-- stand at the end of their chain, as claim_unsealed leaves their entries.
SELECT h.account, h.livemode, h.position, h.hash
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
CROSS JOIN LATERAL (
    SELECT account, livemode, position, hash
    FROM chain_heads
    WHERE account = w.account AND livemode = w.livemode
    FOR UPDATE SKIP LOCKED
) AS h
WHERE h.position >= coalesce((
    SELECT s.position FROM entry_seals AS s
    WHERE s.account = h.account AND s.livemode = h.livemode
    ORDER BY s.position DESC
    LIMIT 1
), 0);

-- name: write_seals
-- Add seals (1-6) and move heads that the transaction holds to their chains' new ends (7-10).
WITH sealed AS (
    INSERT INTO entry_seals (account, livemode, position, entry, hash, format)
    SELECT *
    FROM unnest($1::text[], $2::boolean[], $3::bigint[], $4::text[], $5::bytea[], $6::smallint[])
)
INSERT INTO chain_heads (account, livemode, position, hash)
SELECT *
FROM unnest($7::text[], $8::boolean[], $9::bigint[], $10::bytea[])
ON CONFLICT ON CONSTRAINT chain_heads_pk DO UPDATE SET position = excluded.position, hash = excluded.hash;

-- name: walk_in_order
-- Pages are read in the order of an index, by one process that leaves the others to the service.
SET LOCAL max_parallel_workers_per_gather = 0;

-- name: estimate_rows
-- About how many rows a walk will read, from the planner's statistics.
SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint
FROM pg_class
WHERE oid IN ('entry_seals'::regclass, 'journal_entries'::regclass, 'unsealed_entries'::regclass);

-- name: read_links
-- The seals after a place in the chains, account after account, with the entries they name as these are now and the
-- heads of their chains. The columns of an entry stand first, in the order in which they are sealed.
SELECT
    s.account, s.livemode,
    t.id, t.source_type, t.source, t.step, t.debit_account, t.credit_account, t.amount, t.currency, t.created,
    t.further_lines, s.position, s.entry, s.hash, s.format, h.position AS head_position, h.hash AS head_hash
FROM entry_seals AS s
LEFT JOIN LATERAL (
    SELECT
        id, source_type, source, step, debit_account, credit_account, amount, currency, created,
        CASE WHEN line_count > 1 THEN further_lines(account, livemode, id) END AS further_lines
    FROM journal_entries
    WHERE account = s.account AND livemode = s.livemode AND id BETWEEN s.entry AND s.entry
    ORDER BY id
) AS t ON TRUE
LEFT JOIN LATERAL (
    SELECT position, hash
    FROM chain_heads
    WHERE account = s.account AND livemode = s.livemode
    OFFSET 0
) AS h ON TRUE
WHERE (s.account, s.livemode, s.position) > ($1, $2, $3)
ORDER BY s.account, s.livemode, s.position
LIMIT $4;

-- name: read_heads
-- The heads after an account's, and whether any seal belongs to each.
SELECT
    h.account, h.livemode, h.position, h.hash,
    EXISTS (
        SELECT FROM entry_seals AS s
        WHERE s.account = h.account AND s.livemode = h.livemode
        OFFSET 0
    ) AS has_seals
FROM chain_heads AS h
WHERE (h.account, h.livemode) > ($1, $2)
ORDER BY h.account, h.livemode
LIMIT $3;

-- name: read_queue
-- What waits after a place in the queue: whether the entry exists, and at which position it is sealed, if it is.
SELECT
    q.account, q.livemode, q.entry,
    EXISTS (
        SELECT FROM journal_entries AS t
        WHERE t.account = q.account AND t.livemode = q.livemode AND t.id BETWEEN q.entry AND q.entry
        ORDER BY t.id
        OFFSET 0
    ) AS is_there,
    (
        SELECT s.position FROM entry_seals AS s
        WHERE s.account = q.account AND s.livemode = q.livemode AND s.entry BETWEEN q.entry AND q.entry
        ORDER BY s.entry
    ) AS sealed_at
FROM unsealed_entries AS q
WHERE (q.account, q.livemode, q.entry) > ($1, $2, $3)
ORDER BY q.account, q.livemode, q.entry
LIMIT $4;

-- name: unsealable_chains
-- Chains with entries in the queue that no worker takes out of it, by what claim_unsealed asks for: the first entry of
-- each that waits, whether it exists and where it is sealed, and where the chain ends and its head stands. What waits
-- behind entries that will be sealed is first once they are.
WITH RECURSIVE firsts AS (
    {first entry of each account in unsealed_entries, as firsts}
)
SELECT account, livemode, entry, is_there, sealed_at, chain_end, head
FROM firsts AS f
CROSS JOIN LATERAL (
    SELECT
        EXISTS (
            SELECT FROM journal_entries AS t
            WHERE t.account = f.account AND t.livemode = f.livemode AND t.id BETWEEN f.entry AND f.entry
            ORDER BY t.id
            OFFSET 0
        ) AS is_there,
        (
            SELECT s.position FROM entry_seals AS s
            WHERE s.account = f.account AND s.livemode = f.livemode AND s.entry BETWEEN f.entry AND f.entry
            ORDER BY s.entry
        ) AS sealed_at,
        coalesce((
            SELECT s.position FROM entry_seals AS s
            WHERE s.account = f.account AND s.livemode = f.livemode
            ORDER BY s.position DESC
            LIMIT 1
        ), 0) AS chain_end,
        coalesce((
            SELECT h.position FROM chain_heads AS h WHERE h.account = f.account AND h.livemode = f.livemode
        ), 0) AS head
    OFFSET 0
) AS seen
WHERE NOT is_there OR sealed_at IS NOT NULL OR chain_end > head
LIMIT $1;

-- name: stray_entries
-- The entries of a range, which comes as those of verification.sql do, that are neither sealed nor wait for it.
SELECT
    account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency, created,
    CASE WHEN line_count > 1 THEN further_lines(account, livemode, id) END AS further_lines
FROM (
    (
        SELECT *
        FROM journal_entries
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, id
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT *
        FROM journal_entries
        WHERE account = s.account AND livemode = s.livemode
            AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
        ORDER BY id
    ) AS r
) AS t
WHERE
    NOT EXISTS (
        SELECT FROM entry_seals AS s
        WHERE s.account = t.account AND s.livemode = t.livemode AND s.entry BETWEEN t.id AND t.id
        ORDER BY s.entry
        OFFSET 0
    )
    AND NOT EXISTS (
        SELECT FROM unsealed_entries AS q
        WHERE q.account = t.account AND q.livemode = t.livemode AND q.entry = t.id
        OFFSET 0
    )
LIMIT $7;

-- name: read_entries_with_seals
-- An account's entries after an id, and where and with which hash each is sealed; only asked when a chain is broken.
SELECT
    t.account, t.livemode, t.id, t.source_type, t.source, t.step, t.debit_account, t.credit_account, t.amount,
    t.currency, t.created,
    CASE WHEN t.line_count > 1 THEN further_lines(t.account, t.livemode, t.id) END AS further_lines,
    s.position, s.hash
FROM journal_entries AS t
LEFT JOIN LATERAL (
    SELECT position, hash
    FROM entry_seals
    WHERE account = t.account AND livemode = t.livemode AND entry BETWEEN t.id AND t.id
    ORDER BY entry
) AS s ON TRUE
WHERE t.account = $1 AND t.livemode = $2 AND t.id > $3
ORDER BY t.id
LIMIT $4;

-- name: count_unsealed
-- How many entries wait for their seals, counted up to a number.
SELECT count(*) FROM (SELECT FROM unsealed_entries LIMIT $1) AS counted;

-- name: oldest_unsealed
-- The entry of each chain that waits longest for its seal, of up to so many chains; each is found by one step along the
-- index, whatever waits behind it.
WITH RECURSIVE firsts AS (
    {first entry of each account in unsealed_entries, as firsts}
)
SELECT entry FROM firsts LIMIT $1;
