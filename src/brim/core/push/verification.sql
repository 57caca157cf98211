-- Each statement reads one range of a key, as core/verification/fragments.sql explains.

-- name: wrong_transfers
-- Transfers whose line is not there, or whose parts are not the line's amount; whose top-up is not there, is of another
-- amount or rail (7), or is not confirmed by that line (8: the step of a bank's credit); whose live top-up does not stand
-- where they do; that nobody has decided about, and that another account has than that of their instructions; that went
-- back without a line of their amount that says so, and that people have not said is one.
SELECT
    t.account, t.livemode, 'incoming_transfers ' || t.id AS row_name, w.expected, w.found
FROM (
    {range of incoming_transfers by id:
        account, livemode, id, bank_account, line_key, amount, currency, owner, topup, part, status, instructions,
        decided_by, ended_by}
) AS t
CROSS JOIN LATERAL (
    SELECT 'parts of one line: ' || coalesce(l.amount || ' ' || l.currency, 'none') AS expected,
        p.amount || ' ' || t.currency AS found
    FROM (
        SELECT sum(amount) AS amount
        FROM (
            SELECT amount
            FROM incoming_transfers
            WHERE account = t.account AND livemode = t.livemode
                AND bank_account BETWEEN t.bank_account AND t.bank_account
                AND line_key BETWEEN t.line_key AND t.line_key
            ORDER BY bank_account, line_key, part
            OFFSET 0
        ) AS parts
    ) AS p
    LEFT JOIN LATERAL (
        SELECT amount, currency
        FROM statement_lines
        WHERE account = t.account AND livemode = t.livemode
            AND bank_account BETWEEN t.bank_account AND t.bank_account
            AND line_key BETWEEN t.line_key AND t.line_key
        ORDER BY bank_account, line_key
    ) AS l ON true
    WHERE (l.amount, l.currency) IS DISTINCT FROM (p.amount, t.currency)
    UNION ALL
    SELECT 'a top-up of ' || t.amount || ' ' || t.currency || ' by ' || $7::text,
        coalesce(u.amount || ' ' || u.currency || ' by ' || u.rail, 'none')
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
        SELECT amount, currency, rail
        FROM topups
        WHERE account = t.owner AND livemode = t.livemode AND id BETWEEN t.topup AND t.topup
        ORDER BY id
    ) AS u ON true
    WHERE t.topup IS NOT NULL AND (u.amount, u.currency, u.rail) IS DISTINCT FROM (t.amount, t.currency, $7)
    UNION ALL
    SELECT 'confirmed by ' || t.bank_account || '/' || t.line_key, coalesce(c.reference, 'not confirmed')
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
        SELECT reference
        FROM bank_confirmations
        WHERE account = t.owner AND livemode = t.livemode AND topup BETWEEN t.topup AND t.topup AND step = $8::text
        ORDER BY topup
    ) AS c ON true
    WHERE t.topup IS NOT NULL AND c.reference IS DISTINCT FROM t.bank_account || '/' || t.line_key
    UNION ALL
    SELECT 'a top-up that is ' || u.due, u.status
    FROM (
        SELECT status, CASE t.status WHEN 'recalled' THEN 'reversed' ELSE 'succeeded' END AS due
        FROM topups
        WHERE account = t.owner AND livemode = t.livemode AND id BETWEEN t.topup AND t.topup
        ORDER BY id
    ) AS u
    WHERE t.livemode AND u.status <> u.due
    UNION ALL
    SELECT 'of the account of ' || coalesce(t.instructions, 'instructions'), t.owner
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
        SELECT owner
        FROM funding_instructions
        WHERE account = t.account AND livemode = t.livemode AND id BETWEEN t.instructions AND t.instructions
        ORDER BY id
    ) AS f ON true
    WHERE t.owner IS NOT NULL AND t.decided_by IS NULL AND f.owner IS DISTINCT FROM t.owner
    UNION ALL
    SELECT 'recalled by a line of ' || -t.amount || ' ' || t.currency, coalesce(l.amount || ' ' || l.currency, 'none')
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
        SELECT amount, currency, matched
        FROM statement_lines
        WHERE account = t.account AND livemode = t.livemode
            AND bank_account BETWEEN split_part(t.ended_by, '/', 1) AND split_part(t.ended_by, '/', 1)
            AND line_key BETWEEN substr(t.ended_by, position('/' IN t.ended_by) + 1)
            AND substr(t.ended_by, position('/' IN t.ended_by) + 1)
        ORDER BY bank_account, line_key
    ) AS l ON true
    WHERE t.ended_by IS NOT NULL AND (l.amount, l.currency, l.matched) IS DISTINCT FROM (-t.amount, t.currency, t.id)
        AND (
            l.currency IS DISTINCT FROM t.currency OR NOT EXISTS (
                SELECT
                FROM line_settlement_parts AS p
                WHERE p.account = t.account AND p.livemode = t.livemode AND p.kind = 'transfer_back'
                    AND p.target BETWEEN t.id AND t.id
                ORDER BY p.account, p.livemode, p.kind, p.target
                OFFSET 0
            )
        )
) AS w
LIMIT $9;

