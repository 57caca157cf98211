-- The foundation: accounts, keys, top-ups, their ledger, events and idempotency.
--
-- Every key begins with account and livemode, and every WHERE names them, so that the schema can be
-- sharded by account. Ids are time-ordered texts compared by bytes (COLLATE "C"): ORDER BY id is the order
-- of creation and a range of created is a range of ids. Money is BIGINT minor units beside a currency.
-- Times are BIGINT: *_ms are Unix milliseconds, created and its like are Unix seconds, as on the wire.

-- Who owns rows. A platform's keys may act for the accounts that name it (the Stripe-Account header).
CREATE TABLE accounts (
    account    text COLLATE "C" NOT NULL,
    platform   text COLLATE "C",
    created    bigint NOT NULL,
    CONSTRAINT accounts_pk PRIMARY KEY (account)
);
CREATE INDEX accounts_platform ON accounts (platform) WHERE platform IS NOT NULL;

-- API keys; the key itself is never here, only the SHA-256 of its 256 random bits. Small and asked for by
-- hash before any account is known: on a cluster this is a reference table.
CREATE TABLE api_keys (
    hash        bytea NOT NULL,
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    id          text COLLATE "C" NOT NULL,
    kind        text NOT NULL,
    name        text,
    redacted    text NOT NULL,
    permissions jsonb,
    created     bigint NOT NULL,
    expires_ms  bigint,
    CONSTRAINT api_keys_pk PRIMARY KEY (hash),
    CONSTRAINT api_keys_account_id UNIQUE (account, id),
    CONSTRAINT api_keys_hash_is_sha256 CHECK (octet_length(hash) = 32),
    CONSTRAINT api_keys_kind_known CHECK (kind IN ('secret', 'restricted')),
    CONSTRAINT api_keys_only_restricted_has_permissions CHECK ((kind = 'restricted') = (permissions IS NOT NULL))
);

-- One row a top-up. The three indexes serve every list: see store/topups.py.
CREATE TABLE topups (
    account                    text COLLATE "C" NOT NULL,
    livemode                   boolean NOT NULL,
    id                         text COLLATE "C" NOT NULL,
    amount                     bigint NOT NULL,
    created                    bigint NOT NULL,
    expected_availability_date bigint,
    settle_due_ms              bigint,
    currency                   text COLLATE "C" NOT NULL,
    status                     text COLLATE "C" NOT NULL,
    balance_transaction        text COLLATE "C",
    description                text,
    failure_code               text,
    failure_message            text,
    metadata                   jsonb,
    payment_method             text,
    payment_method_network     text,
    source                     text,
    statement_descriptor       text,
    transfer_group             text,
    CONSTRAINT topups_pk PRIMARY KEY (account, livemode, id) INCLUDE (amount, status),
    CONSTRAINT topups_amount_positive CHECK (amount > 0),
    CONSTRAINT topups_status_known CHECK (status IN ('pending', 'succeeded', 'failed', 'canceled', 'reversed')),
    CONSTRAINT topups_failure_only_when_failed CHECK (failure_code IS NULL OR status IN ('failed', 'reversed')),
    CONSTRAINT topups_credit_only_after_success
        CHECK ((balance_transaction IS NOT NULL) = (status IN ('succeeded', 'reversed'))),
    CONSTRAINT topups_due_only_when_pending CHECK (settle_due_ms IS NULL OR status = 'pending'),
    CONSTRAINT topups_one_way_to_pay CHECK (source IS NULL OR payment_method IS NULL)
);
CREATE INDEX topups_by_status ON topups (account, livemode, status, id) INCLUDE (amount);
CREATE INDEX topups_by_amount ON topups (account, livemode, amount, id) INCLUDE (status);
-- The worker's question, over all accounts: what is due?
CREATE INDEX topups_due ON topups (settle_due_ms) WHERE settle_due_ms IS NOT NULL;

