-- name: add_return_counts
-- Count debits and returns by owner and day; rows arrive sorted, so that two who count wait in one order.
INSERT INTO return_counts AS c (
    account, livemode, originator, owner, day, debits, unauthorized, administrative, returned
)
SELECT $1, $2, $3, n.owner, n.day, n.debits, n.unauthorized, n.administrative, n.returned
FROM unnest($4::text[], $5::date[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[]) AS n (
    owner, day, debits, unauthorized, administrative, returned
)
ON CONFLICT ON CONSTRAINT return_counts_pk DO UPDATE SET
    debits = c.debits + excluded.debits,
    unauthorized = c.unauthorized + excluded.unauthorized,
    administrative = c.administrative + excluded.administrative,
    returned = c.returned + excluded.returned;

-- name: sum_return_counts
-- What owners have sent and got back in the sixty days that end with a day, or with the newest one that was counted.
SELECT w.owner, s.debits, s.unauthorized, s.administrative, s.returned
FROM unnest($4::text[]) AS w (owner)
CROSS JOIN LATERAL (
    SELECT greatest($5::date, (
        SELECT day
        FROM return_counts
        WHERE account = $1 AND livemode = $2 AND originator = $3 AND owner = w.owner
        ORDER BY account DESC, livemode DESC, originator DESC, owner DESC, day DESC
        LIMIT 1
    )) - 60 AS before
) AS newest
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(d.debits), 0)::bigint AS debits, coalesce(sum(d.unauthorized), 0)::bigint AS unauthorized,
        coalesce(sum(d.administrative), 0)::bigint AS administrative, coalesce(sum(d.returned), 0)::bigint AS returned
    FROM (
        SELECT debits, unauthorized, administrative, returned
        FROM return_counts
        WHERE account = $1 AND livemode = $2 AND originator = $3 AND owner = w.owner AND day > newest.before
        ORDER BY account, livemode, originator, owner, day
    ) AS d
) AS s;

-- name: list_counted_owners
-- Whose rates may change by the passing of days alone, a few at a time: who got something back in the last days, after a
-- place in the order.
SELECT c.account, c.livemode, c.originator, c.owner
FROM return_counts AS c
WHERE (c.account, c.livemode, c.originator, c.owner) > ($1, $2, $3, $4) AND c.day > $5 AND c.returned > 0
GROUP BY c.account, c.livemode, c.originator, c.owner
ORDER BY c.account, c.livemode, c.originator, c.owner
LIMIT $6;

-- name: list_return_guards
-- The rates of owners that are near their limits or have reached them.
SELECT g.owner, g.kind, g.level, g.debits, g.returns, g.since_ms
FROM unnest($4::text[]) AS w (owner)
CROSS JOIN LATERAL (
    SELECT owner, kind, level, debits, returns, since_ms
    FROM return_guards
    WHERE account = $1 AND livemode = $2 AND originator = $3 AND owner = w.owner
    ORDER BY kind
) AS g;

-- name: list_originator_guards
-- All rates of an originator that are near their limits or have reached them, the first accounts of them.
SELECT owner, kind, level, debits, returns, since_ms
FROM return_guards
WHERE account = $1 AND livemode = $2 AND originator = $3
ORDER BY owner, kind
LIMIT $4;

-- name: write_return_guards
-- Write where rates stand that are near their limits or have reached them.
INSERT INTO return_guards AS g (account, livemode, originator, owner, kind, level, debits, returns, since_ms)
SELECT $1, $2, $3, n.owner, n.kind, n.level, n.debits, n.returns, n.since_ms
FROM unnest($4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[]) AS n (
    owner, kind, level, debits, returns, since_ms
)
ON CONFLICT ON CONSTRAINT return_guards_pk DO UPDATE SET
    level = excluded.level, debits = excluded.debits, returns = excluded.returns, since_ms = excluded.since_ms;

-- name: delete_return_guards
-- Forget rates that are far from their limits again.
DELETE FROM return_guards
WHERE ctid = ANY (ARRAY(
    SELECT g.row_id
    FROM unnest($4::text[], $5::text[]) AS n (owner, kind)
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id
        FROM return_guards
        WHERE account = $1 AND livemode = $2 AND originator = $3 AND owner = n.owner AND kind = n.kind
        OFFSET 0
    ) AS g
));

-- name: count_return_guards
-- How many rates stand at each level, of all platforms; normally there is none.
SELECT level, count(*) AS count FROM return_guards GROUP BY level;

-- name: lock_override
-- An override as it stands, held until the transaction ends.
SELECT owner, status, reason, until_ms, asked_by, asked_ms, approved_by, approved_ms, one_person
FROM return_overrides
WHERE account = $1 AND livemode = $2 AND originator = $3 AND owner = $4 AND status = $5
FOR UPDATE;

-- name: write_override
-- Write an override, in the place of the one that stands there.
INSERT INTO return_overrides (
    account, livemode, originator, owner, status, reason, until_ms, asked_by, asked_ms, approved_by, approved_ms,
    one_person
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT ON CONSTRAINT return_overrides_pk DO UPDATE SET
    reason = excluded.reason, until_ms = excluded.until_ms, asked_by = excluded.asked_by,
    asked_ms = excluded.asked_ms, approved_by = excluded.approved_by, approved_ms = excluded.approved_ms,
    one_person = excluded.one_person;

-- name: delete_override
-- End an override.
DELETE FROM return_overrides
WHERE account = $1 AND livemode = $2 AND originator = $3 AND owner = $4 AND status = $5;

-- name: list_overrides
-- The overrides of an originator: what is asked for, and what is approved, the first accounts of them.
SELECT owner, status, reason, until_ms, asked_by, asked_ms, approved_by, approved_ms, one_person
FROM return_overrides
WHERE account = $1 AND livemode = $2 AND originator = $3
ORDER BY owner, status
LIMIT $4;
