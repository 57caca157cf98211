-- Every statement reads one range of a key, open at its low end and closed at its high one, and answers only what
-- is wrong there: the account, the row, what was expected and what was found. Both sides of a comparison are cut to
-- the range before they are joined, so a statement's work is bounded by the range whatever the tables' sizes.
-- `range of` is explained in core/verification/fragments.sql.

-- name: posted_sums
-- What a range's entries add to the balances, available and reserved, by account and currency.
WITH entries AS MATERIALIZED (
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
    account, livemode, currency,
    sum(CASE $7::text WHEN credit_account THEN amount WHEN debit_account THEN -amount ELSE 0 END) AS available,
    sum(CASE $8::text WHEN credit_account THEN amount WHEN debit_account THEN -amount ELSE 0 END) AS reserved
FROM lines
GROUP BY account, livemode, currency;

-- name: stated_sums
-- What a range's balance transactions add up to, by account, currency, type and day of UTC.
SELECT
    account, livemode, currency, type, created / 86400 AS day, count(*) AS number, sum(amount) AS gross, sum(fee) AS fee,
    sum(net) AS net
FROM (
    {range of balance_transactions by source: account, livemode, currency, type, created, amount, fee, net}
) AS t
GROUP BY account, livemode, currency, type, created / 86400;

-- name: kept_days
-- The sums by day of the balance transactions of the accounts from one (included) to another (not included).
SELECT account, livemode, currency, type, start / 86400 AS day, number, gross, fee, net
FROM balance_activity
WHERE (account, livemode) >= ($1, $2) AND (account, livemode) < ($3, $4) AND span = 86400;

-- name: held_sums
-- What a range's holds have set aside and not given back, by account and currency.
SELECT account, livemode, currency, sum(amount) AS total
FROM (
    {range of holds by source: account, livemode, source, currency, amount, status}
) AS h
WHERE status = 'reserved'
GROUP BY account, livemode, currency;

-- name: kept_balances
-- The balances of the accounts from one (included) to another (not included), and what the sums of their balance
-- transactions by day and by minute come to.
SELECT b.account, b.livemode, b.currency, b.available, b.reserved, d.net AS by_day, m.net AS by_minute
FROM (
    SELECT account, livemode, currency, available, reserved
    FROM balances
    WHERE (account, livemode) >= ($1, $2) AND (account, livemode) < ($3, $4)
) AS b
CROSS JOIN LATERAL (
    SELECT coalesce(sum(net), 0) AS net
    FROM (
        SELECT net
        FROM balance_activity
        WHERE account = b.account AND livemode = b.livemode AND currency BETWEEN b.currency AND b.currency
            AND span BETWEEN 86400 AND 86400
        ORDER BY account, livemode, currency, span, start
    ) AS days
) AS d
CROSS JOIN LATERAL (
    SELECT coalesce(sum(net), 0) AS net
    FROM (
        SELECT net
        FROM balance_activity
        WHERE account = b.account AND livemode = b.livemode AND currency BETWEEN b.currency AND b.currency
            AND span BETWEEN 60 AND 60
        ORDER BY account, livemode, currency, span, start
    ) AS minutes
) AS m;

-- name: wrong_entries
-- Entries that nothing posts (7: the known types of sources), that name an account which the chart does not have (8), or
-- whose lines are not as many as they say or name such an account: a row for each of these.
WITH entries AS MATERIALIZED (
    {range of journal_entries by source:
        account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency,
        line_count}
)
SELECT
    e.account, e.livemode, format('journal_entries %s of %s (%s)', e.id, e.source, e.step) AS row_name,
    w.expected, w.found
FROM entries AS e
CROSS JOIN LATERAL (
    SELECT 'an entry of a known source type' AS expected, e.source_type AS found
    WHERE e.source_type <> ALL ($7::text[])
    UNION ALL
    SELECT 'accounts of the chart', e.debit_account || ' -> ' || e.credit_account
    WHERE NOT (e.debit_account = ANY ($8::text[]) OR e.debit_account ~ '^(bank|suspense):.')
        OR NOT (e.credit_account = ANY ($8::text[]) OR e.credit_account ~ '^(bank|suspense):.')
    UNION ALL
    SELECT e.line_count || ' lines', 'others'
    WHERE EXISTS (
            SELECT FROM journal_entry_lines AS l
            WHERE l.account = e.account AND l.livemode = e.livemode AND l.entry = e.id
                AND (l.line > e.line_count
                    OR NOT (l.debit_account = ANY ($8::text[]) OR l.debit_account ~ '^(bank|suspense):.')
                    OR NOT (l.credit_account = ANY ($8::text[]) OR l.credit_account ~ '^(bank|suspense):.'))
            OFFSET 0
        )
        OR e.line_count <> 1 AND e.line_count - 1 <> (
            SELECT count(*)
            FROM journal_entry_lines AS l
            WHERE l.account = e.account AND l.livemode = e.livemode AND l.entry = e.id
        )
) AS w
LIMIT $9;

-- name: wrong_hold_entries
-- Entries that a hold's status calls for and that are missing, different, or there without being called for. 7 and 8 are
-- the accounts of what is available and of what is reserved, 9 to 11 the steps: held, posted, voided.
WITH wanted AS (
    {range of holds by source: account, livemode, source, amount, currency, posted, status}
),
expected AS (
    SELECT account, livemode, source, $9::text AS step, 1 AS line, $7::text AS debit_account, $8::text AS credit_account,
        amount, currency
    FROM wanted
    UNION ALL
    SELECT account, livemode, source, $10::text, 1, $8, NULL, posted, currency
    FROM wanted
    WHERE status = 'posted'
    UNION ALL
    SELECT account, livemode, source, $10::text, 2, $8, $7, amount - posted, currency
    FROM wanted
    WHERE status = 'posted' AND posted < amount
    UNION ALL
    SELECT account, livemode, source, $11::text, 1, $8, $7, amount, currency
    FROM wanted
    WHERE status = 'voided'
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
),
found AS (
    SELECT account, livemode, source, step, line, id, debit_account, credit_account, amount, currency
    FROM lines
    WHERE step IN ($9, $10, $11)
)
SELECT
    account, livemode, format('journal_entries%s of %s (%s)', ' ' || f.id, source, step) AS row_name,
    e.debit_account || ' -> ' || coalesce(e.credit_account, 'any') || ' ' || e.amount || ' ' || e.currency AS expected,
    f.debit_account || ' -> ' || f.credit_account || ' ' || f.amount || ' ' || f.currency AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, step, line)