-- Double entry. A transfer moves one positive amount from one ledger account to another and is never changed.
CREATE TABLE transfers (
    account        text COLLATE "C" NOT NULL,
    livemode       boolean NOT NULL,
    id             text COLLATE "C" NOT NULL,
    topup          text COLLATE "C" NOT NULL,
    kind           text COLLATE "C" NOT NULL,
    debit_account  text COLLATE "C" NOT NULL,
    credit_account text COLLATE "C" NOT NULL,
    amount         bigint NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    created        bigint NOT NULL,
    CONSTRAINT transfers_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT transfers_each_step_posts_once UNIQUE (account, livemode, topup, kind),
    CONSTRAINT transfers_amount_positive CHECK (amount > 0),
    CONSTRAINT transfers_kind_known CHECK (kind IN ('topup', 'topup_reversal')),
    CONSTRAINT transfers_accounts_known CHECK (
        debit_account IN ('funding:clearing', 'balance:available', 'bank:settlement')
        AND credit_account IN ('funding:clearing', 'balance:available', 'bank:settlement')
    ),
    CONSTRAINT transfers_between_two_accounts CHECK (debit_account <> credit_account)
);

-- The running sum of balance:available, kept by the transactions that post.
CREATE TABLE balances (
    account   text COLLATE "C" NOT NULL,
    livemode  boolean NOT NULL,
    currency  text COLLATE "C" NOT NULL,
    available bigint NOT NULL,
    CONSTRAINT balances_pk PRIMARY KEY (account, livemode, currency)
) WITH (fillfactor = 50);

-- The owner's statement: one line for each transfer that touched the balance.
CREATE TABLE balance_transactions (
    account      text COLLATE "C" NOT NULL,
    livemode     boolean NOT NULL,
    id           text COLLATE "C" NOT NULL,
    amount       bigint NOT NULL,
    fee          bigint NOT NULL,
    net          bigint NOT NULL,
    available_on bigint NOT NULL,
    created      bigint NOT NULL,
    currency     text COLLATE "C" NOT NULL,
    description  text,
    source       text COLLATE "C" NOT NULL,
    type         text COLLATE "C" NOT NULL,
    CONSTRAINT balance_transactions_pk PRIMARY KEY (account, livemode, id) INCLUDE (currency, type),
    CONSTRAINT balance_transactions_one_per_step UNIQUE (account, livemode, source, type),
    CONSTRAINT balance_transactions_net CHECK (net = amount - fee),
    CONSTRAINT balance_transactions_type_known CHECK (type IN ('topup', 'topup_reversal'))
);
CREATE INDEX balance_transactions_by_currency ON balance_transactions (account, livemode, currency, id) INCLUDE (type);
CREATE INDEX balance_transactions_by_type ON balance_transactions (account, livemode, type, id) INCLUDE (currency);

-- What is announced. payload is the object as it was then: compact JSON in the wire's key order; the event of
-- a create holds its reply, so a replay under an idempotency key reads it here.
CREATE TABLE events (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    id              text COLLATE "C" NOT NULL,
    created         bigint NOT NULL,
    type            text COLLATE "C" NOT NULL,
    object_id       text COLLATE "C" NOT NULL,
    api_version     text NOT NULL,
    request_id      text,
    idempotency_key text,
    payload         json NOT NULL,
    CONSTRAINT events_pk PRIMARY KEY (account, livemode, id)
);
-- Creations are a large share of all events, so a list of them walks the key and soon fills its page; the rarer
-- types need an index, and leaving creations out of it keeps it off the path of a create.
CREATE INDEX events_by_type ON events (account, livemode, type, id) WHERE type <> 'topup.created';

-- Answers kept for retries. event_id names the event that holds a create's reply; for other writes the reply is
-- in response_status and response_body.
CREATE TABLE idempotency_keys (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    key             text COLLATE "C" NOT NULL,
    fingerprint     bytea NOT NULL,
    request_id      text NOT NULL,
    event_id        text COLLATE "C",
    response_status smallint,
    response_body   json,
    created_ms      bigint NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (account, livemode, key),
    CONSTRAINT idempotency_keys_never_two_answers CHECK (event_id IS NULL OR response_body IS NULL),
    CONSTRAINT idempotency_keys_status_with_body CHECK ((response_status IS NULL) = (response_body IS NULL))
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_ms);
