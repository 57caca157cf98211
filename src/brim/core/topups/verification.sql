-- Every statement reads one range of a key, open at its low end and closed at its high one, and answers only what
-- is wrong there: the account, the row, what was expected and what was found. Both sides of a comparison are cut to
-- the range before they are joined, so a statement's work is bounded by the range whatever the tables' sizes.
-- `range of` is explained in core/verification/fragments.sql.

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
    {range of topups by id: account, livemode, id, status, failure_code, failure_message}
) AS t
WHERE (status = 'failed' AND failure_code IS NULL)
    OR (status NOT IN ('failed', 'reversed') AND failure_message IS NOT NULL)
LIMIT $7;

-- name: wrong_entries
-- Entries that a top-up's status (8-11: for each status and step it calls for, the accounts) or a confirmation of its
-- bank calls for and that are missing, different, or there without being called for. 12 to 14 are the accounts of what
-- is clearing, of fees and of banks; 15 and 16 the steps of a bank's credit and return; 18 to 20 steps that change the
-- balance beside the status, and their accounts.
WITH wanted AS MATERIALIZED (
    {range of topups by id: account, livemode, id, status, amount, currency}
),
confirmed AS (
    {range of bank_confirmations by topup: account, livemode, topup, step, bank_account, amount, currency}
),
expected AS (
    SELECT
        t.account, t.livemode, t.id AS source, r.step, 1 AS line, r.debit_account, r.credit_account, t.amount,
        t.currency
    FROM wanted AS t
    JOIN unnest($8::text[], $9::text[], $10::text[], $11::text[]) AS r (status, step, debit_account, credit_account)
        ON r.status = t.status
    UNION ALL
    SELECT c.account, c.livemode, c.topup, c.step, 1, $14::text || c.bank_account, $12::text, t.amount, t.currency
    FROM confirmed AS c
    LEFT JOIN wanted AS t ON t.account = c.account AND t.livemode = c.livemode AND t.id = c.topup
    WHERE split_part(c.step, ':', 1) = ANY ($15::text[])
    UNION ALL
    SELECT c.account, c.livemode, c.topup, c.step, 1, b.debit_account, b.credit_account, t.amount, t.currency
    FROM confirmed AS c
    JOIN unnest($18::text[], $19::text[], $20::text[]) AS b (step, debit_account, credit_account) ON b.step = c.step
    LEFT JOIN wanted AS t ON t.account = c.account AND t.livemode = c.livemode AND t.id = c.topup
    UNION ALL
    SELECT c.account, c.livemode, c.topup, c.step, 1, $12, $14 || c.bank_account, t.amount, t.currency
    FROM confirmed AS c
    LEFT JOIN wanted AS t ON t.account = c.account AND t.livemode = c.livemode AND t.id = c.topup
    WHERE split_part(c.step, ':', 1) = ANY ($16::text[])
    UNION ALL
    SELECT c.account, c.livemode, c.topup, c.step, 2, $13::text, $14 || c.bank_account, c.amount - t.amount, t.currency
    FROM confirmed AS c
    JOIN wanted AS t ON t.account = c.account AND t.livemode = c.livemode AND t.id = c.topup
    WHERE split_part(c.step, ':', 1) = ANY ($16) AND c.amount > t.amount
),
entries AS MATERIALIZED (
    {range of journal_entries by source:
        account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency,
        line_count}
),
lines AS (
    SELECT account, livemode, id, source_type, source, step, 1 AS line, debit_account, credit_account, amount, currency
    FROM entries
    UNION ALL
    SELECT
        e.account, e.livemode, e.id, e.source_type, e.source, e.step, l.line, l.debit_account, l.credit_account,
        l.amount, l.currency
    FROM entries AS e
    CROSS JOIN LATERAL (
        SELECT line, debit_account, credit_account, amount, currency
        FROM journal_entry_lines
        WHERE account = e.account AND livemode = e.livemode AND entry = e.id AND e.line_count > 1
        ORDER BY line
    ) AS l
)
SELECT
    account, livemode, format('journal_entries%s of %s (%s)', ' ' || f.id, source, step) AS row_name,
    e.debit_account || ' -> ' || e.credit_account || ' ' || e.amount || ' ' || e.currency AS expected,
    f.debit_account || ' -> ' || f.credit_account || ' ' || f.amount || ' ' || f.currency AS found
FROM expected AS e
FULL JOIN (SELECT * FROM lines WHERE source_type = $17) AS f USING (account, livemode, source, step, line)
WHERE (e.debit_account, e.credit_account, e.amount, e.currency)
    IS DISTINCT FROM (f.debit_account, f.credit_account, f.amount, f.currency)
LIMIT $7;