WHERE (e.debit_account, coalesce(e.credit_account, f.credit_account), e.amount, e.currency)
    IS DISTINCT FROM (f.debit_account, f.credit_account, f.amount, f.currency)
LIMIT $12;

-- name: unknown_transactions
-- Balance transactions of types that nothing writes (7: the known ones).
SELECT
    account, livemode, format('balance_transactions %s of %s (%s)', id, source, type) AS row_name,
    'a known type' AS expected, type AS found
FROM (
    {range of balance_transactions by source: account, livemode, id, source, type}
) AS t
WHERE type <> ALL ($7::text[])
LIMIT $8;

-- name: orphan_lines
-- Lines of a range that belong to no entry.
SELECT
    account, livemode, format('journal_entry_lines %s of %s', line, entry) AS row_name, NULL AS expected,
    debit_account || ' -> ' || credit_account || ' ' || amount || ' ' || currency AS found
FROM (
    {range of journal_entry_lines by entry:
        account, livemode, entry, line, debit_account, credit_account, amount, currency}
) AS l
WHERE NOT EXISTS (
    SELECT FROM journal_entries AS e
    WHERE e.account = l.account AND e.livemode = l.livemode AND e.id BETWEEN l.entry AND l.entry
    ORDER BY e.id
    OFFSET 0
)
LIMIT $7;
