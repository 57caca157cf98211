-- Money that arrives by itself: the references by which it finds its account, and what became of it.

-- By what details and which reference an account is paid. They belong to the platform (`account`), whose bank account it
-- is; `owner` is the account that is credited. `amount` is what one payment is expected to be; NULL for a reference that
-- is paid any number of times, of which an account has one a currency. `bank_account` is its name in the ledger.
CREATE TABLE funding_instructions (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    owner         text COLLATE "C" NOT NULL,
    originator    text COLLATE "C",
    bank_account  text COLLATE "C" NOT NULL,
    currency      text COLLATE "C" NOT NULL,
    reference     text COLLATE "C" NOT NULL,
    amount        bigint,
    expires_ms    bigint,
    description   text,
    metadata      jsonb,
    created_ms    bigint NOT NULL,
    CONSTRAINT funding_instructions_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT funding_instructions_reference UNIQUE (account, livemode, reference),
    CONSTRAINT funding_instructions_amount_positive CHECK (amount > 0),
    CONSTRAINT funding_instructions_only_expected_expires CHECK (expires_ms IS NULL OR amount IS NOT NULL)
);
CREATE INDEX funding_instructions_by_owner ON funding_instructions (account, livemode, owner, id);
CREATE UNIQUE INDEX funding_instructions_lasting ON funding_instructions (account, livemode, owner, currency)
WHERE amount IS NULL;
CREATE INDEX funding_instructions_expected ON funding_instructions (account, livemode, currency, amount, id)
WHERE amount IS NOT NULL;

-- What became of a credit on a statement that is a transfer from somebody: part 1 is the line, and part 2 what of it is
-- more than was expected. `suspended` is in the ledger's suspense account of its bank account and currency. `reference` is
-- the one it named, `return_reference` the one by which the bank's debit is known when it is sent back. `owner` and `topup`
-- are set once it is credited. `proposed` is what somebody wants done with it, `decided_by` who agreed; `one_person`: nobody
-- else could. `ended_by` is the line that took it back. `suggestions` are accounts that it may be for.
CREATE TABLE incoming_transfers (
    account           text COLLATE "C" NOT NULL,
    livemode          boolean NOT NULL,
    id                text COLLATE "C" NOT NULL,
    bank_account      text COLLATE "C" NOT NULL,
    line_key          text COLLATE "C" NOT NULL,
    part              smallint NOT NULL,
    booked_on         date NOT NULL,
    amount            bigint NOT NULL,
    currency          text COLLATE "C" NOT NULL,
    status            text COLLATE "C" NOT NULL,
    reason            text COLLATE "C",
    instructions      text COLLATE "C",
    reference         text COLLATE "C",
    return_reference  text COLLATE "C" NOT NULL,
    suggestions       jsonb,
    owner             text COLLATE "C",
    topup             text COLLATE "C",
    handled_by        text COLLATE "C",
    note              text,
    proposed          text COLLATE "C",
    proposed_owner    text COLLATE "C",
    proposed_by       text COLLATE "C",
    proposed_ms       bigint,
    decided_by        text COLLATE "C",
    decided_ms        bigint,
    one_person        boolean,
    ended_by          text COLLATE "C",
    created_ms        bigint NOT NULL,
    ended_ms          bigint,
    CONSTRAINT incoming_transfers_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT incoming_transfers_once UNIQUE (account, livemode, bank_account, line_key, part),
    CONSTRAINT incoming_transfers_return_reference UNIQUE (account, livemode, return_reference),
    CONSTRAINT incoming_transfers_part_known CHECK (part IN (1, 2)),
    CONSTRAINT incoming_transfers_amount_positive CHECK (amount > 0),
    CONSTRAINT incoming_transfers_status_known CHECK (
        status IN ('credited', 'suspended', 'returning', 'returned', 'recalled')
    ),
    CONSTRAINT incoming_transfers_topup_has_owner CHECK ((topup IS NULL) = (owner IS NULL)),
    CONSTRAINT incoming_transfers_credited_has_topup CHECK (status <> 'credited' OR topup IS NOT NULL),
    CONSTRAINT incoming_transfers_suspended_has_none CHECK (
        status NOT IN ('suspended', 'returning', 'returned') OR topup IS NULL AND reason IS NOT NULL
    ),
    CONSTRAINT incoming_transfers_ended_by_line CHECK ((status IN ('returned', 'recalled')) = (ended_by IS NOT NULL)),
    CONSTRAINT incoming_transfers_proposal_known CHECK (proposed IN ('assign', 'send_back')),
    CONSTRAINT incoming_transfers_proposal_whole CHECK (
        (proposed IS NULL) = (proposed_by IS NULL)
        AND (proposed_owner IS NOT NULL) = (coalesce(proposed, '') = 'assign')
    ),
    CONSTRAINT incoming_transfers_maker_is_not_checker CHECK (
        decided_by IS NULL OR coalesce(one_person, false) OR NOT livemode OR decided_by <> proposed_by
    )
);
CREATE INDEX incoming_transfers_by_status ON incoming_transfers (account, livemode, status, id);
CREATE INDEX incoming_transfers_by_instructions ON incoming_transfers (account, livemode, instructions, id)
WHERE instructions IS NOT NULL;
CREATE INDEX incoming_transfers_by_reference ON incoming_transfers (account, livemode, reference, id)
WHERE reference IS NOT NULL;
CREATE INDEX incoming_transfers_by_topup ON incoming_transfers (account, livemode, topup) WHERE topup IS NOT NULL;
CREATE UNIQUE INDEX incoming_transfers_topup ON incoming_transfers (owner, livemode, topup) WHERE topup IS NOT NULL;

-- What leaves suspense in live mode was proposed by one person and decided by another, whatever statement says so: but for
-- the first parts of an expected amount, which go with the last one to the account of their instructions.
CREATE FUNCTION check_incoming_transfer_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'credited' AND NEW.reason = 'short' AND NEW.decided_by IS NULL THEN
        PERFORM
        FROM funding_instructions
        WHERE account = NEW.account AND livemode = NEW.livemode AND id BETWEEN NEW.instructions AND NEW.instructions
            AND owner = NEW.owner;
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NEW.decided_by IS NULL OR NEW.proposed_by IS NULL
        OR (NEW.status = 'credited') IS DISTINCT FROM (NEW.proposed = 'assign')
        OR (NEW.status = 'credited' AND NEW.owner IS DISTINCT FROM NEW.proposed_owner) THEN
        RAISE check_violation USING CONSTRAINT = 'incoming_transfers_decided_as_proposed',
            MESSAGE = format('%s was not decided as somebody had proposed', NEW.id);
    END IF;
    IF NEW.one_person AND NOT is_one_person() THEN
        RAISE check_violation USING CONSTRAINT = 'incoming_transfers_one_person_is_one',
            MESSAGE = format('%s is not decided by the only person: there are others', NEW.id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER incoming_transfers_decided BEFORE UPDATE ON incoming_transfers
FOR EACH ROW WHEN (
    NEW.livemode AND OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('credited', 'returning')
)
EXECUTE FUNCTION check_incoming_transfer_decided();