-- name: wrong_balance_transactions
-- Balance transactions that a status calls for and that are missing, different, not the one the top-up points to, or there
-- without being called for. Arrays: for each status and type it calls for, the sign, and whether the top-up's
-- balance_transaction names it. 12 are the types, and the steps, that change the balance beside the status, with their
-- signs (13).
WITH expected AS (
    SELECT
        t.account, t.livemode, t.id AS source, r.type, t.amount * r.sign AS amount, t.currency,
        CASE WHEN r.is_named THEN t.balance_transaction END AS named
    FROM (
        {range of topups by id: account, livemode, id, status, amount, currency, balance_transaction}
    ) AS t
    JOIN unnest($8::text[], $9::text[], $10::integer[], $11::boolean[]) AS r (status, type, sign, is_named)
        ON r.status = t.status
    UNION ALL
    SELECT c.account, c.livemode, c.topup, c.step, c.amount * b.sign, c.currency, NULL
    FROM (
        {range of bank_confirmations by topup: account, livemode, topup, step, amount, currency}
    ) AS c
    JOIN unnest($12::text[], $13::integer[]) AS b (step, sign) ON b.step = c.step
),
found AS (
    SELECT account, livemode, source, type, id, amount, currency
    FROM (
        {range of balance_transactions by source: account, livemode, source, type, id, amount, currency}
    ) AS t
    WHERE type = ANY ($9::text[] || $12::text[])
)
SELECT
    account, livemode, format('balance_transactions%s of %s (%s)', ' ' || f.id, source, type) AS row_name,
    concat_ws(' as ', e.amount || ' ' || e.currency, e.named) AS expected,
    concat_ws(' as ', f.amount || ' ' || f.currency, CASE WHEN e.named IS NOT NULL THEN f.id END) AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, type)
WHERE (e.amount, e.currency) IS DISTINCT FROM (f.amount, f.currency) OR e.named <> f.id
LIMIT $7;

-- name: wrong_confirmations
-- Confirmations of a bank (7: its steps) that match no top-up, or differ from it in amount or currency; a
-- return (8) may be larger, by its fee. Those of refunds (10) are checked with these.
SELECT
    c.account, c.livemode, format('bank_confirmations %s of %s', c.step, c.topup) AS row_name,
    coalesce(t.amount || ' ' || t.currency, 'a top-up') AS expected, c.amount || ' ' || c.currency AS found
FROM (
    {range of bank_confirmations by topup: account, livemode, topup, step, bank_account, amount, currency}
) AS c
LEFT JOIN LATERAL (
    SELECT amount, currency
    FROM topups
    WHERE account = c.account AND livemode = c.livemode AND id BETWEEN c.topup AND c.topup
    ORDER BY id
) AS t ON TRUE
WHERE c.step <> ALL ($10::text[]) AND (
    t.amount IS NULL OR c.currency <> t.currency OR c.amount < t.amount
    OR c.amount > t.amount AND split_part(c.step, ':', 1) <> $8
    OR split_part(c.step, ':', 1) <> ALL ($7::text[])
)
LIMIT $9;

-- name: clearing_topups
-- What of a range's top-ups, those of some rails (8), is posted between the bank and the balance: what their entries
-- leave on an account (7), oldest first, and since when. Entries are only read where the range has such top-ups.
WITH confirmed AS MATERIALIZED (
    SELECT account, livemode, id
    FROM (
        {range of topups by id: account, livemode, id, rail}
    ) AS t
    WHERE rail = ANY ($8::text[])
),
entries AS MATERIALIZED (
    SELECT *
    FROM (
        {range of journal_entries by source:
            account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency,
            line_count}
    ) AS e
    WHERE EXISTS (SELECT FROM confirmed)
),
lines AS (
    SELECT account, livemode, id, source_type, source, step, 1 AS line, debit_account, credit_account, amount, currency
    FROM entries
    UNION ALL
    SELECT
        e.account, e.livemode, e.id, e.source_type, e.source, e.step, l.line, l.debit_account, l.credit_account,
        l.amount, l.currency
    FROM entries AS e
    CROSS JOIN LATERAL (
        SELECT line, debit_account, credit_account, amount, currency
        FROM journal_entry_lines
        WHERE account = e.account AND livemode = e.livemode AND entry = e.id AND e.line_count > 1
        ORDER BY line
    ) AS l
),
clearing AS (
    SELECT
        account, livemode, source, currency,
        sum(CASE $7::text WHEN debit_account THEN amount WHEN credit_account THEN -amount ELSE 0 END)::bigint AS amount
    FROM lines
    WHERE source_type = $9
    GROUP BY account, livemode, source, currency
)
SELECT
    c.account, c.livemode, c.source AS topup, c.currency, c.amount,
    (
        SELECT min(e.created)
        FROM journal_entries AS e
        WHERE e.account = c.account AND e.livemode = c.livemode AND e.source = c.source
    ) AS since
FROM clearing AS c
JOIN confirmed AS t ON t.account = c.account AND t.livemode = c.livemode AND t.id = c.source
WHERE c.amount <> 0
ORDER BY since, topup;

-- name: expected_events
-- How many events of each type a range's top-ups call for, and a sum over hashes of the top-ups' names: see
-- announced_events. Arrays: for each status, each type it calls for.
SELECT
    r.type, count(*) AS events,
    sum(hashtextextended(t.account, hashtextextended(t.id, t.livemode::integer))) AS checksum
FROM (
    {range of topups by id: account, livemode, id, status}
) AS t
JOIN unnest($7::text[], $8::text[]) AS r (status, type) ON r.status = t.status
GROUP BY r.type;

-- name: announced_events
-- How many events of each of a top-up's types a range holds, and the same sum over the names of what they are about.
SELECT
    type, count(*) AS events,
    sum(hashtextextended(account, hashtextextended(object_id, livemode::integer))) AS checksum
FROM (
    {range of events by id: account, livemode, type, object_id}
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
    {range of events by id: account, livemode, id, type, object_id}
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
