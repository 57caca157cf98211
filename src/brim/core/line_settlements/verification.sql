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
