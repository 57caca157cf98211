-- Every statement reads one range of a key, open at its low end and closed at its high one, and answers only what
-- is wrong there: the account, the row, what was expected and what was found. Both sides of a comparison are cut to
-- the range before they are joined, so a statement's work is bounded by the range whatever the tables' sizes.
-- A range comes as the accounts that lie between two (1-2), whole, and parts of accounts (3-6): before version 18 a scan
-- that is bounded by (account, livemode, id) <= ... reads on to the end of the account.

-- name: prefer_whole_tables
-- For the statements that look for one row among all: read each table once and join by hashing.
SET LOCAL enable_seqscan = on;
SET LOCAL enable_sort = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_nestloop = off;

-- name: prefer_ranges_again
-- Back to reading ranges.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_sort = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_nestloop = on;

-- name: wrong_topups
-- Top-ups whose own columns contradict each other.
SELECT
    account, livemode, 'topups ' || id AS row_name,
    CASE WHEN status IN ('failed', 'reversed') THEN 'a failure_code' ELSE 'no failure_message' END AS expected,
    format('status %s, failure_code %s, failure_message %s', status, coalesce(failure_code, 'null'),
        coalesce(failure_message, 'null')) AS found
FROM (
    (
        SELECT account, livemode, id, status, failure_code, failure_message
        FROM topups
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, id
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, id, status, failure_code, failure_message
        FROM topups
        WHERE account = s.account AND livemode = s.livemode
            AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
        ORDER BY id
    ) AS r
) AS t
WHERE (status = 'failed' AND failure_code IS NULL)
    OR (status NOT IN ('failed', 'reversed') AND failure_message IS NOT NULL)
LIMIT $7;

-- name: wrong_transfers
-- Transfers that a status calls for and that are missing, different, or there without being called for.
-- Arrays: for each status and kind it calls for, the accounts.
WITH expected AS (
    SELECT
        t.account, t.livemode, t.id AS topup, r.kind, r.debit_account, r.credit_account, t.amount, t.currency
    FROM (
        (
            SELECT account, livemode, id, status, amount, currency
            FROM topups
            WHERE account > $1 AND account < $2
            ORDER BY account, livemode, id
        )
        UNION ALL
        SELECT r.*
        FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
        CROSS JOIN LATERAL (
            SELECT account, livemode, id, status, amount, currency
            FROM topups
            WHERE account = s.account AND livemode = s.livemode
                AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
            ORDER BY id
        ) AS r
    ) AS t
    JOIN unnest($8::text[], $9::text[], $10::text[], $11::text[]) AS r (status, kind, debit_account, credit_account)
        ON r.status = t.status
),
found AS (
    SELECT account, livemode, topup, kind, id, debit_account, credit_account, amount, currency
    FROM (
        (
            SELECT account, livemode, topup, kind, id, debit_account, credit_account, amount, currency
            FROM transfers
            WHERE account > $1 AND account < $2
            ORDER BY account, livemode, topup
        )
        UNION ALL
        SELECT r.*
        FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
        CROSS JOIN LATERAL (
            SELECT account, livemode, topup, kind, id, debit_account, credit_account, amount, currency
            FROM transfers
            WHERE account = s.account AND livemode = s.livemode
                AND topup >= coalesce(s.after, '') AND topup IS DISTINCT FROM s.after AND topup <= s.until
            ORDER BY topup
        ) AS r
    ) AS t
)
SELECT
    account, livemode, format('transfers %s of %s (%s)', coalesce(f.id, '-'), topup, kind) AS row_name,
    e.debit_account || ' -> ' || e.credit_account || ' ' || e.amount || ' ' || e.currency AS expected,
    f.debit_account || ' -> ' || f.credit_account || ' ' || f.amount || ' ' || f.currency AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, topup, kind)
WHERE (e.debit_account, e.credit_account, e.amount, e.currency)
    IS DISTINCT FROM (f.debit_account, f.credit_account, f.amount, f.currency)
LIMIT $7;

