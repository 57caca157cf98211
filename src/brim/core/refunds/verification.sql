-- Every statement reads one range of a key, and answers only what is wrong there (core/verification/fragments.sql). The
-- journal has refunds by the account of their top-up (`owner`), and so have these.

-- name: wrong_refunds
-- Top-ups of which more is refunded than they are, and refunds of no top-up.
SELECT
    b.owner AS account, b.livemode, 'refunds ' || b.id AS row_name,
    coalesce('at most ' || t.amount || ' refunded of ' || b.topup, 'a top-up ' || b.topup) AS expected,
    CASE WHEN t.amount IS NOT NULL THEN s.refunded::text END AS found
FROM (
    SELECT account, owner, livemode, id, topup
    FROM refunds
    WHERE owner > $1 AND owner < $2
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS n (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, owner, livemode, id, topup
        FROM refunds
        WHERE owner = n.account AND livemode = n.livemode
            AND id >= coalesce(n.after, '') AND id IS DISTINCT FROM n.after AND id <= n.until
        ORDER BY owner, livemode, id
    ) AS r
) AS b
LEFT JOIN LATERAL (
    SELECT amount
    FROM topups
    WHERE account = b.owner AND livemode = b.livemode AND id BETWEEN b.topup AND b.topup
    ORDER BY id
) AS t ON true
CROSS JOIN LATERAL (
    SELECT sum(amount) AS refunded
    FROM refunds
    WHERE account = b.account AND livemode = b.livemode AND topup BETWEEN b.topup AND b.topup
        AND status || '' IN ('pending', 'succeeded')
) AS s
WHERE t.amount IS NULL OR s.refunded > t.amount
LIMIT $7;

-- name: wrong_refund_entries
-- Entries that a refund calls for by its status or by what statements say of it, and that are missing, different, or there
-- without being called for. 8 to 10 are the accounts of the balance, of what is clearing, and of banks; 11 is the source
-- type; 12 to 15 the steps of a refund, of its failure, and of the bank's debit and credit.
WITH wanted AS MATERIALIZED (
    SELECT owner AS account, livemode, id, amount, status, settled_by, returned_by
    FROM refunds
    WHERE owner > $1 AND owner < $2
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS n (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT owner AS account, livemode, id, amount, status, settled_by, returned_by
        FROM refunds
        WHERE owner = n.account AND livemode = n.livemode
            AND id >= coalesce(n.after, '') AND id IS DISTINCT FROM n.after AND id <= n.until
        ORDER BY owner, livemode, id
    ) AS r
),
confirmed AS (
    SELECT account, livemode, topup, step, bank_account, amount
    FROM (
        {range of bank_confirmations by topup: account, livemode, topup, step, bank_account, amount}
    ) AS c
    WHERE step IN ($14, $15)
),
expected AS (
    SELECT account, livemode, id AS source, $12::text AS step, $8::text AS debit_account, $9::text AS credit_account, amount
    FROM wanted
    UNION ALL
    SELECT account, livemode, id, $13::text, $9, $8, amount
    FROM wanted
    WHERE status IN ('failed', 'canceled')
    UNION ALL
    SELECT w.account, w.livemode, w.id, $14::text, $9, $10::text || c.bank_account, least(w.amount, c.amount)
    FROM wanted AS w
    LEFT JOIN confirmed AS c
        ON c.account = w.account AND c.livemode = w.livemode AND c.topup = w.id AND c.step = $14
    WHERE w.settled_by IS NOT NULL OR c.topup IS NOT NULL
    UNION ALL
    SELECT w.account, w.livemode, w.id, $15::text, $10 || c.bank_account, $9, least(w.amount, c.amount)
    FROM wanted AS w
    LEFT JOIN confirmed AS c
        ON c.account = w.account AND c.livemode = w.livemode AND c.topup = w.id AND c.step = $15
    WHERE w.returned_by IS NOT NULL OR c.topup IS NOT NULL
),
found AS (
    SELECT account, livemode, id, source, step, debit_account, credit_account, amount
    FROM (
        {range of journal_entries by source:
            account, livemode, id, source_type, source, step, debit_account, credit_account, amount}
    ) AS e
    WHERE source_type = $11
)
SELECT
    account, livemode, format('journal_entries%s of %s (%s)', ' ' || f.id, source, step) AS row_name,
    e.debit_account || ' -> ' || e.credit_account || ' ' || e.amount AS expected,
    f.debit_account || ' -> ' || f.credit_account || ' ' || f.amount AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, step)
WHERE (e.debit_account, e.credit_account, e.amount) IS DISTINCT FROM (f.debit_account, f.credit_account, f.amount)
LIMIT $7;

-- name: wrong_refund_transactions
-- Balance transactions that a refund calls for and that are missing, different, not the ones that it names, or there
-- without being called for; 8 and 9 are the types of a refund and of its failure.
WITH wanted AS MATERIALIZED (
    SELECT owner AS account, livemode, id, amount, balance_transaction, failure_balance_transaction
    FROM refunds
    WHERE owner > $1 AND owner < $2
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS n (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT owner AS account, livemode, id, amount, balance_transaction, failure_balance_transaction
        FROM refunds
        WHERE owner = n.account AND livemode = n.livemode
            AND id >= coalesce(n.after, '') AND id IS DISTINCT FROM n.after AND id <= n.until
        ORDER BY owner, livemode, id
    ) AS r
),
expected AS (
    SELECT account, livemode, id AS source, $8::text AS type, -amount AS amount, balance_transaction AS named
    FROM wanted
    UNION ALL
    SELECT account, livemode, id, $9::text, amount, failure_balance_transaction
    FROM wanted
    WHERE failure_balance_transaction IS NOT NULL
),
found AS (
    SELECT account, livemode, source, type, id, amount
    FROM (
        {range of balance_transactions by source: account, livemode, source, type, id, amount}
    ) AS t
    WHERE type IN ($8, $9)
)
SELECT
    account, livemode, format('balance_transactions%s of %s (%s)', ' ' || f.id, source, type) AS row_name,
    e.amount || ' as ' || e.named AS expected, f.amount || ' as ' || f.id AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, type)
WHERE (e.amount, e.named) IS DISTINCT FROM (f.amount, f.id)
LIMIT $7;

-- name: clearing_refunds
-- What of a range's refunds is between the balance and the bank: what their entries leave on an account (7), oldest first,
-- since when, and of which top-up; 8 is their source type.
SELECT c.account, c.livemode, b.topup, c.currency, c.amount, c.since
FROM (
    SELECT
        account, livemode, source, currency, min(created) AS since,
        sum(CASE $7::text WHEN debit_account THEN amount WHEN credit_account THEN -amount ELSE 0 END)::bigint AS amount
    FROM (
        {range of journal_entries by source:
            account, livemode, source_type, source, debit_account, credit_account, amount, currency, created}
    ) AS e
    WHERE source_type = $8
    GROUP BY account, livemode, source, currency
) AS c
CROSS JOIN LATERAL (
    SELECT topup
    FROM refunds
    WHERE owner = c.account AND livemode = c.livemode AND id BETWEEN c.source AND c.source
    ORDER BY owner, livemode, id
) AS b
WHERE c.amount <> 0
ORDER BY c.since, b.topup;
