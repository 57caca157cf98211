-- name: count_ach_returns
-- Returns, along ach_returns_by_status.
{counts of ach_returns};

-- name: count_dishonorable
-- Returns that can be dishonored at a moment (6): those with the status of a return that nobody has decided, of the days that
-- the bounds leave.
SELECT count(*)
FROM (
    SELECT
    FROM ach_returns
    WHERE
        account = $1 AND livemode = $2 AND status BETWEEN 'returned' AND 'returned' AND id > $3 AND id < $4
        AND dishonorable_until_ms > $6
    ORDER BY account DESC, livemode DESC, status DESC, id DESC
    LIMIT $5
) AS newest;

-- name: count_ach_reversals
-- Reversals, along ach_reversals_by_status.
{counts of ach_reversals};

-- name: count_bank_files
-- Files from the bank, along bank_files_by_status.
{counts of bank_files};

-- name: count_incoming_transfers
-- Incoming transfers, along incoming_transfers_by_status.
{counts of incoming_transfers};

-- name: count_line_settlements
-- Settlements of statement lines, along line_settlements_by_status.
{counts of line_settlements};

-- name: count_refunds
-- Refunds, along refunds_by_status.
{counts of refunds};

-- name: count_open_breaks
-- Breaks that are open, along breaks_open: all of them are read, as there are few.
SELECT count(*)
FROM (
    SELECT
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND resolved_ms IS NULL AND id > $3 AND id < $4
    ORDER BY account, livemode, opened_ms, id
    LIMIT $5
) AS open_breaks;
