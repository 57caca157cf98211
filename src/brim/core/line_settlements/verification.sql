-- name: bank_sums
-- What a range's entries add to bank accounts, by platform, code and currency.
WITH entries AS MATERIALIZED (
    {range of journal_entries by source:
        account, livemode, id, source, debit_account, credit_account, amount, currency, line_count}
),
lines AS (
    SELECT account, livemode, debit_account, credit_account, amount, currency
    FROM entries
    UNION ALL
    SELECT e.account, e.livemode, l.debit_account, l.credit_account, l.amount, l.currency
    FROM entries AS e
    CROSS JOIN LATERAL (
        SELECT debit_account, credit_account, amount, currency
        FROM journal_entry_lines
        WHERE account = e.account AND livemode = e.livemode AND entry = e.id AND e.line_count > 1
        ORDER BY line
    ) AS l
),
sums AS (
    SELECT account, livemode, code, currency, sum(amount) AS amount
    FROM (
        SELECT account, livemode, debit_account AS code, currency, amount FROM lines
        UNION ALL
        SELECT account, livemode, credit_account, currency, -amount FROM lines
    ) AS legs
    WHERE starts_with(code, $7)
    GROUP BY account, livemode, code, currency
)
SELECT coalesce(a.platform, s.account) AS platform, s.livemode, substr(s.code, length($7) + 1) AS name, s.currency, s.amount
FROM sums AS s
CROSS JOIN LATERAL (
    SELECT platform
    FROM accounts
    WHERE account = s.account
    OFFSET 0
) AS a;

-- name: line_sums
-- What the lines of each bank account say is posted: all, less what breaks say is not, and what settlements have posted.
-- Lines about the dishonor of a return that names no debit of ours move nothing in the books. Of test mode an account may
-- be moved without its platform, whose lines they are.
SELECT account, livemode, name, currency, sum(amount) AS amount
FROM (
    SELECT account, livemode, bank_account AS name, currency, sum(amount) AS amount
    FROM statement_lines
    GROUP BY account, livemode, bank_account, currency
    UNION ALL
    SELECT l.account, l.livemode, l.bank_account, l.currency, -b.amount
    FROM breaks AS b
    CROSS JOIN LATERAL (
        SELECT account, livemode, bank_account, currency
        FROM statement_lines
        WHERE account = b.account AND livemode = b.livemode AND id = b.line
        OFFSET 0
    ) AS l
    WHERE b.line IS NOT NULL AND b.kind IN ('unmatched_line', 'line_amount') AND b.amount IS NOT NULL
    UNION ALL
    -- What lines say of dishonored returns: the part that a break says is not posted, unless it was posted afterwards, and
    -- those of unknown debits.
    SELECT l.account, l.livemode, l.bank_account, l.currency, -sign(l.amount)::bigint * b.amount
    FROM breaks AS b
    CROSS JOIN LATERAL (
        SELECT account, livemode, bank_account, currency, amount
        FROM statement_lines
        WHERE
            account = b.account AND livemode = b.livemode
            AND bank_account = split_part(b.cause, '/', 3)
            AND line_key = substr(b.cause, length(split_part(b.cause, '/', 1)) + length(split_part(b.cause, '/', 3)) + 12)
        OFFSET 0
    ) AS l
    WHERE b.kind = 'unsettled_dishonor' AND split_part(b.cause, '/', 2) = 'unposted'
        AND NOT EXISTS (
            SELECT
            FROM ach_returns AS r
            CROSS JOIN LATERAL (
                SELECT reference
                FROM bank_confirmations
                WHERE account = r.owner AND livemode = r.livemode AND topup BETWEEN r.topup AND r.topup
                ORDER BY topup
                OFFSET 0
            ) AS c
            WHERE
                r.account = b.account AND r.livemode = b.livemode AND r.id = split_part(b.cause, '/', 1)
                AND c.reference = substr(b.cause, length(split_part(b.cause, '/', 1)) + 11)
            OFFSET 0
        )
    UNION ALL
    SELECT account, livemode, split_part(booked_by, '/', 1), 'usd', -amount
    FROM ach_returns
    WHERE topup IS NULL AND booked_by IS NOT NULL
    UNION ALL
    SELECT account, livemode, split_part(taken_by, '/', 1), 'usd', amount
    FROM ach_returns
    WHERE topup IS NULL AND taken_by IS NOT NULL
    UNION ALL
    SELECT account, livemode, bank_account, currency, amount
    FROM line_settlements
    WHERE status IN ('posted', 'undo_proposed')
) AS t
WHERE livemode
GROUP BY account, livemode, name, currency
ORDER BY account, livemode, name, currency;

-- name: wrong_entries
-- Entries whose payments are lines and do not add up to it, or that are not stored, and those whose break is open, missing or
-- about another amount. The lines of a bank account are in one range.
SELECT
    p.account, p.livemode, 'statement_lines ' || p.parent AS row_name, p.amount || ' in its payments, and explained' AS expected,
    coalesce(e.amount::text, 'no entry') || CASE WHEN b.resolved_ms IS NULL THEN ', open' ELSE ', less ' || b.amount END
    AS found
FROM (
    SELECT account, livemode, parent, sum(amount) AS amount
    FROM (
        {range of statement_lines by bank_account: account, livemode, bank_account, parent, amount}
    ) AS l
    WHERE parent IS NOT NULL
    GROUP BY account, livemode, parent
) AS p
LEFT JOIN LATERAL (
    SELECT amount
    FROM statement_lines
    WHERE account = p.account AND livemode = p.livemode AND id BETWEEN p.parent AND p.parent
    ORDER BY account, livemode, id
) AS e ON true
LEFT JOIN LATERAL (
    SELECT amount, resolved_ms
    FROM breaks
    WHERE
        account = p.account AND livemode = p.livemode AND line BETWEEN p.parent AND p.parent
        AND kind IN ('unmatched_line', 'line_amount')
    ORDER BY account, livemode, line
    LIMIT 1
) AS b ON true
WHERE e.amount IS DISTINCT FROM p.amount OR b.amount IS DISTINCT FROM p.amount OR b.resolved_ms IS NULL
LIMIT $7;

