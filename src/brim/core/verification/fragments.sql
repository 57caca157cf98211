-- fragment: range of <table> by <key>: <columns>
-- The rows of a range, for the FROM clause of a verification statement. Arguments 1 to 6 are the range: the accounts that
-- lie between two (1-2), whole, and parts of accounts (3-6). Before version 18 a scan that is bounded by
-- (account, livemode, id) <= ... reads on to the end of the account.
(
    SELECT <columns>
    FROM <table>
    WHERE account > $1 AND account < $2
    ORDER BY account, livemode, <key>
)
UNION ALL
SELECT r.*
FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
CROSS JOIN LATERAL (
    SELECT <columns>
    FROM <table>
    WHERE account = s.account AND livemode = s.livemode
        AND <key> >= coalesce(s.after, '') AND <key> IS DISTINCT FROM s.after AND <key> <= s.until
    ORDER BY <key>
) AS r

-- fragment: first <key> of each account in <table>, as <name>
-- The first row of each account and mode, for a recursive query of that name: each is found by one step along the index,
-- whatever lies behind it.
(
    SELECT account, livemode, <key>
    FROM <table>
    ORDER BY account, livemode, <key>
    LIMIT 1
)
UNION ALL
SELECT following.account, following.livemode, following.<key>
FROM <name> AS f
CROSS JOIN LATERAL (
    SELECT account, livemode, <key>
    FROM <table>
    WHERE (account, livemode) > (f.account, f.livemode)
    ORDER BY account, livemode, <key>
    LIMIT 1
) AS following
