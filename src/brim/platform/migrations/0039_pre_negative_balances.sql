-- Balances below zero: which ones there are, and what is kept back of an account's money for returns that come late.

-- The balances that are below zero now, and since when (Unix milliseconds in the account's time): NULL where the version
-- before, or this step, has noted it. How they came there stands in the journal. An index on such balances would find them, too. But every posting changes `available`, and what an index
-- names, be it in its condition, PostgreSQL cannot change in place (HOT): each posting would write the other indexes of
-- the busiest table. A trigger looks at the two values alone where zero is not crossed, whichever version posts.
CREATE TABLE negative_balances (
    account   text COLLATE "C" NOT NULL,
    livemode  boolean NOT NULL,
    currency  text COLLATE "C" NOT NULL,
    since_ms  bigint,
    CONSTRAINT negative_balances_pk PRIMARY KEY (account, livemode, currency)
);

CREATE FUNCTION note_negative_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.available < 0 THEN
        INSERT INTO negative_balances (account, livemode, currency)
        VALUES (NEW.account, NEW.livemode, NEW.currency)
        ON CONFLICT ON CONSTRAINT negative_balances_pk DO NOTHING;
    ELSE
        DELETE FROM negative_balances
        WHERE account = NEW.account AND livemode = NEW.livemode AND currency = NEW.currency;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER balances_opened_below_zero AFTER INSERT ON balances
FOR EACH ROW WHEN (NEW.available < 0) EXECUTE FUNCTION note_negative_balance();
CREATE TRIGGER balances_crossed_zero AFTER UPDATE ON balances
FOR EACH ROW WHEN ((OLD.available < 0) <> (NEW.available < 0)) EXECUTE FUNCTION note_negative_balance();

-- Nobody writes balances until this step is committed, so none is missed between the triggers and what is there.
INSERT INTO negative_balances (account, livemode, currency)
SELECT account, livemode, currency
FROM balances
WHERE available < 0;

-- How much of an account's money is kept back (`target`), and how much of it is there (`held`): a hold, by its source, in
-- minor units. What comes below the target comes from the next top-ups; a negative balance draws on it.
CREATE TABLE balance_reserves (
    account   text COLLATE "C" NOT NULL,
    livemode  boolean NOT NULL,
    currency  text COLLATE "C" NOT NULL,
    target    bigint NOT NULL,
    held      bigint NOT NULL,
    hold      text COLLATE "C",
    set_by    text COLLATE "C" NOT NULL,
    set_ms    bigint NOT NULL,
    CONSTRAINT balance_reserves_pk PRIMARY KEY (account, livemode, currency),
    CONSTRAINT balance_reserves_within_target CHECK (target >= 0 AND held BETWEEN 0 AND target),
    CONSTRAINT balance_reserves_hold_of_what_is_held CHECK ((hold IS NOT NULL) = (held > 0))
);
CREATE INDEX balance_reserves_short ON balance_reserves (account, livemode, currency) WHERE held < target;
