-- For whom a payment method is kept: ids of the client's own, which name nothing in this database. One of them at most.
-- Nobody but a list by these columns reads them: what may be debited does not depend on them.
ALTER TABLE funding_sources
    ADD COLUMN customer text COLLATE "C",
    ADD COLUMN customer_account text COLLATE "C",
    ADD CONSTRAINT funding_sources_one_customer CHECK (customer IS NULL OR customer_account IS NULL),
    ADD CONSTRAINT funding_sources_customer_of_a_payment_method
        CHECK (kind = 'payment_method' OR (customer IS NULL AND customer_account IS NULL));