-- name: wrong_balance_transactions
-- Lines that a status calls for and that are missing, different, not the one the top-up points to, or there
-- without being called for. Arrays: for each status and type it calls for, the sign, and whether the top-up's
-- balance_transaction names that line.
WITH expected AS (
    SELECT
        t.account, t.livemode, t.id AS source, r.type, t.amount * r.sign AS amount, t.currency,
        CASE WHEN r.is_named THEN t.balance_transaction END AS named
    FROM (
        (
            SELECT account, livemode, id, status, amount, currency, balance_transaction
            FROM topups
            WHERE account > $1 AND account < $2
            ORDER BY account, livemode, id
        )
        UNION ALL
        SELECT r.*
        FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
        CROSS JOIN LATERAL (
            SELECT account, livemode, id, status, amount, currency, balance_transaction
            FROM topups
            WHERE account = s.account AND livemode = s.livemode
                AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
            ORDER BY id
        ) AS r
    ) AS t
    JOIN unnest($8::text[], $9::text[], $10::integer[], $11::boolean[]) AS r (status, type, sign, is_named)
        ON r.status = t.status
),
found AS (
    SELECT account, livemode, source, type, id, amount, currency
    FROM (
        (
            SELECT account, livemode, source, type, id, amount, currency
            FROM balance_transactions
            WHERE account > $1 AND account < $2
            ORDER BY account, livemode, source
        )
        UNION ALL
        SELECT r.*
        FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
        CROSS JOIN LATERAL (
            SELECT account, livemode, source, type, id, amount, currency
            FROM balance_transactions
            WHERE account = s.account AND livemode = s.livemode
                AND source >= coalesce(s.after, '') AND source IS DISTINCT FROM s.after AND source <= s.until
            ORDER BY source
        ) AS r
    ) AS t
)
SELECT
    account, livemode, format('balance_transactions %s of %s (%s)', coalesce(f.id, '-'), source, type) AS row_name,
    concat_ws(' as ', e.amount || ' ' || e.currency, e.named) AS expected,
    concat_ws(' as ', f.amount || ' ' || f.currency, CASE WHEN e.named IS NOT NULL THEN f.id END) AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, type)
WHERE (e.amount, e.currency) IS DISTINCT FROM (f.amount, f.currency) OR e.named <> f.id
LIMIT $7;

-- name: booked_sums
-- What a range's transfers moved into and out of an account of the ledger, by account and currency.
SELECT
    account, livemode, currency,
    sum(CASE $7::text WHEN credit_account THEN amount WHEN debit_account THEN -amount ELSE 0 END) AS total
FROM (
    (
        SELECT account, livemode, currency, amount, debit_account, credit_account
        FROM transfers
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, topup
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, currency, amount, debit_account, credit_account
        FROM transfers
        WHERE account = s.account AND livemode = s.livemode
            AND topup >= coalesce(s.after, '') AND topup IS DISTINCT FROM s.after AND topup <= s.until
        ORDER BY topup
    ) AS r
) AS t
GROUP BY account, livemode, currency;

-- name: stated_sums
-- What a range's balance transactions add up to, by account and currency.
SELECT account, livemode, currency, sum(net) AS total
FROM (
    (
        SELECT account, livemode, currency, net
        FROM balance_transactions
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, source
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, currency, net
        FROM balance_transactions
        WHERE account = s.account AND livemode = s.livemode
            AND source >= coalesce(s.after, '') AND source IS DISTINCT FROM s.after AND source <= s.until
        ORDER BY source
    ) AS r
) AS t
GROUP BY account, livemode, currency;

-- name: kept_balances
-- The balances of the accounts from one (included) to another (not included).
SELECT account, livemode, currency, available
FROM balances
WHERE (account, livemode) >= ($1, $2) AND (account, livemode) < ($3, $4);

-- name: expected_events
-- How many events of each type a range's top-ups call for, and a sum over hashes of the top-ups' names: see
-- announced_events. Arrays: for each status, each type it calls for.
SELECT
    r.type, count(*) AS events,
    sum(hashtextextended(t.account, hashtextextended(t.id, t.livemode::integer))) AS checksum
FROM (
    (
        SELECT account, livemode, id, status
        FROM topups
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, id
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, id, status
        FROM topups
        WHERE account = s.account AND livemode = s.livemode
            AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
        ORDER BY id
    ) AS r
) AS t
JOIN unnest($7::text[], $8::text[]) AS r (status, type) ON r.status = t.status
GROUP BY r.type;

-- name: announced_events
-- How many events of each of a top-up's types a range holds, and the same sum over the names of what they are about.
SELECT
    type, count(*) AS events,
    sum(hashtextextended(account, hashtextextended(object_id, livemode::integer))) AS checksum
FROM (
    (
        SELECT account, livemode, type, object_id
        FROM events
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, id
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, type, object_id
        FROM events
        WHERE account = s.account AND livemode = s.livemode
            AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
        ORDER BY id
    ) AS r
) AS e
WHERE type LIKE 'topup.%'
GROUP BY type;

-- name: pruned_events
-- How many events of each type were forgotten, and the same sum over the names of what they were about.
SELECT type, sum(events)::bigint AS events, sum(checksum) AS checksum
FROM pruned_events
GROUP BY type;