-- name: topups_without_transfer
-- Live top-ups of the rail (7) that came from no transfer. Of test mode an account may be moved without its platform.
SELECT
    t.account, t.livemode, 'topups ' || t.id AS row_name, 'one incoming transfer' AS expected, NULL AS found
FROM (
    {range of topups by id: account, livemode, id, rail}
) AS t
WHERE t.rail = $7 AND t.livemode
    AND NOT EXISTS (
        SELECT
        FROM incoming_transfers AS i
        WHERE i.owner = t.account AND i.livemode = t.livemode AND i.topup BETWEEN t.id AND t.id
        OFFSET 0
    )
LIMIT $8;

-- name: wrong_suspense_entries
-- Entries that a transfer's status calls for, and that are missing, different, or there without being called for. 7 is the
-- type of their source; 8 to 10 the steps: into suspense, to an account, back to the bank; 11 and 12 what the ledger
-- accounts of a bank account begin with: its own and its suspense account. So suspense is the sum of what is open.
WITH wanted AS MATERIALIZED (
    {range of incoming_transfers by id:
        account, livemode, id, bank_account, amount, currency, status, reason, topup}
),
expected AS (
    SELECT
        account, livemode, id AS source, $8::text AS step, $11::text || bank_account AS debit_account,
        $12::text || bank_account AS credit_account, amount, currency
    FROM wanted
    WHERE reason IS NOT NULL
    UNION ALL
    SELECT
        account, livemode, id, CASE WHEN topup IS NULL THEN $10::text ELSE $9::text END, $12 || bank_account,
        $11 || bank_account, amount, currency
    FROM wanted
    WHERE reason IS NOT NULL AND (topup IS NOT NULL OR status IN ('returned', 'recalled', 'itemized'))
),
found AS (
    SELECT account, livemode, id, source, step, debit_account, credit_account, amount, currency, line_count
    FROM (
        {range of journal_entries by source:
            account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency,
            line_count}
    ) AS e
    WHERE source_type = $7
)
SELECT
    account, livemode, format('journal_entries%s of %s (%s)', ' ' || f.id, source, step) AS row_name,
    e.debit_account || ' -> ' || e.credit_account || ' ' || e.amount || ' ' || e.currency AS expected,
    f.debit_account || ' -> ' || f.credit_account || ' ' || f.amount || ' ' || f.currency AS found
FROM expected AS e
FULL JOIN found AS f USING (account, livemode, source, step)
WHERE (e.debit_account, e.credit_account, e.amount, e.currency, 1)
    IS DISTINCT FROM (f.debit_account, f.credit_account, f.amount, f.currency, f.line_count)
LIMIT $13;

-- name: lines_without_transfer
-- Lines matched to a transfer (7: how they say so, for what came and for what went) that there is not. Their key is their
-- bank account's name, so all of one are in one range.
SELECT
    l.account, l.livemode, 'statement_lines ' || l.bank_account || '/' || l.line_key AS row_name,
    'an incoming transfer ' || l.matched AS expected, NULL AS found
FROM (
    {range of statement_lines by bank_account: account, livemode, bank_account, line_key, matched_kind, matched}
) AS l
WHERE l.matched_kind = ANY ($7::text[])
    AND NOT EXISTS (
        SELECT
        FROM incoming_transfers AS i
        WHERE i.account = l.account AND i.livemode = l.livemode AND i.id BETWEEN l.matched AND l.matched
        OFFSET 0
    )
LIMIT $8;
