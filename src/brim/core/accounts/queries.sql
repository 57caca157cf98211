-- Accounts are asked for before any mode is known, by their platform, and by people at the command line. Like api_keys
-- they are few and belong to no lane: on a cluster this is a reference table.

-- name: find_account
-- One account, a deleted one too: a condition on that would let accounts_listed be read from end to end.
SELECT
    account, platform, created, type, country, default_currency, email, business_name, business_type, metadata, details,
    deleted_ms
FROM accounts
WHERE account = $1;

-- name: hold_account
-- Keep an account from being deleted until the transaction ends, as several may at once; a deleted one is found too.
SELECT deleted_ms
FROM accounts
WHERE account = $1
FOR SHARE;

-- name: read_account
-- One account that another one can reach, a deleted one too: itself, or one whose platform it is; with its own agreement
-- in one mode.
SELECT
    a.account, a.platform, a.created, a.type, a.country, a.default_currency, a.email, a.business_name, a.business_type,
    a.metadata, a.details, a.deleted_ms, o.settlement_days
FROM accounts AS a
LEFT JOIN owner_terms AS o ON o.account = a.account AND o.livemode = $3
WHERE a.account = $1 AND (a.account = $2 OR a.platform = $2);

-- name: lock_account
-- As read_account, held until the transaction ends.
SELECT
    a.account, a.platform, a.created, a.type, a.country, a.default_currency, a.email, a.business_name, a.business_type,
    a.metadata, a.details, a.deleted_ms, o.settlement_days
FROM accounts AS a
LEFT JOIN owner_terms AS o ON o.account = a.account AND o.livemode = $3
WHERE a.account = $1 AND (a.account = $2 OR a.platform = $2)
FOR UPDATE OF a;

-- name: list_platform_accounts
-- One page of the accounts under a platform, along accounts_listed; bounds are exclusive ids. Of the two branches
-- one runs: newest first, or oldest first for the page just newer than a cursor.
SELECT
    a.account, a.platform, a.created, a.type, a.country, a.default_currency, a.email, a.business_name, a.business_type,
    a.metadata, a.details, o.settlement_days
FROM (
    (
        SELECT *
        FROM accounts
        WHERE $5 AND (platform, account) > ($1, $3) AND (platform, account) < ($1, $4) AND deleted_ms IS NULL
        ORDER BY platform DESC, account DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM accounts
        WHERE NOT $5 AND (platform, account) > ($1, $3) AND (platform, account) < ($1, $4) AND deleted_ms IS NULL
        ORDER BY platform, account
        LIMIT $6
    )
) AS a
LEFT JOIN LATERAL (
    SELECT settlement_days FROM owner_terms WHERE account = a.account AND livemode = $2 OFFSET 0
) AS o ON true;

-- name: list_accounts
-- All accounts that were not deleted, oldest first.
SELECT account, platform, created, type, country, default_currency, email, business_name, business_type, metadata,
    details
FROM accounts
WHERE deleted_ms IS NULL
ORDER BY created, account;

-- name: list_first_accounts
-- The oldest accounts, as many as are asked for: ids sort by when they were made.
SELECT account, platform, created, type, country, default_currency, email, business_name, business_type, metadata,
    details
FROM accounts
WHERE deleted_ms IS NULL
ORDER BY account
LIMIT $1;

-- name: first_account
-- The account that was there first, if any: the operator's. One under a platform is never that.
SELECT account
FROM accounts
WHERE platform IS NULL
ORDER BY created, account
LIMIT 1;

-- name: insert_account
-- One new account.
INSERT INTO accounts (
    account, platform, created, type, country, default_currency, email, business_name, business_type, metadata,
    details, made_live
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11::text::jsonb, $12);

-- name: update_account
-- What an account says of itself, as it is from now on.
UPDATE accounts
SET
    default_currency = $2, email = $3, business_name = $4, business_type = $5, metadata = $6::text::jsonb,
    details = $7::text::jsonb
WHERE account = $1;

-- name: delete_account
-- Let nobody reach an account any more, and forget what it said of itself. Its books stay.
UPDATE accounts
SET
    deleted_ms = $2, email = NULL, business_name = NULL, business_type = NULL, metadata = '{}', details = '{}'
WHERE account = $1;

-- name: count_deleted_below
-- Let whoever remembers for whom a platform's keys may act look again.
UPDATE accounts
SET deleted_below = deleted_below + 1
WHERE account = $1;

-- name: live_money_of_account
-- Whether an account has money in live mode, and whether some is on its way, of pending top-ups, dishonored returns,
-- reversals or refunds: along topups_by_status, ach_returns_owed, ach_reversals_open and refunds_open alone, which have
-- that order.
SELECT
    EXISTS (SELECT FROM balances WHERE account = $1 AND livemode AND (available <> 0 OR reserved <> 0)) AS has_balance,
    EXISTS (
        SELECT
        FROM (
            SELECT id
            FROM topups
            WHERE account = $1 AND livemode = true AND status BETWEEN 'pending' AND 'pending'
            ORDER BY status, id
            LIMIT 1
        ) AS t
    ) AS has_pending,
    EXISTS (
        SELECT
        FROM (
            SELECT id
            FROM ach_returns
            WHERE
                owner = $1 AND livemode = true AND topup IS NOT NULL AND status IN ('dishonored', 'money_back')
            ORDER BY owner, livemode, topup
            LIMIT 1
        ) AS r
    ) AS has_dishonored,
    EXISTS (
        SELECT
        FROM (
            SELECT id
            FROM ach_reversals
            WHERE owner = $1 AND livemode = true AND status = 'requested'
            ORDER BY owner, livemode, topup
            LIMIT 1
        ) AS v
    ) AS has_reversal,
    EXISTS (
        SELECT
        FROM (
            SELECT id
            FROM refunds
            WHERE owner = $1 AND livemode = true AND status = 'pending'
            ORDER BY owner, livemode, topup
            LIMIT 1
        ) AS b
    ) AS has_refund;

-- name: is_used_live
-- Whether an account is used in live mode: it was made with a live key, or has one, a live top-up or a live endpoint. Keys
-- by which pages show it to operators are no use of it.
SELECT
    coalesce((SELECT made_live FROM accounts WHERE account = $1), false)
    OR EXISTS (SELECT FROM (SELECT id FROM topups WHERE account = $1 AND livemode = true ORDER BY id LIMIT 1) AS t)
    OR EXISTS (
        SELECT FROM (SELECT id FROM webhook_endpoints WHERE account = $1 AND livemode = true ORDER BY id LIMIT 1) AS e
    )
    OR EXISTS (
        SELECT
        FROM (SELECT hash, livemode, expires_ms FROM api_keys WHERE account = $1 ORDER BY account, id OFFSET 0) AS k
        LEFT JOIN LATERAL (
            SELECT operator FROM operator_keys WHERE account = $1 AND livemode = true AND hash = k.hash OFFSET 0
        ) AS p ON true
        WHERE k.livemode AND (k.expires_ms IS NULL OR k.expires_ms > $2) AND p.operator IS NULL
    );

-- name: lock_accounts
-- Lets one process through at a time to decide which account is the first; readers are not held up.
LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE;

-- name: page_account_ids
-- The next accounts (up to 3) under a platform after one (2), deleted ones too, as their books stay.
SELECT account
FROM accounts
WHERE platform = $1 AND account > $2
ORDER BY platform, account
LIMIT $3;
