-- What balance transactions add up to, by minute and by day: what a balance was after one of them, and what changed it in a
-- month, are found without adding up all that came since. 0057 fills it, in a transaction of its own: the trigger is there
-- by then, so nobody who posts has to wait.

-- `start` is the first second of the span, `span` its length in seconds: 60 or 86400, in UTC. Both have everything, so a
-- balance at a moment is today's less whole days and less than a day of minutes. A trigger writes it, so whoever posts,
-- imports, or is of the version before, forgets nothing. Whoever posts holds the balance, so no two wait for each other here.
CREATE TABLE balance_activity (
    account   text COLLATE "C" NOT NULL,
    livemode  boolean NOT NULL,
    currency  text COLLATE "C" NOT NULL,
    span      integer NOT NULL,
    start     bigint NOT NULL,
    type      text COLLATE "C" NOT NULL,
    number    bigint NOT NULL,
    gross     bigint NOT NULL,
    fee       bigint NOT NULL,
    net       bigint NOT NULL,
    CONSTRAINT balance_activity_pk PRIMARY KEY (account, livemode, currency, span, start, type),
    CONSTRAINT balance_activity_span CHECK (span IN (60, 86400) AND start % span = 0),
    CONSTRAINT balance_activity_net CHECK (net = gross - fee)
) WITH (fillfactor = 80);

CREATE FUNCTION add_balance_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO balance_activity AS b (account, livemode, currency, span, start, type, number, gross, fee, net)
    SELECT
        t.account, t.livemode, t.currency, s.span, t.created - t.created % s.span, t.type,
        count(*), sum(t.amount), sum(t.fee), sum(t.net)
    FROM added AS t
    CROSS JOIN (VALUES (60), (86400)) AS s (span)
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT ON CONSTRAINT balance_activity_pk DO UPDATE
    SET number = b.number + excluded.number, gross = b.gross + excluded.gross, fee = b.fee + excluded.fee,
        net = b.net + excluded.net;
    RETURN NULL;
END
$$;
CREATE TRIGGER balance_transactions_added AFTER INSERT ON balance_transactions
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION add_balance_activity();
