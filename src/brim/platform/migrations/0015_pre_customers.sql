-- For whom a payment method is kept: ids of the client's own, which name nothing in this database. One of them at most.
-- Nobody but the list of a customer's reads them: what may be debited does not depend on them.
ALTER TABLE funding_sources
    ADD COLUMN customer text COLLATE "C",
    ADD COLUMN customer_account text COLLATE "C",
    ADD CONSTRAINT funding_sources_one_customer CHECK (customer IS NULL OR customer_account IS NULL),
    ADD CONSTRAINT funding_sources_customer_of_a_payment_method
        CHECK (kind = 'payment_method' OR (customer IS NULL AND customer_account IS NULL));

-- The two are told apart by how their ids begin, so one index serves both lists.
CREATE INDEX funding_sources_by_customer
    ON funding_sources (account, livemode, coalesce(customer, customer_account), id)
    WHERE coalesce(customer, customer_account) IS NOT NULL;
