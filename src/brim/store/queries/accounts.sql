-- Accounts are asked for before any mode is known, by their platform, and by people at the command line. Like api_keys
-- they are few and belong to no lane: on a cluster this is a reference table.

-- name: find_account
-- One account.
SELECT account, platform, created, type, country, default_currency, email, business_name, business_type, metadata
FROM accounts
WHERE account = $1;

-- name: read_account
-- One account that another one can reach: itself, or one whose platform it is; with its own agreement in one mode.
SELECT
    a.account, a.platform, a.created, a.type, a.country, a.default_currency, a.email, a.business_name, a.business_type,
    a.metadata, o.settlement_days
FROM accounts AS a
LEFT JOIN owner_terms AS o ON o.account = a.account AND o.livemode = $3
WHERE a.account = $1 AND (a.account = $2 OR a.platform = $2);

-- name: lock_account
-- As read_account, held until the transaction ends.
SELECT
    a.account, a.platform, a.created, a.type, a.country, a.default_currency, a.email, a.business_name, a.business_type,
    a.metadata, o.settlement_days
FROM accounts AS a
LEFT JOIN owner_terms AS o ON o.account = a.account AND o.livemode = $3
WHERE a.account = $1 AND (a.account = $2 OR a.platform = $2)
FOR UPDATE OF a;

-- name: list_platform_accounts
-- One page of the accounts under a platform, along accounts_by_platform; bounds are exclusive ids. Of the two branches
-- one runs: newest first, or oldest first for the page just newer than a cursor.
SELECT
    a.account, a.platform, a.created, a.type, a.country, a.default_currency, a.email, a.business_name, a.business_type,
    a.metadata, o.settlement_days
FROM (
    (
        SELECT *
        FROM accounts
        WHERE $5 AND (platform, account) > ($1, $3) AND (platform, account) < ($1, $4)
        ORDER BY platform DESC, account DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM accounts
        WHERE NOT $5 AND (platform, account) > ($1, $3) AND (platform, account) < ($1, $4)
        ORDER BY platform, account
        LIMIT $6
    )
) AS a
LEFT JOIN LATERAL (
    SELECT settlement_days FROM owner_terms WHERE account = a.account AND livemode = $2 OFFSET 0
) AS o ON true;

-- name: list_accounts
-- All accounts, oldest first.
SELECT account, platform, created, type, country, default_currency, email, business_name, business_type, metadata
FROM accounts
ORDER BY created, account;

-- name: list_first_accounts
-- The oldest accounts, as many as are asked for: ids sort by when they were made.
SELECT account, platform, created, type, country, default_currency, email, business_name, business_type, metadata
FROM accounts
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
    account, platform, created, type, country, default_currency, email, business_name, business_type, metadata
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb);

-- name: update_account
-- What an account says of itself, as it is from now on.
UPDATE accounts
SET default_currency = $2, email = $3, business_name = $4, business_type = $5, metadata = $6::text::jsonb
WHERE account = $1;

-- name: lock_accounts
-- Lets one process through at a time to decide which account is the first; readers are not held up.
LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE;