-- name: wrong_events
-- Events of a top-up that does not exist, or that its status does not call for; only asked when sums differ.
-- Arrays: for each status, each type it calls for.
SELECT
    e.account, e.livemode, 'events ' || e.id AS row_name,
    format('a top-up %s whose status calls for %s', e.object_id, e.type) AS expected,
    coalesce('status ' || t.status, 'no such top-up') AS found
FROM (
    (
        SELECT account, livemode, id, type, object_id
        FROM events
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, id
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, id, type, object_id
        FROM events
        WHERE account = s.account AND livemode = s.livemode
            AND id >= coalesce(s.after, '') AND id IS DISTINCT FROM s.after AND id <= s.until
        ORDER BY id
    ) AS r
) AS e
LEFT JOIN LATERAL (
    SELECT status
    FROM topups
    WHERE account = e.account AND livemode = e.livemode AND id BETWEEN e.object_id AND e.object_id
    ORDER BY id  -- one look into the key for each event: objects may lie anywhere, so no range bounds them
) AS t ON TRUE
WHERE e.type LIKE 'topup.%'
    AND NOT EXISTS (
        SELECT FROM unnest($8::text[], $9::text[]) AS r (status, type)
        WHERE r.status = t.status AND r.type = e.type
    )
LIMIT $7;

-- name: missing_events
-- Top-ups without an event that their status calls for, of accounts of whom none of the type was forgotten: of others
-- nobody can tell which it was. Reads everything: only asked when sums differ.
SELECT
    t.account, t.livemode, format('events of %s', t.id) AS row_name, format('one %s', $2::text) AS expected,
    NULL AS found
FROM topups AS t
WHERE t.status = ANY ($3::text[])
    AND NOT EXISTS (
        SELECT FROM events AS e
        WHERE e.account = t.account AND e.livemode = t.livemode AND e.object_id = t.id AND e.type = $2
    )
    AND NOT EXISTS (
        SELECT FROM pruned_events AS p
        WHERE p.account = t.account AND p.livemode = t.livemode AND p.type = $2
    )
LIMIT $1;

-- name: differing_owners
-- Owners whose events of a type, those that were forgotten included, are not those that their top-ups call for. Reads
-- everything: only asked when sums differ and some were forgotten.
WITH called_for AS (
    SELECT
        account, livemode, count(*) AS events,
        sum(hashtextextended(account, hashtextextended(id, livemode::integer))) AS checksum
    FROM topups
    WHERE status = ANY ($3::text[])
    GROUP BY account, livemode
),
parts AS (
    SELECT
        account, livemode, count(*) AS events,
        sum(hashtextextended(account, hashtextextended(object_id, livemode::integer))) AS checksum
    FROM events
    WHERE type = $2
    GROUP BY account, livemode
    UNION ALL
    SELECT account, livemode, events, checksum
    FROM pruned_events
    WHERE type = $2
),
announced AS (
    SELECT account, livemode, sum(events) AS events, sum(checksum) AS checksum
    FROM parts
    GROUP BY account, livemode
)
SELECT
    account, livemode, format('events %s', $2::text) AS row_name,
    format('%s by the statuses of top-ups', coalesce(c.events, 0)) AS expected,
    format('%s, of which %s were forgotten', coalesce(a.events, 0), p.events) AS found
FROM called_for AS c
FULL JOIN announced AS a USING (account, livemode)
JOIN pruned_events AS p USING (account, livemode)
WHERE p.type = $2 AND (c.events, c.checksum) IS DISTINCT FROM (a.events, a.checksum)
LIMIT $1;

-- name: repeated_events
-- Top-ups with an event more than once. Reads everything: only asked when sums differ.
SELECT
    account, livemode, format('events of %s', object_id) AS row_name, format('one %s', $2::text) AS expected,
    string_agg(id, ', ' ORDER BY id) AS found
FROM events
WHERE type = $2
GROUP BY account, livemode, object_id
HAVING count(*) > 1
LIMIT $1;

-- name: wrong_idempotency_keys
-- Keys whose answer is an event that does not exist.
SELECT
    k.account, k.livemode, 'idempotency_keys ' || k.key AS row_name, 'event ' || k.event_id AS expected, NULL AS found
FROM (
    (
        SELECT account, livemode, key, event_id
        FROM idempotency_keys
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, key
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, key, event_id
        FROM idempotency_keys
        WHERE account = s.account AND livemode = s.livemode
            AND key >= coalesce(s.after, '') AND key IS DISTINCT FROM s.after AND key <= s.until
        ORDER BY key
    ) AS r
) AS k
WHERE k.event_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM events AS e
        WHERE e.account = k.account AND e.livemode = k.livemode AND e.id = k.event_id
        OFFSET 0
    )
LIMIT $7;
