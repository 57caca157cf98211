-- fragment: seen account of <row>
-- Keep a row of the account that asks ($1), or of one connected to it, deleted ones too.
CROSS JOIN LATERAL (
    SELECT FROM accounts WHERE account = <row>.account AND (account = $1 OR platform = $1) OFFSET 0
) AS a

-- fragment: balance of <row>
-- The available balance in a row's account, mode and currency.
CROSS JOIN LATERAL (
    SELECT available
    FROM balances
    WHERE account = <row>.account AND livemode = <row>.livemode AND currency = <row>.currency
    OFFSET 0
) AS b
