-- fragment: whether the account of <row> or one below it is held
-- For what belongs to a platform and tells of the accounts below it, such as a file with their entries.
(
    {whether the account of <row> is held}
    OR (
        SELECT true
        FROM (SELECT lifted_ms FROM legal_holds WHERE platform = <row>.account OFFSET 0) AS held_below
        WHERE held_below.lifted_ms IS NULL
        LIMIT 1
    ) IS NOT NULL
)

-- fragment: whether the account of <row> is held
-- Three steps along the index of holds in force, and one to the account's platform. Where nothing at all is held, the
-- first is all there is, once a statement. LIMIT leaves no way to do it but row by row: as EXISTS, all accounts might be
-- read and hashed.
(
    (SELECT true FROM legal_holds WHERE lifted_ms IS NULL LIMIT 1) IS NOT NULL
    AND (
        (SELECT true FROM legal_holds WHERE lifted_ms IS NULL AND account = '' LIMIT 1) IS NOT NULL
        OR (SELECT true FROM legal_holds WHERE lifted_ms IS NULL AND account = <row>.account LIMIT 1) IS NOT NULL
        OR (
            SELECT true
            FROM (SELECT platform FROM accounts WHERE account = <row>.account LIMIT 1) AS held_account
            CROSS JOIN LATERAL (
                SELECT id
                FROM legal_holds
                WHERE lifted_ms IS NULL AND account = held_account.platform AND kind = 'platform'
                LIMIT 1
            ) AS held_platform
            LIMIT 1
        ) IS NOT NULL
    )
)