-- name: wrong_settlements
-- Settlements whose lines or parts do not add up to their amount, and lines of those that are in force whose break is open,
-- or about another amount.
SELECT t.account, t.livemode, 'line_settlements ' || t.id AS row_name, w.expected, w.found
FROM (
    {range of line_settlements by id: account, livemode, id, amount, status}
) AS t
CROSS JOIN LATERAL (
    SELECT t.amount || ' in its lines, and in its parts' AS expected,
        l.amount || ' in its lines, ' || p.amount || ' in its parts' AS found
    FROM (
        SELECT coalesce(sum(amount), 0) AS amount
        FROM (
            SELECT amount
            FROM line_settlement_lines
            WHERE account = t.account AND livemode = t.livemode AND settlement BETWEEN t.id AND t.id
            ORDER BY account, livemode, settlement, line
            OFFSET 0
        ) AS of_lines
    ) AS l
    CROSS JOIN (
        SELECT coalesce(sum(amount), 0) AS amount
        FROM (
            SELECT amount
            FROM line_settlement_parts
            WHERE account = t.account AND livemode = t.livemode AND settlement BETWEEN t.id AND t.id
            ORDER BY account, livemode, settlement, number
            OFFSET 0
        ) AS of_parts
    ) AS p
    WHERE t.amount <> l.amount OR t.amount <> p.amount
    UNION ALL
    SELECT 'a resolved break of ' || s.amount || ' about ' || s.line,
        CASE WHEN b.resolved_ms IS NULL THEN 'none, or an open one' ELSE 'one of ' || b.amount END
    FROM (
        SELECT line, amount
        FROM line_settlement_lines
        WHERE account = t.account AND livemode = t.livemode AND settlement BETWEEN t.id AND t.id
        ORDER BY account, livemode, settlement, line
        OFFSET 0
    ) AS s
    LEFT JOIN LATERAL (
        SELECT amount, resolved_ms
        FROM breaks
        WHERE
            account = t.account AND livemode = t.livemode AND line BETWEEN s.line AND s.line
            AND kind IN ('unmatched_line', 'line_amount')
        ORDER BY account, livemode, line
        LIMIT 1
    ) AS b ON true
    WHERE t.status IN ('posted', 'undo_proposed') AND (b.resolved_ms IS NULL OR b.amount IS DISTINCT FROM s.amount)
) AS w
LIMIT $7;

-- name: wrong_settlement_entries
-- Lines of entries that a settlement's status calls for, and that are missing, different, or there without being called
-- for. 7 is the type of their source; 8 and 9 the steps: posted, and undone; 10 to 12 the ledger accounts: fees, and what
-- those of a bank account begin with, its own and its suspense account.
WITH wanted AS MATERIALIZED (
    {range of line_settlements by id: account, livemode, id, bank_account, currency, status}
),
parts AS (
    SELECT
        w.account, w.livemode, w.id AS source, w.status, w.currency, $11::text || w.bank_account AS bank,
        CASE p.kind WHEN 'fees' THEN $10::text ELSE $12::text || w.bank_account END AS other, p.amount
    FROM wanted AS w
    CROSS JOIN LATERAL (
        SELECT kind, amount
        FROM line_settlement_parts
        WHERE account = w.account AND livemode = w.livemode AND settlement BETWEEN w.id AND w.id
        ORDER BY account, livemode, settlement, number
        OFFSET 0
    ) AS p
    WHERE p.kind IN ('fees', 'suspense')
),
expected AS (
    SELECT
        account, livemode, source, $8::text AS step, CASE WHEN amount > 0 THEN bank ELSE other END AS debit_account,
        CASE WHEN amount > 0 THEN other ELSE bank END AS credit_account, abs(amount) AS amount, currency
    FROM parts
    WHERE status IN ('posted', 'undo_proposed', 'undone')
    UNION ALL
    SELECT
        account, livemode, source, $9::text, CASE WHEN amount > 0 THEN other ELSE bank END,
        CASE WHEN amount > 0 THEN bank ELSE other END, abs(amount), currency
    FROM parts
    WHERE status = 'undone'
),
entries AS MATERIALIZED (
    SELECT account, livemode, id, source, step, debit_account, credit_account, amount, currency, line_count
    FROM (
        {range of journal_entries by source:
            account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency,
            line_count}
    ) AS e
    WHERE source_type = $7
),
found AS (
    SELECT account, livemode, source, step, debit_account, credit_account, amount, currency
    FROM entries
    UNION ALL
    SELECT e.account, e.livemode, e.source, e.step, l.debit_account, l.credit_account, l.amount, l.currency
    FROM entries AS e
    CROSS JOIN LATERAL (
        SELECT debit_account, credit_account, amount, currency
        FROM journal_entry_lines
        WHERE account = e.account AND livemode = e.livemode AND entry = e.id AND e.line_count > 1
        ORDER BY line
    ) AS l
)
SELECT
    account, livemode, format('journal_entries of %s (%s)', source, step) AS row_name,
    e.debit_account || ' -> ' || e.credit_account || ' ' || e.amount || ' ' || e.currency AS expected,
    f.debit_account || ' -> ' || f.credit_account || ' ' || f.amount || ' ' || f.currency AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, step, debit_account, credit_account)
WHERE (e.amount, e.currency) IS DISTINCT FROM (f.amount, f.currency)
LIMIT $13;
