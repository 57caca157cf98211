-- Fills `balance_activity`, which 0056 has made, with what was there before its trigger, while others post: all that is there,
-- less what the trigger has added up, both in one snapshot, is added to whatever is there once it is written. So it takes no
-- lock but on its rows, those that others write last, and may wait for these.
SET LOCAL lock_timeout = '10s';
WITH untold AS MATERIALIZED (
    SELECT
        account, livemode, currency, start, type, sum(number) AS number, sum(gross) AS gross, sum(fee) AS fee,
        sum(net) AS net
    FROM (
        SELECT
            account, livemode, currency, created - created % 60 AS start, type, count(*) AS number, sum(amount) AS gross,
            sum(fee) AS fee, sum(net) AS net
        FROM balance_transactions
        GROUP BY 1, 2, 3, 4, 5
        UNION ALL
        SELECT account, livemode, currency, start, type, -number, -gross, -fee, -net
        FROM balance_activity
        WHERE span = 60
    ) AS told
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(number) <> 0
)
INSERT INTO balance_activity AS b (account, livemode, currency, span, start, type, number, gross, fee, net)
SELECT account, livemode, currency, span, start, type, number, gross, fee, net
FROM (
    SELECT account, livemode, currency, 60 AS span, start, type, number, gross, fee, net
    FROM untold
    UNION ALL
    SELECT
        account, livemode, currency, 86400, start - start % 86400, type, sum(number), sum(gross), sum(fee), sum(net)
    FROM untold
    GROUP BY 1, 2, 3, 5, 6
) AS spans
ORDER BY start + span, account, livemode, currency, span, type
ON CONFLICT ON CONSTRAINT balance_activity_pk DO UPDATE
SET number = b.number + excluded.number, gross = b.gross + excluded.gross, fee = b.fee + excluded.fee,
    net = b.net + excluded.net;
