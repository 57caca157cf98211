-- Bank time: money that comes back, what a create depends on, and test clocks.
--
-- A post step, because a column gets another name: none of the earlier version may run any more.

-- due_ms is when the rail next has something to say (Unix milliseconds): about a pending top-up, or about one that
-- succeeded and will be returned. test_clock names the clock whose time is meant by it; NULL is real time.
-- scenario is what the sandbox plays with the top-up; NULL is plain success. settlement_days is how many banking
-- days were promised, NULL where no bank's calendar was asked. source_details is the Source that pays, as it was.
ALTER TABLE topups RENAME COLUMN settle_due_ms TO due_ms;
ALTER TABLE topups
    ADD COLUMN scenario text COLLATE "C",
    ADD COLUMN settlement_days smallint,
    ADD COLUMN source_details json,
    ADD COLUMN test_clock text COLLATE "C",
    DROP CONSTRAINT topups_due_only_when_pending,
    ADD CONSTRAINT topups_due_only_before_the_end CHECK (due_ms IS NULL OR status IN ('pending', 'succeeded')),
    ADD CONSTRAINT topups_clock_only_while_due CHECK (test_clock IS NULL OR (due_ms IS NOT NULL AND NOT livemode)),
    ADD CONSTRAINT topups_details_only_of_a_source CHECK (source_details IS NULL OR source IS NOT NULL),
    ADD CONSTRAINT topups_settlement_days_not_negative CHECK (settlement_days >= 0);

-- Until now the token itself was asked for what becomes of a top-up.
UPDATE topups AS t
SET scenario = s.scenario
FROM (
    VALUES
    ('btok_us_verified_noAccount', 'no_account'),
    ('btok_us_verified_accountClosed', 'account_closed'),
    ('btok_us_verified_insufficientFunds', 'insufficient_funds'),
    ('btok_us_verified_debitNotAuthorized', 'debit_not_authorized'),
    ('btok_us_verified_invalidCurrency', 'invalid_currency'),
    ('btok_us_verified_reversed', 'returned'),
    ('btok_us_verified_pending', 'pending'),
    ('pm_usBankAccount_noAccount', 'no_account'),
    ('pm_usBankAccount_accountClosed', 'account_closed'),
    ('pm_usBankAccount_insufficientFunds', 'insufficient_funds'),
    ('pm_usBankAccount_debitNotAuthorized', 'debit_not_authorized'),
    ('pm_usBankAccount_invalidCurrency', 'invalid_currency'),
    ('pm_usBankAccount_dispute', 'disputed'),
    ('pm_usBankAccount_processing', 'pending')
) AS s (token, scenario)
WHERE t.status = 'pending' AND coalesce(t.source, t.payment_method) = s.token;

-- The worker's question in real time, and the same under an owner's test clock.
DROP INDEX topups_due;
CREATE INDEX topups_due ON topups (due_ms) WHERE due_ms IS NOT NULL AND test_clock IS NULL;
CREATE INDEX topups_due_by_clock ON topups (account, livemode, due_ms, id) WHERE test_clock IS NOT NULL;

-- What a new top-up of an owner depends on beside its own parameters. version counts the changes: a create says under
-- which one it was made, and is made again when that is not the one in force. Owners that never changed anything have
-- no row, and version 0. settlement_days is how long money takes by the owner's own agreement; NULL leaves it to the
-- rail.
CREATE TABLE owner_terms (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    version         bigint NOT NULL,
    settlement_days smallint,
    CONSTRAINT owner_terms_pk PRIMARY KEY (account, livemode),
    CONSTRAINT owner_terms_version_positive CHECK (version > 0),
    CONSTRAINT owner_terms_settlement_days_bounded CHECK (settlement_days BETWEEN 0 AND 30)
);

-- Which funding source pays for a top-up that names none, by currency. Where there is no row, test mode has a bank
-- account of its own that always works, and live mode has none.
CREATE TABLE default_funding_sources (
    account        text COLLATE "C" NOT NULL,
    livemode       boolean NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    funding_source text COLLATE "C" NOT NULL,
    CONSTRAINT default_funding_sources_pk PRIMARY KEY (account, livemode, currency)
);

-- The frozen time in which an account's test mode lives. created and deletes_after are real Unix seconds, frozen_time
-- and target_frozen_time are the clock's own; since_ms is the real moment (Unix milliseconds) at which it came to
-- stand there, or began to move.
CREATE TABLE test_clocks (
    account            text COLLATE "C" NOT NULL,
    livemode           boolean NOT NULL,
    id                 text COLLATE "C" NOT NULL,
    name               text,
    created            bigint NOT NULL,
    deletes_after      bigint NOT NULL,
    frozen_time        bigint NOT NULL,
    target_frozen_time bigint,
    since_ms           bigint NOT NULL,
    status             text COLLATE "C" NOT NULL,
    CONSTRAINT test_clocks_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT test_clocks_one_at_a_time UNIQUE (account, livemode),
    CONSTRAINT test_clocks_only_in_test_mode CHECK (NOT livemode),
    CONSTRAINT test_clocks_status_known CHECK (status IN ('ready', 'advancing')),
    CONSTRAINT test_clocks_target_while_advancing CHECK ((target_frozen_time IS NOT NULL) = (status = 'advancing')),
    CONSTRAINT test_clocks_move_forward CHECK (target_frozen_time >= frozen_time)
);
CREATE INDEX test_clocks_advancing ON test_clocks (since_ms) WHERE status = 'advancing';
CREATE INDEX test_clocks_by_end ON test_clocks (deletes_after);
