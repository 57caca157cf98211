SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.begin_terms() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO owner_terms (account, livemode, version)
    VALUES (new.account, false, 0), (new.account, true, 0)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.accounts (
    account text NOT NULL COLLATE pg_catalog."C",
    platform text COLLATE pg_catalog."C",
    created bigint NOT NULL,
    type text DEFAULT 'standard'::text NOT NULL COLLATE pg_catalog."C",
    country text DEFAULT 'US'::text NOT NULL COLLATE pg_catalog."C",
    default_currency text DEFAULT 'usd'::text NOT NULL COLLATE pg_catalog."C",
    email text,
    business_name text,
    business_type text COLLATE pg_catalog."C",
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    deleted_ms bigint,
    deleted_below bigint DEFAULT 0 NOT NULL,
    made_live boolean DEFAULT false NOT NULL,
    CONSTRAINT accounts_business_type_known CHECK ((business_type = ANY (ARRAY['company'::text, 'government_entity'::text, 'individual'::text, 'non_profit'::text]))),
    CONSTRAINT accounts_country_is_a_code CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT accounts_deleted_only_below_a_platform CHECK (((deleted_ms IS NULL) OR (platform IS NOT NULL))),
    CONSTRAINT accounts_type_known CHECK ((type = ANY (ARRAY['standard'::text, 'express'::text, 'custom'::text, 'none'::text])))
);
CREATE TABLE public.api_keys (
    hash bytea NOT NULL,
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    name text,
    redacted text NOT NULL,
    permissions jsonb,
    created bigint NOT NULL,
    expires_ms bigint,
    CONSTRAINT api_keys_hash_is_sha256 CHECK ((octet_length(hash) = 32)),
    CONSTRAINT api_keys_kind_known CHECK ((kind = ANY (ARRAY['secret'::text, 'restricted'::text]))),
    CONSTRAINT api_keys_only_restricted_has_permissions CHECK (((kind = 'restricted'::text) = (permissions IS NOT NULL)))
);
CREATE TABLE public.audit_log (
    id text NOT NULL COLLATE pg_catalog."C",
    at_ms bigint NOT NULL,
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor text COLLATE pg_catalog."C",
    actor_name text,
    address text,
    action text NOT NULL COLLATE pg_catalog."C",
    object text COLLATE pg_catalog."C",
    account text COLLATE pg_catalog."C",
    livemode boolean,
    detail text,
    CONSTRAINT audit_log_actor_kind_known CHECK ((actor_kind = ANY (ARRAY['operator'::text, 'key'::text, 'cli'::text, 'nobody'::text]))),
    CONSTRAINT audit_log_mode_of_an_account CHECK (((account IS NULL) = (livemode IS NULL)))
);
CREATE TABLE public.balance_transactions (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    net bigint NOT NULL,
    available_on bigint NOT NULL,
    created bigint NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    description text,
    source text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT balance_transactions_net CHECK ((net = (amount - fee))),
    CONSTRAINT balance_transactions_type_known CHECK ((type = ANY (ARRAY['topup'::text, 'topup_reversal'::text])))
);
CREATE TABLE public.balances (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    available bigint NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE public.bank_tokens (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    sealed bytea NOT NULL,
    routing_number text NOT NULL,
    last4 text NOT NULL,
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    bank_name text,
    country text NOT NULL,
    currency text COLLATE pg_catalog."C",
    account_holder_name text,
    account_holder_type text,
    account_type text,
    used_as text COLLATE pg_catalog."C",
    used_by text,
    CONSTRAINT bank_tokens_only_the_end_of_a_number CHECK (((length(last4) >= 1) AND (length(last4) <= 4))),
    CONSTRAINT bank_tokens_used_by_somebody CHECK (((used_as IS NULL) = (used_by IS NULL)))
);
CREATE TABLE public.chain_heads (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT chain_heads_hash_is_sha256 CHECK ((octet_length(hash) = 32)),
    CONSTRAINT chain_heads_position_not_negative CHECK (("position" >= 0))
)
WITH (fillfactor='50');
CREATE TABLE public.cli_devices (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    device text NOT NULL COLLATE pg_catalog."C",
    endpoint text NOT NULL COLLATE pg_catalog."C",
    secret bytea NOT NULL,
    created bigint NOT NULL
);
CREATE TABLE public.cli_pairings (
    id text NOT NULL COLLATE pg_catalog."C",
    poll_hash bytea NOT NULL,
    token_hash bytea NOT NULL,
    code_hash bytea NOT NULL,
    device text NOT NULL,
    client_version text NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    account text COLLATE pg_catalog."C",
    created_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    CONSTRAINT cli_pairings_approved_for_an_account CHECK (((account IS NOT NULL) = (state = ANY (ARRAY['approved'::text, 'redeemed'::text])))),
    CONSTRAINT cli_pairings_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'denied'::text, 'redeemed'::text])))
);
CREATE TABLE public.cli_resends (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    hash bytea NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL COLLATE pg_catalog."C",
    event_account text COLLATE pg_catalog."C"
);
CREATE TABLE public.cli_session_places (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    hash bytea NOT NULL,
    event_account text NOT NULL COLLATE pg_catalog."C",
    acked_place bigint NOT NULL
);
CREATE TABLE public.cli_sessions (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    hash bytea NOT NULL,
    device text NOT NULL COLLATE pg_catalog."C",
    features text NOT NULL COLLATE pg_catalog."C",
    filters json NOT NULL,
    acked_place bigint NOT NULL,
    created_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    key_hash bytea
);
CREATE TABLE public.default_funding_sources (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    funding_source text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.due_exceptions (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    job text NOT NULL COLLATE pg_catalog."C",
    object_id text NOT NULL COLLATE pg_catalog."C",
    attempts integer NOT NULL,
    first_failed_ms bigint NOT NULL,
    last_failed_ms bigint NOT NULL,
    next_try_ms bigint NOT NULL,
    error text NOT NULL,
    CONSTRAINT due_exceptions_attempts_positive CHECK ((attempts > 0))
);
CREATE TABLE public.event_counters (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    number bigint NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE public.event_numbers (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    number bigint NOT NULL,
    event text NOT NULL COLLATE pg_catalog."C",
    numbered_ms bigint NOT NULL
);
CREATE TABLE public.events (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    type text NOT NULL COLLATE pg_catalog."C",
    object_id text NOT NULL COLLATE pg_catalog."C",
    api_version text NOT NULL,
    request_id text,
    idempotency_key text,
    payload json NOT NULL
);
CREATE TABLE public.external_accounts (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    routing_number text NOT NULL,
    last4 text NOT NULL,
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    bank_name text,
    country text NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    account_holder_name text,
    account_holder_type text,
    account_type text,
    is_default boolean NOT NULL,
    metadata jsonb NOT NULL,
    CONSTRAINT external_accounts_only_the_end_of_a_number CHECK (((length(last4) >= 1) AND (length(last4) <= 4))),
    CONSTRAINT external_accounts_prefix CHECK (starts_with(id, 'ba_'::text))
);
CREATE TABLE public.first_run (
    is_only boolean DEFAULT true NOT NULL,
    hash bytea NOT NULL,
    expires_ms bigint NOT NULL,
    CONSTRAINT first_run_is_one_row CHECK (is_only)
);
CREATE TABLE public.funding_sources (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    verification text NOT NULL COLLATE pg_catalog."C",
    attempts_left smallint NOT NULL,
    is_detached boolean DEFAULT false NOT NULL,
    sealed bytea NOT NULL,
    routing_number text NOT NULL,
    last4 text NOT NULL,
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    bank_name text,
    country text NOT NULL,
    currency text COLLATE pg_catalog."C",
    account_holder_type text,
    account_type text,
    allow_redisplay text NOT NULL,
    client_secret text,
    scenario text COLLATE pg_catalog."C",
    party jsonb NOT NULL,
    metadata jsonb,
    customer text COLLATE pg_catalog."C",
    customer_account text COLLATE pg_catalog."C",
    CONSTRAINT funding_sources_attempts_bounded CHECK (((attempts_left >= 0) AND (attempts_left <= 3))),
    CONSTRAINT funding_sources_customer_of_a_payment_method CHECK (((kind = 'payment_method'::text) OR ((customer IS NULL) AND (customer_account IS NULL)))),
    CONSTRAINT funding_sources_kind_known CHECK ((kind = ANY (ARRAY['payment_method'::text, 'source'::text]))),
    CONSTRAINT funding_sources_no_attempts_means_failed CHECK (((attempts_left > 0) OR (verification = 'failed'::text))),
    CONSTRAINT funding_sources_one_customer CHECK (((customer IS NULL) OR (customer_account IS NULL))),
    CONSTRAINT funding_sources_only_the_end_of_a_number CHECK (((length(last4) >= 1) AND (length(last4) <= 4))),
    CONSTRAINT funding_sources_prefix_of_kind CHECK (starts_with(id,
CASE kind
    WHEN 'source'::text THEN 'src_'::text
    ELSE 'pm_'::text
END)),
    CONSTRAINT funding_sources_scenario_only_in_test_mode CHECK (((scenario IS NULL) OR (NOT livemode))),
    CONSTRAINT funding_sources_secret_of_a_source CHECK (((client_secret IS NOT NULL) = (kind = 'source'::text))),
    CONSTRAINT funding_sources_verification_known CHECK ((verification = ANY (ARRAY['verified'::text, 'pending'::text, 'failed'::text])))
);
CREATE TABLE public.idempotency_keys (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    fingerprint bytea NOT NULL,
    request_id text NOT NULL,
    event_id text COLLATE pg_catalog."C",
    response_status smallint,
    response_body json,
    created_ms bigint NOT NULL,
    CONSTRAINT idempotency_keys_never_two_answers CHECK (((event_id IS NULL) OR (response_body IS NULL))),
    CONSTRAINT idempotency_keys_status_with_body CHECK (((response_status IS NULL) = (response_body IS NULL)))
);
CREATE TABLE public.new_events (
    place bigint NOT NULL,
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    event text NOT NULL COLLATE pg_catalog."C"
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');
ALTER TABLE public.new_events ALTER COLUMN place ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.new_events_place_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 64
);
CREATE TABLE public.operator_identities (
    operator text NOT NULL COLLATE pg_catalog."C",
    issuer text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    bound_ms bigint NOT NULL
);
CREATE TABLE public.operator_keys (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    operator text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    secret bytea NOT NULL
);
CREATE TABLE public.operator_password_links (
    operator text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    expires_ms bigint NOT NULL,
    CONSTRAINT operator_password_links_hash_is_sha256 CHECK ((octet_length(hash) = 32))
);
CREATE TABLE public.operator_recovery_codes (
    operator text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL
);
CREATE TABLE public.operator_sessions (
    hash bytea NOT NULL,
    operator text NOT NULL COLLATE pg_catalog."C",
    awaits_code boolean NOT NULL,
    address text,
    created_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    ends_ms bigint NOT NULL,
    CONSTRAINT operator_sessions_hash_is_sha256 CHECK ((octet_length(hash) = 32))
);
CREATE TABLE public.operators (
    id text NOT NULL COLLATE pg_catalog."C",
    email text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    password_hash text COLLATE pg_catalog."C",
    totp_secret bytea,
    totp_is_on boolean DEFAULT false NOT NULL,
    totp_step bigint DEFAULT 0 NOT NULL,
    created bigint NOT NULL,
    disabled_ms bigint,
    CONSTRAINT operators_codes_need_a_secret CHECK (((totp_secret IS NOT NULL) OR (NOT totp_is_on))),
    CONSTRAINT operators_role_known CHECK ((role = ANY (ARRAY['admin'::text, 'developer'::text, 'viewer'::text])))
);
CREATE TABLE public.owner_terms (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    version bigint NOT NULL,
    settlement_days smallint,
    is_closed boolean DEFAULT false NOT NULL,
    CONSTRAINT owner_terms_settlement_days_bounded CHECK (((settlement_days >= 0) AND (settlement_days <= 30))),
    CONSTRAINT owner_terms_version_not_negative CHECK ((version >= 0))
);
CREATE TABLE public.pruned_events (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    type text NOT NULL COLLATE pg_catalog."C",
    events bigint NOT NULL,
    checksum numeric NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE public.request_logs (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    method text NOT NULL COLLATE pg_catalog."C",
    path text NOT NULL COLLATE pg_catalog."C",
    status smallint NOT NULL,
    duration_ms double precision NOT NULL,
    api_version text NOT NULL,
    idempotency_key text,
    object text COLLATE pg_catalog."C",
    parameters json,
    error json,
    user_agent text
);
CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    checksum text NOT NULL COLLATE pg_catalog."C",
    applied_ms bigint NOT NULL
);
CREATE TABLE public.service_secrets (
    name text NOT NULL COLLATE pg_catalog."C",
    sealed bytea NOT NULL
);
CREATE TABLE public.sign_in_tries (
    subject text NOT NULL COLLATE pg_catalog."C",
    tries integer NOT NULL,
    next_ms bigint NOT NULL,
    seen_ms bigint NOT NULL
);
CREATE TABLE public.test_clocks (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    name text,
    created bigint NOT NULL,
    deletes_after bigint NOT NULL,
    frozen_time bigint NOT NULL,
    target_frozen_time bigint,
    since_ms bigint NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT test_clocks_move_forward CHECK ((target_frozen_time >= frozen_time)),
    CONSTRAINT test_clocks_only_in_test_mode CHECK ((NOT livemode)),
    CONSTRAINT test_clocks_status_known CHECK ((status = ANY (ARRAY['ready'::text, 'advancing'::text]))),
    CONSTRAINT test_clocks_target_while_advancing CHECK (((target_frozen_time IS NOT NULL) = (status = 'advancing'::text)))
);
CREATE TABLE public.topups (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    created bigint NOT NULL,
    expected_availability_date bigint,
    due_ms bigint,
    currency text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    balance_transaction text COLLATE pg_catalog."C",
    description text,
    failure_code text,
    failure_message text,
    metadata jsonb,
    payment_method text,
    payment_method_network text,
    source text,
    statement_descriptor text,
    transfer_group text,
    scenario text COLLATE pg_catalog."C",
    settlement_days smallint,
    source_details json,
    test_clock text COLLATE pg_catalog."C",
    CONSTRAINT topups_amount_positive CHECK ((amount > 0)),
    CONSTRAINT topups_clock_only_while_due CHECK (((test_clock IS NULL) OR ((due_ms IS NOT NULL) AND (NOT livemode)))),
    CONSTRAINT topups_credit_only_after_success CHECK (((balance_transaction IS NOT NULL) = (status = ANY (ARRAY['succeeded'::text, 'reversed'::text])))),
    CONSTRAINT topups_details_only_of_a_source CHECK (((source_details IS NULL) OR (source IS NOT NULL))),
    CONSTRAINT topups_due_only_before_the_end CHECK (((due_ms IS NULL) OR (status = ANY (ARRAY['pending'::text, 'succeeded'::text])))),
    CONSTRAINT topups_failure_only_when_failed CHECK (((failure_code IS NULL) OR (status = ANY (ARRAY['failed'::text, 'reversed'::text])))),
    CONSTRAINT topups_one_way_to_pay CHECK (((source IS NULL) OR (payment_method IS NULL))),
    CONSTRAINT topups_settlement_days_not_negative CHECK ((settlement_days >= 0)),
    CONSTRAINT topups_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text, 'canceled'::text, 'reversed'::text])))
);
CREATE TABLE public.transfer_seals (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    "position" bigint NOT NULL,
    transfer text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    CONSTRAINT transfer_seals_hash_is_sha256 CHECK ((octet_length(hash) = 32)),
    CONSTRAINT transfer_seals_position_positive CHECK (("position" > 0))
);
CREATE TABLE public.transfers (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    topup text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    debit_account text NOT NULL COLLATE pg_catalog."C",
    credit_account text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    created bigint NOT NULL,
    CONSTRAINT transfers_accounts_known CHECK (((debit_account = ANY (ARRAY['funding:clearing'::text, 'balance:available'::text, 'bank:settlement'::text])) AND (credit_account = ANY (ARRAY['funding:clearing'::text, 'balance:available'::text, 'bank:settlement'::text])))),
    CONSTRAINT transfers_amount_positive CHECK ((amount > 0)),
    CONSTRAINT transfers_between_two_accounts CHECK ((debit_account <> credit_account)),
    CONSTRAINT transfers_kind_known CHECK ((kind = ANY (ARRAY['topup'::text, 'topup_reversal'::text])))
);
CREATE TABLE public.unsealed_transfers (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    transfer text NOT NULL COLLATE pg_catalog."C"
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='10000');
CREATE TABLE public.verification_runs (
    id text NOT NULL COLLATE pg_catalog."C",
    turn_ms bigint,
    began_ms bigint NOT NULL,
    ended_ms bigint,
    transfers bigint,
    sealed bigint,
    unsealed bigint,
    heads bigint,
    differences json,
    CONSTRAINT verification_runs_end_after_beginning CHECK ((ended_ms >= began_ms)),
    CONSTRAINT verification_runs_result_when_ended CHECK (((ended_ms IS NULL) = (differences IS NULL)))
);
CREATE TABLE public.webhook_attempts (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    endpoint text NOT NULL COLLATE pg_catalog."C",
    event_account text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL COLLATE pg_catalog."C",
    attempted_ms bigint NOT NULL,
    duration_ms integer NOT NULL,
    outcome text NOT NULL COLLATE pg_catalog."C",
    http_status smallint,
    error text,
    request_headers json NOT NULL,
    response_head bytea,
    cause text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT webhook_attempts_cause_known CHECK ((cause = ANY (ARRAY['schedule'::text, 'resend'::text, 'test'::text]))),
    CONSTRAINT webhook_attempts_head_is_a_kibibyte CHECK ((octet_length(response_head) <= 1024))
);
CREATE TABLE public.webhook_deliveries (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    endpoint text NOT NULL COLLATE pg_catalog."C",
    event_account text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    attempts smallint NOT NULL,
    next_attempt_ms bigint,
    leased_until_ms bigint,
    created_ms bigint NOT NULL,
    cause text DEFAULT 'schedule'::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT webhook_deliveries_cause_known CHECK ((cause = ANY (ARRAY['schedule'::text, 'resend'::text]))),
    CONSTRAINT webhook_deliveries_lease_only_while_pending CHECK (((leased_until_ms IS NULL) OR (next_attempt_ms IS NOT NULL)))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_scale_factor='1', autovacuum_analyze_threshold='100000');
CREATE TABLE public.webhook_endpoints (
    account text NOT NULL COLLATE pg_catalog."C",
    livemode boolean NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    url text NOT NULL,
    enabled_events jsonb NOT NULL,
    api_version text,
    rendered_version text NOT NULL,
    connect boolean NOT NULL,
    description text,
    metadata jsonb,
    secret bytea NOT NULL,
    old_secret bytea,
    old_secret_until_ms bigint,
    created bigint NOT NULL,
    failing_since_ms bigint,
    disabled_because text COLLATE pg_catalog."C",
    event_payload text DEFAULT 'snapshot'::text NOT NULL COLLATE pg_catalog."C",
    name text,
    updated bigint,
    disabled_ms bigint,
    CONSTRAINT webhook_endpoints_disabled_because_known CHECK ((disabled_because = ANY (ARRAY['owner'::text, 'failures'::text]))),
    CONSTRAINT webhook_endpoints_event_payload_known CHECK ((event_payload = ANY (ARRAY['snapshot'::text, 'thin'::text]))),
    CONSTRAINT webhook_endpoints_old_secret_ends CHECK (((old_secret IS NULL) = (old_secret_until_ms IS NULL)))
);
CREATE TABLE public.workers (
    id text NOT NULL COLLATE pg_catalog."C",
    host text NOT NULL,
    pid integer NOT NULL,
    version text NOT NULL,
    started_ms bigint NOT NULL,
    heartbeat_ms bigint NOT NULL,
    jobs text NOT NULL
);
INSERT INTO public.accounts VALUES
	('acct_0VcL1z1S6r9POL9H', NULL, 1795931126, 'standard', 'US', 'usd', NULL, NULL, NULL, '{}', '{}', NULL, 0, false),
	('acct_0VcL1z9hwBctHl7x', 'acct_0VcL1z1S6r9POL9H', 1795931127, 'standard', 'US', 'usd', 'a@example.com', NULL, NULL, '{}', '{}', NULL, 0, false),
	('acct_0VcL1zADaxQOSLJ7', 'acct_0VcL1z1S6r9POL9H', 1795931127, 'standard', 'US', 'usd', 'b@example.com', NULL, NULL, '{}', '{}', NULL, 0, false),
	('acct_0VcL1zAzEZ3WtSck', 'acct_0VcL1z1S6r9POL9H', 1795931127, 'standard', 'US', 'usd', 'c@example.com', NULL, NULL, '{}', '{}', NULL, 0, false);
INSERT INTO public.api_keys VALUES
	('\xe58aefae94ed6a71aa2e310d01b0179d706f3a7eecec38ca8595e144bc007bb0', 'acct_0VcL1z1S6r9POL9H', false, 'mk_HoGe23TNSZH6IPPFJNt3Rv0r', 'secret', 'first test key', 'sk_test_upgr...aded', NULL, 1795931126, NULL);
INSERT INTO public.balance_transactions VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1zEo0000I2nEZqSsdYiS', 1200, 0, 1200, 1795931127, 1795931127, 'usd', NULL, 'tu_0VcL1zDF00020heoUYk1pn5c', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1zEo00031lhrO9ZZB0gy', 1200, 0, 1200, 1795931127, 1795931127, 'usd', NULL, 'tu_0VcL1zE300004kMW7v3vcJ4G', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zGv0000FO49vGmb2Eg2', 1200, 0, 1200, 1795931127, 1795931127, 'usd', NULL, 'tu_0VcL1zFg0002CMrPlsy6yvJH', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zIB00004lGiVlhpvddT', 1200, 0, 1200, 1795931127, 1795931127, 'usd', NULL, 'tu_0VcL1zGV0002OHj5TcRlEqJi', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zJb00005JIScClijE00', 1200, 0, 1200, 1795931127, 1795931127, 'usd', NULL, 'tu_0VcL1zIG0002UO5c6qJqrE9H', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zJb00036F6giL0W6GNy', 1200, 0, 1200, 1795931127, 1795931127, 'usd', NULL, 'tu_0VcL1zId0002BSX1ecPTsUk3', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zXj0000s2OWawSccy6U', 694204, 0, 694204, 1795931128, 1795931128, 'usd', NULL, 'tu_0VcL1zWg00028bq7TMeOArBX', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zXj0004k8KBEYi4NjQG', 811704, 0, 811704, 1795931128, 1795931128, 'jpy', NULL, 'tu_0VcL1zWh0008cgF7M83IowGu', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zXj0008NZD5H1FWo9t6', 414627, 0, 414627, 1795931128, 1795931128, 'jpy', NULL, 'tu_0VcL1zXM0000thpkkrbn1XZp', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zY50002B2JB3sdYlOIp', 200598, 0, 200598, 1795931128, 1795931128, 'usd', 'Über-Top-up €', 'tu_0VcL1zXW0000xNF9JtCqAIH8', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zZe0000Sip3zE3z5Mjt', 300713, 0, 300713, 1795931128, 1795931128, 'jpy', NULL, 'tu_0VcL1zXf0000iTAH2tEnc5Ss', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zZe0003R4bFOPdf5u3R', 542721, 0, 542721, 1795931128, 1795931128, 'usd', NULL, 'tu_0VcL1zXf0002PVKZN7lKnYxU', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe0006PcQ1wURA8iA9', 363515, 0, 363515, 1795931128, 1795931128, 'usd', 'Über-Top-up €', 'tu_0VcL1zXv0000bVbE34V3Dx9o', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zZe0009fMzuNs7eP7HF', 387584, 0, 387584, 1795931128, 1795931128, 'jpy', NULL, 'tu_0VcL1zY5000039szSFGdoZ09', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe000Co5jwsopo9FU2', 966859, 0, 966859, 1795931128, 1795931128, 'gbp', NULL, 'tu_0VcL1zYo0000PjsYs7Rq8d2T', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe000FDNZIzfoG32vN', 72935, 0, 72935, 1795931128, 1795931128, 'gbp', 'Über-Top-up €', 'tu_0VcL1zZ00000wviFTsRLQo4R', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe000IceZ1BnS1qbo8', 575783, 0, 575783, 1795931128, 1795931128, 'usd', NULL, 'tu_0VcL1zZ60000ltBf2wHH8AQ9', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe000LbCKSkVYPaaH7', 29089, 0, 29089, 1795931128, 1795931128, 'eur', NULL, 'tu_0VcL1zZD0000oyPd0GFWow5q', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe000OZwNS6tc9b112', 115492, 0, 115492, 1795931128, 1795931128, 'jpy', NULL, 'tu_0VcL1zZL0000Zcld7kjZku3D', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zZe000Ro3oJT9kg4RCa', 826700, 0, 826700, 1795931128, 1795931128, 'usd', NULL, 'tu_0VcL1zZQ0000VM4ZzRmN2jWr', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1zZe000UhzqTpmaNRkao', 242702, 0, 242702, 1795931128, 1795931128, 'gbp', 'Über-Top-up €', 'tu_0VcL1zZU0000vC2EWYhwhC83', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1zbd0000DDed52G01V9C', 879310, 0, 879310, 1795931128, 1795931128, 'gbp', NULL, 'tu_0VcL1zbL00026wgrfBqTw82s', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1zdQ0000LjCZ2JKLadHi', -879310, 0, -879310, 1795931129, 1795931129, 'gbp', NULL, 'tu_0VcL1zbL00026wgrfBqTw82s', 'topup_reversal'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1ze40000nxpCPYkdXTnX', 140974, 0, 140974, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zZm0002SG7nMHnJiAwq', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze40003In4Sq72iVZAa', 982353, 0, 982353, 1795931129, 1795931129, 'gbp', 'Über-Top-up €', 'tu_0VcL1zZm000005sMIixz29DX', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze40006k0XOTV5os6XJ', 893755, 0, 893755, 1795931129, 1795931129, 'jpy', NULL, 'tu_0VcL1zZv0000KhfW4tVbxkRP', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1ze40009qgZV59oo75LL', 275585, 0, 275585, 1795931129, 1795931129, 'eur', NULL, 'tu_0VcL1zZz0000UeogCyGPANDK', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1ze4000DTYr2rKKyuvcL', 879360, 0, 879360, 1795931129, 1795931129, 'eur', 'Über-Top-up €', 'tu_0VcL1zaD0000Vt1FKQwVUJEj', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1ze4000GraMUfgYONOQU', 266094, 0, 266094, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zaH0000casontHP3wUG', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1ze4000Je8rAOb0xVtyl', 165653, 0, 165653, 1795931129, 1795931129, 'eur', NULL, 'tu_0VcL1zaQ0000y4VV8VmLlLk0', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze4000OnOtQbm8CSOtY', 138118, 0, 138118, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zat0000e0i9HyCq84MM', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze4000SpqmcQ7vg2GD0', 547538, 0, 547538, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zb800029Tii0PLiuGaH', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze4000VKuJ42WCOpVgh', 553364, 0, 553364, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zb80000cKwzt1W6GrB4', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze4000YWlQ0vOFLWx0r', 964148, 0, 964148, 1795931129, 1795931129, 'eur', NULL, 'tu_0VcL1zbH000066zF9PSpITZJ', 'topup'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1ze4000bd1evIofuqnMx', 837468, 0, 837468, 1795931129, 1795931129, 'gbp', NULL, 'tu_0VcL1zbL0000d7xD5c7bkHZh', 'topup'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1ze4000ebVqGvWUaflLr', 945877, 0, 945877, 1795931129, 1795931129, 'eur', NULL, 'tu_0VcL1zbS0000ptOH5WCFr27Y', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1ze4000hQGtbMuhMZ5Vl', 634190, 0, 634190, 1795931129, 1795931129, 'eur', 'Über-Top-up €', 'tu_0VcL1zbb0000PcjqEMMsYrqH', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL1zfR0000i3Ad8rebmbwn', -165653, 0, -165653, 1795931129, 1795931129, 'eur', NULL, 'tu_0VcL1zaQ0000y4VV8VmLlLk0', 'topup_reversal'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zfR00030MaVv7ffaBcX', -982353, 0, -982353, 1795931129, 1795931129, 'gbp', 'Über-Top-up €', 'tu_0VcL1zZm000005sMIixz29DX', 'topup_reversal'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zfR0006VZr3Ll5fAvVH', -553364, 0, -553364, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zb80000cKwzt1W6GrB4', 'topup_reversal'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zfR0009S2toqWPWftXj', -964148, 0, -964148, 1795931129, 1795931129, 'eur', NULL, 'tu_0VcL1zbH000066zF9PSpITZJ', 'topup_reversal'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zfR000C01KxcUfdb4mU', -837468, 0, -837468, 1795931129, 1795931129, 'gbp', NULL, 'tu_0VcL1zbL0000d7xD5c7bkHZh', 'topup_reversal'),
	('acct_0VcL1z9hwBctHl7x', false, 'txn_0VcL1zfR000Fof4oo5ijrFUG', -966859, 0, -966859, 1795931129, 1795931129, 'gbp', NULL, 'tu_0VcL1zYo0000PjsYs7Rq8d2T', 'topup_reversal'),
	('acct_0VcL1zADaxQOSLJ7', false, 'txn_0VcL1zjX0000EwwY6qYBbpX7', -266094, 0, -266094, 1795931129, 1795931129, 'usd', NULL, 'tu_0VcL1zaH0000casontHP3wUG', 'topup_reversal'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL21Bx0000AG30RCGgJlrs', 700, 0, 700, 1795931135, 1795931135, 'usd', NULL, 'tu_0VcL1zf40000pDlgNQLUdeMw', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL21CH0000zSUBMn7Fd2RC', 701, 0, 701, 1795931135, 1795931135, 'usd', NULL, 'tu_0VcL1zfP0000jBxfEa4pCP72', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL21CW0000cREHhVt01n4Y', 702, 0, 702, 1795931135, 1795931135, 'usd', NULL, 'tu_0VcL1zfa0000n8XKk0m3PIwx', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL21Cc0000MrsM3GA7rCtO', 703, 0, 703, 1795931135, 1795931135, 'usd', NULL, 'tu_0VcL1zfs00002KLaTlVgwXnR', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL21Cf00009Jl6LxZyEgiC', 704, 0, 704, 1795931135, 1795931135, 'usd', NULL, 'tu_0VcL1zfz0000OkHnhfCjt1fs', 'topup'),
	('acct_0VcL1z1S6r9POL9H', false, 'txn_0VcL21Cj0000o7HUmbC9cGcM', 705, 0, 705, 1795931135, 1795931135, 'usd', NULL, 'tu_0VcL1zg50000RBWrrY82wOFM', 'topup');
INSERT INTO public.balances VALUES
	('acct_0VcL1zADaxQOSLJ7', false, 'jpy', 1914628),
	('acct_0VcL1z1S6r9POL9H', false, 'gbp', 242702),
	('acct_0VcL1z9hwBctHl7x', false, 'jpy', 1009247),
	('acct_0VcL1zADaxQOSLJ7', false, 'eur', 945877),
	('acct_0VcL1z1S6r9POL9H', false, 'eur', 1789135),
	('acct_0VcL1z9hwBctHl7x', false, 'eur', 29089),
	('acct_0VcL1z9hwBctHl7x', false, 'gbp', 72935),
	('acct_0VcL1z9hwBctHl7x', false, 'usd', 2654652),
	('acct_0VcL1zADaxQOSLJ7', false, 'usd', 1239325),
	('acct_0VcL1z1S6r9POL9H', false, 'usd', 147589);
INSERT INTO public.chain_heads VALUES
	('acct_0VcL1z1S6r9POL9H', false, 11, '\x17a3d395d347201d3b086a5c2194c28fe123278dc89e131dcd1480cc18616e09'),
	('acct_0VcL1z9hwBctHl7x', false, 22, '\x258119aa91eb6972c111abc916a7567460e5efeafea279a32a62035ead3852b4'),
	('acct_0VcL1zADaxQOSLJ7', false, 11, '\x642b4cbcaab680efe643b0098421e1d514315875b04d2e989daba6b88d8b6aac');
INSERT INTO public.default_funding_sources VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'eur', 'pm_0VcL1zCc0000dWq2ImdPCABb'),
	('acct_0VcL1z9hwBctHl7x', false, 'eur', 'pm_0VcL1zEo0000dV9K7Dx8PXXj'),
	('acct_0VcL1zADaxQOSLJ7', false, 'eur', 'pm_0VcL1zHK0000nDU2XFxO1DxI'),
	('acct_0VcL1zAzEZ3WtSck', false, 'eur', 'pm_0VcL1zJM0000qv8JZGmHF15h');
INSERT INTO public.event_counters VALUES
	('acct_0VcL1z9hwBctHl7x', false, 48),
	('acct_0VcL1zADaxQOSLJ7', false, 40),
	('acct_0VcL1z1S6r9POL9H', false, 47),
	('acct_0VcL1zAzEZ3WtSck', false, 14);
INSERT INTO public.event_numbers VALUES
	('acct_0VcL1z1S6r9POL9H', false, 1, 'evt_0VcL1zDF00036Y7GxluIYsAi', 1795931127452),
	('acct_0VcL1zAzEZ3WtSck', false, 1, 'evt_0bV4bB5Q000001KpzGK2qxPW', 1795931127452),
	('acct_0VcL1z1S6r9POL9H', false, 2, 'evt_0VcL1zE30001Miq8ub4tgJGm', 1795931127478),
	('acct_0VcL1z1S6r9POL9H', false, 5, 'evt_0VcL1zEo0006XD2cCoUXfgde', 1795931127586),
	('acct_0VcL1z1S6r9POL9H', false, 4, 'evt_0VcL1zEo0005IKPW7kQPTbRk', 1795931127586),
	('acct_0VcL1z1S6r9POL9H', false, 3, 'evt_0VcL1zEo0002kosPydvXQPfw', 1795931127586),
	('acct_0VcL1z9hwBctHl7x', false, 1, 'evt_0VcL1zFg0003Pk7OQScwQhXH', 1795931127624),
	('acct_0VcL1z9hwBctHl7x', false, 4, 'evt_0VcL1zGv0003qkkpDr8ef8yM', 1795931127657),
	('acct_0VcL1z9hwBctHl7x', false, 3, 'evt_0VcL1zGv0002O3CYz91Nue9p', 1795931127657),
	('acct_0VcL1z9hwBctHl7x', false, 2, 'evt_0VcL1zGV00033hGNuuEcK3Ih', 1795931127657),
	('acct_0VcL1z9hwBctHl7x', false, 6, 'evt_0VcL1zIB0003Ze33PjWWsFnO', 1795931127750),
	('acct_0VcL1z9hwBctHl7x', false, 5, 'evt_0VcL1zIB0002rYcVcsNYVe1S', 1795931127750),
	('acct_0VcL1zADaxQOSLJ7', false, 1, 'evt_0VcL1zIG0003KyHX4YkToYHo', 1795931127750),
	('acct_0VcL1zADaxQOSLJ7', false, 2, 'evt_0VcL1zId0003ocdf8VoayLHV', 1795931127786),
	('acct_0VcL1zADaxQOSLJ7', false, 5, 'evt_0VcL1zJb0006K8czbVE5kvHc', 1795931127850),
	('acct_0VcL1zADaxQOSLJ7', false, 4, 'evt_0VcL1zJb0005AoybuHQL2yr8', 1795931127850),
	('acct_0VcL1zADaxQOSLJ7', false, 3, 'evt_0VcL1zJb0002KsZBb25HKLyk', 1795931127850),
	('acct_0VcL1zAzEZ3WtSck', false, 2, 'evt_0bV4bB5Q0091PvjkIcf8LBVt', 1795931128243),
	('acct_0VcL1zAzEZ3WtSck', false, 3, 'evt_0bV4bB5Q00G8Ydt3RjJoD3dh', 1795931128571),
	('acct_0VcL1zAzEZ3WtSck', false, 4, 'evt_0bV4bB5Q00MdKzzqv6o5DMqn', 1795931128619),
	('acct_0VcL1z9hwBctHl7x', false, 7, 'evt_0VcL1zWh0005ofXMoZ09IcPe', 1795931128637),
	('acct_0VcL1zADaxQOSLJ7', false, 6, 'evt_0VcL1zWg0003N73qG7XVFgwp', 1795931128637),
	('acct_0VcL1z1S6r9POL9H', false, 6, 'evt_0VcL1zXB0001DDfeADSC6vWU', 1795931128654),
	('acct_0VcL1zADaxQOSLJ7', false, 9, 'evt_0VcL1zX00001V8fzcOssZCs9', 1795931128654),
	('acct_0VcL1zADaxQOSLJ7', false, 8, 'evt_0VcL1zWh0009sIu1yZiduKwQ', 1795931128654),
	('acct_0VcL1zADaxQOSLJ7', false, 7, 'evt_0VcL1zWh0007G6G5GeyLLt0e', 1795931128654),
	('acct_0VcL1zAzEZ3WtSck', false, 6, 'evt_0bV4bB5Q00N52fCYpjIuiAfp', 1795931128654),
	('acct_0VcL1zAzEZ3WtSck', false, 5, 'evt_0bV4bB5Q00Mq7lMMhqZMRS3Y', 1795931128654),
	('acct_0VcL1z9hwBctHl7x', false, 9, 'evt_0VcL1zXv0001BHQ1eF4o4Z4Q', 1795931128697),
	('acct_0VcL1z9hwBctHl7x', false, 8, 'evt_0VcL1zXW0001A5XMOGhEZw0H', 1795931128697),
	('acct_0VcL1zADaxQOSLJ7', false, 15, 'evt_0VcL1zXB0002UsRlUx7u0ULV', 1795931128697),
	('acct_0VcL1zADaxQOSLJ7', false, 14, 'evt_0VcL1zXf0003QXhV8Bw8cXA7', 1795931128697),
	('acct_0VcL1zADaxQOSLJ7', false, 13, 'evt_0VcL1zXf00019WYrkympWTrF', 1795931128697),
	('acct_0VcL1zADaxQOSLJ7', false, 12, 'evt_0VcL1zXM0001mUnAhn2WB3ua', 1795931128697),
	('acct_0VcL1zADaxQOSLJ7', false, 11, 'evt_0VcL1zY50001mLULzzXkZeFk', 1795931128697),
	('acct_0VcL1zADaxQOSLJ7', false, 10, 'evt_0VcL1zXU0001c9iHo3T8hd6F', 1795931128697),
	('acct_0VcL1z1S6r9POL9H', false, 8, 'evt_0VcL1zYC0003YfhJzhxjYA1b', 1795931128737),
	('acct_0VcL1z1S6r9POL9H', false, 7, 'evt_0VcL1zXj0007I8oeUZtPOsYQ', 1795931128737),
	('acct_0VcL1z9hwBctHl7x', false, 10, 'evt_0VcL1zYM0001TjwtYKfTmZS9', 1795931128737),
	('acct_0VcL1zADaxQOSLJ7', false, 21, 'evt_0VcL1zXj000C24QZgvQUePgc', 1795931128737),
	('acct_0VcL1zADaxQOSLJ7', false, 20, 'evt_0VcL1zXj000BsWaHPPSRKn22', 1795931128737),
	('acct_0VcL1zADaxQOSLJ7', false, 19, 'evt_0VcL1zXj000AZHZJ3eQlBR2k', 1795931128737),
	('acct_0VcL1zADaxQOSLJ7', false, 18, 'evt_0VcL1zXj0006hdWZGpMYx2DI', 1795931128737),
	('acct_0VcL1zADaxQOSLJ7', false, 17, 'evt_0VcL1zXj00031M9dP5WtXICe', 1795931128737),
	('acct_0VcL1zADaxQOSLJ7', false, 16, 'evt_0VcL1zXj0002rBlnWnQMb70e', 1795931128737),
	('acct_0VcL1zAzEZ3WtSck', false, 7, 'evt_0bV4bB5Q00NWkK3VD9d3mEhu', 1795931128737),
	('acct_0VcL1z1S6r9POL9H', false, 9, 'evt_0VcL1zYM0003F14mGnd4g6lZ', 1795931128755),
	('acct_0VcL1z1S6r9POL9H', false, 11, 'evt_0VcL1zZ10000COeYL6Gvmyo3', 1795931128798),
	('acct_0VcL1z1S6r9POL9H', false, 10, 'evt_0VcL1zZU0001Ofz7Ou81CkI8', 1795931128798),
	('acct_0VcL1z9hwBctHl7x', false, 16, 'evt_0VcL1zZQ0001nlbRk4MPFfNI', 1795931128798),
	('acct_0VcL1z9hwBctHl7x', false, 15, 'evt_0VcL1zZL0001dRII1QIrZd6E', 1795931128798),
	('acct_0VcL1z9hwBctHl7x', false, 14, 'evt_0VcL1zZD00014brQTd5QUiTb', 1795931128798),
	('acct_0VcL1z9hwBctHl7x', false, 13, 'evt_0VcL1zZ60001X365ihmr86Wz', 1795931128798),
	('acct_0VcL1z9hwBctHl7x', false, 12, 'evt_0VcL1zZ00001G0KOHH58GoBB', 1795931128798),
	('acct_0VcL1z9hwBctHl7x', false, 11, 'evt_0VcL1zYo0001vLhpEyyBBol9', 1795931128798),
	('acct_0VcL1z1S6r9POL9H', false, 12, 'evt_0VcL1zZm0003bONRQHYz6RhH', 1795931128826),
	('acct_0VcL1z9hwBctHl7x', false, 17, 'evt_0VcL1zZm0001fV97ycpNel23', 1795931128826),
	('acct_0VcL1z1S6r9POL9H', false, 15, 'evt_0VcL1zaQ0001YAtJyHM9aoAN', 1795931128870),
	('acct_0VcL1z1S6r9POL9H', false, 14, 'evt_0VcL1zaD00010XUehOZ84mEW', 1795931128870),
	('acct_0VcL1z1S6r9POL9H', false, 13, 'evt_0VcL1zZz00016Fkz7Zbv1w0h', 1795931128870),
	('acct_0VcL1z9hwBctHl7x', false, 19, 'evt_0VcL1zZv0001HYzIB8oFLyNv', 1795931128870),
	('acct_0VcL1z9hwBctHl7x', false, 18, 'evt_0VcL1zZz0003vZVhVst6taBx', 1795931128870),
	('acct_0VcL1zADaxQOSLJ7', false, 24, 'evt_0VcL1zaH0001DtncpofNLVgU', 1795931128870),
	('acct_0VcL1zADaxQOSLJ7', false, 23, 'evt_0VcL1zab0001cDLC7Qj1PYRw', 1795931128870),
	('acct_0VcL1zADaxQOSLJ7', false, 22, 'evt_0VcL1zaD00037ETbgEiYUaVQ', 1795931128870),
	('acct_0VcL1z9hwBctHl7x', false, 22, 'evt_0VcL1zZ10001HULfagRTqfHM', 1795931128896),
	('acct_0VcL1z9hwBctHl7x', false, 21, 'evt_0VcL1zY5000457x3RIsekUk0', 1795931128896),
	('acct_0VcL1z9hwBctHl7x', false, 20, 'evt_0VcL1zat00013z3jwLAzTGBg', 1795931128896),
	('acct_0VcL1zADaxQOSLJ7', false, 27, 'evt_0VcL1zab0002oX2VE4mW7Wyv', 1795931128896),
	('acct_0VcL1zADaxQOSLJ7', false, 26, 'evt_0VcL1zam0001OMacrSHMB36b', 1795931128896),
	('acct_0VcL1zADaxQOSLJ7', false, 25, 'evt_0VcL1zb70001DV4i1SLPuixc', 1795931128896),
	('acct_0VcL1zAzEZ3WtSck', false, 8, 'evt_0bVARhXk002FazDAcQf0a0hb', 1795931128896),
	('acct_0VcL1z9hwBctHl7x', false, 25, 'evt_0VcL1zbH0001Lgk1fnA2ZFQr', 1795931128912),
	('acct_0VcL1z9hwBctHl7x', false, 24, 'evt_0VcL1zb80001lfhRzD1Z0cUG', 1795931128912),
	('acct_0VcL1z9hwBctHl7x', false, 23, 'evt_0VcL1zb80003Tvr68qTtU4IA', 1795931128912),
	('acct_0VcL1zADaxQOSLJ7', false, 28, 'evt_0VcL1zbI0001PFNpps4ipR03', 1795931128912),
	('acct_0VcL1z1S6r9POL9H', false, 17, 'evt_0VcL1zbb00013Q8khy2drQ0V', 1795931128934),
	('acct_0VcL1z1S6r9POL9H', false, 16, 'evt_0VcL1zbL0003WW350IWRDNL0', 1795931128934),
	('acct_0VcL1z9hwBctHl7x', false, 26, 'evt_0VcL1zbL0001TeINY7U9MEj2', 1795931128934),
	('acct_0VcL1zADaxQOSLJ7', false, 29, 'evt_0VcL1zbS0001Pk4sSnG2jY7v', 1795931128934),
	('acct_0VcL1zAzEZ3WtSck', false, 9, 'evt_0bVARhfo002O70u2CEOpCb6x', 1795931128934),
	('acct_0VcL1z1S6r9POL9H', false, 19, 'evt_0VcL1zZe000a9dCb1Gb8Hz2e', 1795931129008),
	('acct_0VcL1z1S6r9POL9H', false, 18, 'evt_0VcL1zZe000WYF1LacJJbsN7', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 34, 'evt_0VcL1zZe000ZhbBNNDQdbXeQ', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 33, 'evt_0VcL1zZe000TrTYZ2NH92f6V', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 32, 'evt_0VcL1zZe000Ql5X7sqL7kJ2C', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 31, 'evt_0VcL1zZe000NTT7qfPuzC43Y', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 30, 'evt_0VcL1zZe000Kzhw0EB1Tas5J', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 29, 'evt_0VcL1zZe000H71QeZQaakFvi', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 28, 'evt_0VcL1zZe000ETj0W3TLROTfQ', 1795931129008),
	('acct_0VcL1z9hwBctHl7x', false, 27, 'evt_0VcL1zZe0008CHQDVCYbuQUq', 1795931129008),
	('acct_0VcL1zADaxQOSLJ7', false, 33, 'evt_0VcL1zZe000YF1PkL0aIA1nn', 1795931129008),
	('acct_0VcL1zADaxQOSLJ7', false, 32, 'evt_0VcL1zZe000BusZCdEw1iyLZ', 1795931129008),
	('acct_0VcL1zADaxQOSLJ7', false, 31, 'evt_0VcL1zZe0005pV03IGlFrs0o', 1795931129008),
	('acct_0VcL1zADaxQOSLJ7', false, 30, 'evt_0VcL1zZe00023xfDKz3fQhUz', 1795931129008),
	('acct_0VcL1zADaxQOSLJ7', false, 40, 'evt_0VcL1zjX0002rhXPslXkD8aT', 1795931129433),
	('acct_0VcL1z1S6r9POL9H', false, 21, 'evt_0VcL1zbd00031X2wDLhKj2hf', 1795931129035),
	('acct_0VcL1z1S6r9POL9H', false, 20, 'evt_0VcL1zbd000294js2sxSVY2s', 1795931129035),
	('acct_0VcL1zAzEZ3WtSck', false, 10, 'evt_0bVGIE88001iYShkS7hhAgie', 1795931129035),
	('acct_0VcL1z1S6r9POL9H', false, 28, 'evt_0VcL1zeJ0001ZfxkdROrvLTs', 1795931129106),
	('acct_0VcL1z1S6r9POL9H', false, 27, 'evt_0VcL1ze4000jip7ppBgTP1Ec', 1795931129106),
	('acct_0VcL1z1S6r9POL9H', false, 26, 'evt_0VcL1ze4000LgZsmlZt9SB2N', 1795931129106),
	('acct_0VcL1z1S6r9POL9H', false, 25, 'evt_0VcL1ze4000FwQYt4h8zRUqV', 1795931129106),
	('acct_0VcL1z1S6r9POL9H', false, 24, 'evt_0VcL1ze4000BVwjj1oBHEDYz', 1795931129106),
	('acct_0VcL1z1S6r9POL9H', false, 23, 'evt_0VcL1ze40002OtKeWBthfpfw', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 43, 'evt_0VcL1zeJ0002uUlUwdsjxbG1', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 42, 'evt_0VcL1ze4000dTUYR152jcQ0G', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 41, 'evt_0VcL1ze4000aqJRRsKp1K70h', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 40, 'evt_0VcL1ze4000XlyvlnG2pwaL2', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 39, 'evt_0VcL1ze4000UzQwbaOXxfQWn', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 38, 'evt_0VcL1ze4000QHIMUOVEEtWwB', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 37, 'evt_0VcL1ze4000CG7f5nRx3Ebmj', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 36, 'evt_0VcL1ze40008JkjUCabkTWRg', 1795931129106),
	('acct_0VcL1z9hwBctHl7x', false, 35, 'evt_0VcL1ze40005JJifE4bFh7FQ', 1795931129106),
	('acct_0VcL1zADaxQOSLJ7', false, 39, 'evt_0VcL1zeJ0003JAV2ZAJxkgyw', 1795931129106),
	('acct_0VcL1zADaxQOSLJ7', false, 38, 'evt_0VcL1ze4000gvPxc0UudhEVT', 1795931129106),
	('acct_0VcL1zADaxQOSLJ7', false, 37, 'evt_0VcL1ze4000RA9lalkIdmbfg', 1795931129106),
	('acct_0VcL1zADaxQOSLJ7', false, 36, 'evt_0VcL1ze4000N1rkxIWVdQ6MC', 1795931129106),
	('acct_0VcL1zADaxQOSLJ7', false, 35, 'evt_0VcL1ze4000MCEADphu1UjSZ', 1795931129106),
	('acct_0VcL1zADaxQOSLJ7', false, 34, 'evt_0VcL1ze4000I5qcz0se7AwI8', 1795931129106),
	('acct_0VcL1zAzEZ3WtSck', false, 12, 'evt_0bVGIEGC001kgbXM8ykHcafp', 1795931129122),
	('acct_0VcL1z1S6r9POL9H', false, 35, 'evt_0VcL1zg50001S7ShnTkMhIZj', 1795931129223),
	('acct_0VcL1z1S6r9POL9H', false, 22, 'evt_0VcL1zdQ000294K6voHYGMaE', 1795931129104),
	('acct_0VcL1zAzEZ3WtSck', false, 11, 'evt_0bVGIEGC001gQLtoLOOq7YNw', 1795931129104),
	('acct_0VcL1z1S6r9POL9H', false, 29, 'evt_0VcL1zf400010uNdjnOH7jQV', 1795931129152),
	('acct_0VcL1zAzEZ3WtSck', false, 13, 'evt_0bVGIEGC0020fZqA0oq9DStk', 1795931129152),
	('acct_0VcL1z1S6r9POL9H', false, 30, 'evt_0VcL1zfP0001QOnpT7ukDDjM', 1795931129168),
	('acct_0VcL1z1S6r9POL9H', false, 37, 'evt_0VcL21Bx0003ZKrDiON44MvD', 1795931135043),
	('acct_0VcL1z1S6r9POL9H', false, 36, 'evt_0VcL21Bx0002M1PZysAMEpZG', 1795931135043),
	('acct_0VcL1z1S6r9POL9H', false, 47, 'evt_0VcL21Cj0003aVgyG1KtlrvC', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 46, 'evt_0VcL21Cj0002TdzesqdroxRF', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 45, 'evt_0VcL21Cf0003WWtf9zDyjYV4', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 44, 'evt_0VcL21Cf0002A7JyUeZdJEmM', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 43, 'evt_0VcL21Cc0003TeiyTW8kNbaT', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 42, 'evt_0VcL21Cc0002bmC37jf8jhB1', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 41, 'evt_0VcL21CW0003k5qeKIqyjEYl', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 40, 'evt_0VcL21CW0002jzaIjal2tZ60', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 39, 'evt_0VcL21CH00031p2PZ3eo5tZR', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 38, 'evt_0VcL21CH0002RAgvFpEVevyi', 1795931135096),
	('acct_0VcL1zAzEZ3WtSck', false, 14, 'evt_0bVGIEGC01gQK0bcuMoXZOXG', 1795931135096),
	('acct_0VcL1z1S6r9POL9H', false, 32, 'evt_0VcL1zfR0002yb7AbW6HMJk2', 1795931129183),
	('acct_0VcL1z1S6r9POL9H', false, 31, 'evt_0VcL1zfa0001ZHbaBWuSZ9Zv', 1795931129183),
	('acct_0VcL1z9hwBctHl7x', false, 48, 'evt_0VcL1zfR000HtcS9NTeLxJ4I', 1795931129183),
	('acct_0VcL1z9hwBctHl7x', false, 47, 'evt_0VcL1zfR000E5xR2GIBFGH8n', 1795931129183),
	('acct_0VcL1z9hwBctHl7x', false, 46, 'evt_0VcL1zfR000BgdG35A8ZdHEd', 1795931129183),
	('acct_0VcL1z9hwBctHl7x', false, 45, 'evt_0VcL1zfR0008eIlfw0hYFrSY', 1795931129183),
	('acct_0VcL1z9hwBctHl7x', false, 44, 'evt_0VcL1zfR0005MUKKapqhc0Pb', 1795931129183),
	('acct_0VcL1z1S6r9POL9H', false, 34, 'evt_0VcL1zfz0001jpLusbgSn0JO', 1795931129194),
	('acct_0VcL1z1S6r9POL9H', false, 33, 'evt_0VcL1zfs0001fii0J06dPNGu', 1795931129194);
INSERT INTO public.events VALUES
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q000001KpzGK2qxPW', 2130076800, 'test_helpers.test_clock.created', 'clock_0VcL1zBS00005IBIvXEMarF8', '2026-10-28.endive', 'req_QD6O7uFq36Y8pf', NULL, '{"id":"clock_0VcL1zBS00005IBIvXEMarF8","object":"test_helpers.test_clock","created":1795931127,"deletes_after":1798523127,"frozen_time":2130076800,"livemode":false,"name":null,"status":"ready","status_details":{}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zDF00036Y7GxluIYsAi', 1795931127, 'topup.created', 'tu_0VcL1zDF00020heoUYk1pn5c', '2026-10-28.endive', 'req_MPggabGHQGtX3D', NULL, '{"id":"tu_0VcL1zDF00020heoUYk1pn5c","object":"topup","amount":1200,"balance_transaction":null,"created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zCc0000dWq2ImdPCABb","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zE30001Miq8ub4tgJGm', 1795931127, 'topup.created', 'tu_0VcL1zE300004kMW7v3vcJ4G', '2026-10-28.endive', 'req_PBzd8K9OlCFhdX', NULL, '{"id":"tu_0VcL1zE300004kMW7v3vcJ4G","object":"topup","amount":1200,"balance_transaction":null,"created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zD30000vMW5fVasrGgO","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zD30001jgaGdsM47mCy","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zEo0002kosPydvXQPfw', 1795931127, 'topup.succeeded', 'tu_0VcL1zDF00020heoUYk1pn5c', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zDF00020heoUYk1pn5c","object":"topup","amount":1200,"balance_transaction":"txn_0VcL1zEo0000I2nEZqSsdYiS","created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zCc0000dWq2ImdPCABb","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zEo0005IKPW7kQPTbRk', 1795931127, 'topup.succeeded', 'tu_0VcL1zE300004kMW7v3vcJ4G', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zE300004kMW7v3vcJ4G","object":"topup","amount":1200,"balance_transaction":"txn_0VcL1zEo00031lhrO9ZZB0gy","created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zD30000vMW5fVasrGgO","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zD30001jgaGdsM47mCy","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zEo0006XD2cCoUXfgde', 1795931127, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":2400,"currency":"usd","source_types":{"bank_account":2400}}],"connect_reserved":[{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zFg0003Pk7OQScwQhXH', 1795931127, 'topup.created', 'tu_0VcL1zFg0002CMrPlsy6yvJH', '2026-10-28.endive', 'req_J9m6obm6yxoeK2', NULL, '{"id":"tu_0VcL1zFg0002CMrPlsy6yvJH","object":"topup","amount":1200,"balance_transaction":null,"created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zEo0000dV9K7Dx8PXXj","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zGV00033hGNuuEcK3Ih', 1795931127, 'topup.created', 'tu_0VcL1zGV0002OHj5TcRlEqJi', '2026-10-28.endive', 'req_KqiQ7pUjCDcKQa', NULL, '{"id":"tu_0VcL1zGV0002OHj5TcRlEqJi","object":"topup","amount":1200,"balance_transaction":null,"created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zFQ0000sHx1nFiOnuUy","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zFQ0001xoRa1fai6H6L","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zGv0002O3CYz91Nue9p', 1795931127, 'topup.succeeded', 'tu_0VcL1zFg0002CMrPlsy6yvJH', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zFg0002CMrPlsy6yvJH","object":"topup","amount":1200,"balance_transaction":"txn_0VcL1zGv0000FO49vGmb2Eg2","created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zEo0000dV9K7Dx8PXXj","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zGv0003qkkpDr8ef8yM', 1795931127, 'balance.available', 'acct_0VcL1z9hwBctHl7x', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":1200,"currency":"usd","source_types":{"bank_account":1200}}],"connect_reserved":[{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zIB0002rYcVcsNYVe1S', 1795931127, 'topup.succeeded', 'tu_0VcL1zGV0002OHj5TcRlEqJi', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zGV0002OHj5TcRlEqJi","object":"topup","amount":1200,"balance_transaction":"txn_0VcL1zIB00004lGiVlhpvddT","created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zFQ0000sHx1nFiOnuUy","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zFQ0001xoRa1fai6H6L","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zIB0003Ze33PjWWsFnO', 1795931127, 'balance.available', 'acct_0VcL1z9hwBctHl7x', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":2400,"currency":"usd","source_types":{"bank_account":2400}}],"connect_reserved":[{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXj0002rBlnWnQMb70e', 1795931128, 'topup.succeeded', 'tu_0VcL1zWg00028bq7TMeOArBX', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zWg00028bq7TMeOArBX","object":"topup","amount":694204,"balance_transaction":"txn_0VcL1zXj0000s2OWawSccy6U","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_success","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXj00031M9dP5WtXICe', 1795931128, 'topup.failed', 'tu_0VcL1zWh0006wNQ2XJl0KzX6', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zWh0006wNQ2XJl0KzX6","object":"topup","amount":201030,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":"no_account","failure_message":"The bank could not find an account with the details on file.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zWh0006wNQ2XJl0KzX6","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"3d7af1afa089617b","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_529be2830c943a98a0029e41","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXj0006hdWZGpMYx2DI', 1795931128, 'topup.succeeded', 'tu_0VcL1zWh0008cgF7M83IowGu', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zWh0008cgF7M83IowGu","object":"topup","amount":811704,"balance_transaction":"txn_0VcL1zXj0004k8KBEYi4NjQG","created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zXj0007I8oeUZtPOsYQ', 1795931128, 'topup.failed', 'tu_0VcL1zXB0000SaWpDesJ5IHB', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zXB0000SaWpDesJ5IHB","object":"topup","amount":570170,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zXB0000SaWpDesJ5IHB","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"3ff1bd6a59617a52","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_709718dc9270043aaaa140be","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXj000AZHZJ3eQlBR2k', 1795931128, 'topup.succeeded', 'tu_0VcL1zXM0000thpkkrbn1XZp', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zXM0000thpkkrbn1XZp","object":"topup","amount":414627,"balance_transaction":"txn_0VcL1zXj0008NZD5H1FWo9t6","created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXj000BsWaHPPSRKn22', 1795931128, 'topup.failed', 'tu_0VcL1zXU00003HvlRgNierC9', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zXU00003HvlRgNierC9","object":"topup","amount":479594,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":"account_closed","failure_message":"The bank account has been closed, so it cannot be debited.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_accountClosed","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXj000C24QZgvQUePgc', 1795931128, 'balance.available', 'acct_0VcL1zADaxQOSLJ7', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":1226331,"currency":"jpy","source_types":{"bank_account":1226331}},{"amount":696604,"currency":"usd","source_types":{"bank_account":696604}}],"connect_reserved":[{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zIG0003KyHX4YkToYHo', 1795931127, 'topup.created', 'tu_0VcL1zIG0002UO5c6qJqrE9H', '2026-10-28.endive', 'req_CauP7gfUPoWgrh', NULL, '{"id":"tu_0VcL1zIG0002UO5c6qJqrE9H","object":"topup","amount":1200,"balance_transaction":null,"created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zHK0000nDU2XFxO1DxI","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q00G8Ydt3RjJoD3dh', 2130076800, 'topup.created', 'tu_0bV4bB5Q00G8YcPCIpJqlESw', '2026-10-28.endive', 'req_8DsXTrWdQMVELv', NULL, '{"id":"tu_0bV4bB5Q00G8YcPCIpJqlESw","object":"topup","amount":1200,"balance_transaction":null,"created":2130076800,"currency":"usd","description":null,"expected_availability_date":2130670800,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zJm0000NvsrvtOjsjWy","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zJm0001DpJ9gHhLsGLE","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zWg0003N73qG7XVFgwp', 1795931128, 'topup.created', 'tu_0VcL1zWg00028bq7TMeOArBX', '2026-10-28.endive', 'req_yWGT0EnkFC3Q6n', 'key-a2c539e8e5a47a41', '{"id":"tu_0VcL1zWg00028bq7TMeOArBX","object":"topup","amount":694204,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_success","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q00Mq7lMMhqZMRS3Y', 2130076800, 'topup.created', 'tu_0bV4bB5Q00Mq7kTuRMP8Ru1h', '2026-10-28.endive', 'req_q4kwhWTz9o8r2W', 'key-64ecf5051d8d2786', '{"id":"tu_0bV4bB5Q00Mq7kTuRMP8Ru1h","object":"topup","amount":694015,"balance_transaction":null,"created":2130076800,"currency":"usd","description":null,"expected_availability_date":2130670800,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0bV4bB5Q00Mq7kTuRMP8Ru1h","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"ad2e234346caa820","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_a12ca7890caa1e6d21fd2358","created":2130076800,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zX00001V8fzcOssZCs9', 1795931128, 'topup.created', 'tu_0VcL1zX00000Dz7ZI9VnqDmP', '2026-10-28.endive', 'req_TWbfx1Mxo1J9Ma', 'key-acc61b550dc81bef', '{"id":"tu_0VcL1zX00000Dz7ZI9VnqDmP","object":"topup","amount":127895,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zX00000Dz7ZI9VnqDmP","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"f81d3ce2bdf2f08e","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_43d48296f760e37bdcca2efe","created":1795931128,"currency":"jpy","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q00N52fCYpjIuiAfp', 2130076800, 'topup.created', 'tu_0bV4bB5Q00N52eY17fDlUH5d', '2026-10-28.endive', 'req_TXPfSG10SwiAXh', 'key-9ad8d6dd589967df', '{"id":"tu_0bV4bB5Q00N52eY17fDlUH5d","object":"topup","amount":802657,"balance_transaction":null,"created":2130076800,"currency":"gbp","description":null,"expected_availability_date":2130652800,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_accountClosed","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXM0001mUnAhn2WB3ua', 1795931128, 'topup.created', 'tu_0VcL1zXM0000thpkkrbn1XZp', '2026-10-28.endive', 'req_6g6s267SifuZQw', 'key-8d45a1027d56a232', '{"id":"tu_0VcL1zXM0000thpkkrbn1XZp","object":"topup","amount":414627,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zXW0001A5XMOGhEZw0H', 1795931128, 'topup.created', 'tu_0VcL1zXW0000xNF9JtCqAIH8', '2026-10-28.endive', 'req_R66Ld7pjGbeRYe', 'key-95e6db9f817c4e7d', '{"id":"tu_0VcL1zXW0000xNF9JtCqAIH8","object":"topup","amount":200598,"balance_transaction":null,"created":1795931128,"currency":"usd","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"371"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zXW0000xNF9JtCqAIH8","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"6bb495d5df5ff240","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_4d000f63ec7a13f5432e174b","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVARhfo002O70u2CEOpCb6x', 2130163200, 'test_helpers.test_clock.advancing', 'clock_0VcL1zBS00005IBIvXEMarF8', '2026-10-28.endive', 'req_XI9buEig0TZHTC', NULL, '{"id":"clock_0VcL1zBS00005IBIvXEMarF8","object":"test_helpers.test_clock","created":1795931127,"deletes_after":1798523127,"frozen_time":2130163200,"livemode":false,"name":null,"status":"advancing","status_details":{"advancing":{"target_frozen_time":2130249600}}}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zId0003ocdf8VoayLHV', 1795931127, 'topup.created', 'tu_0VcL1zId0002BSX1ecPTsUk3', '2026-10-28.endive', 'req_tsRRllgqXuAp46', NULL, '{"id":"tu_0VcL1zId0002BSX1ecPTsUk3","object":"topup","amount":1200,"balance_transaction":null,"created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zI20000zjnM1IRkHEgO","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zI20001KMEXEiwEYdUX","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zJb0002KsZBb25HKLyk', 1795931127, 'topup.succeeded', 'tu_0VcL1zIG0002UO5c6qJqrE9H', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zIG0002UO5c6qJqrE9H","object":"topup","amount":1200,"balance_transaction":"txn_0VcL1zJb00005JIScClijE00","created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zHK0000nDU2XFxO1DxI","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zJb0005AoybuHQL2yr8', 1795931127, 'topup.succeeded', 'tu_0VcL1zId0002BSX1ecPTsUk3', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zId0002BSX1ecPTsUk3","object":"topup","amount":1200,"balance_transaction":"txn_0VcL1zJb00036F6giL0W6GNy","created":1795931127,"currency":"usd","description":null,"expected_availability_date":1795931127,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zI20000zjnM1IRkHEgO","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zI20001KMEXEiwEYdUX","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zJb0006K8czbVE5kvHc', 1795931127, 'balance.available', 'acct_0VcL1zADaxQOSLJ7', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":2400,"currency":"usd","source_types":{"bank_account":2400}}],"connect_reserved":[{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q0091PvjkIcf8LBVt', 2130076800, 'topup.created', 'tu_0bV4bB5Q0091PuoaBNf0B211', '2026-10-28.endive', 'req_OjnlU10eUr5rvQ', NULL, '{"id":"tu_0bV4bB5Q0091PuoaBNf0B211","object":"topup","amount":1200,"balance_transaction":null,"created":2130076800,"currency":"usd","description":null,"expected_availability_date":2130670800,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zJM0000qv8JZGmHF15h","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q00MdKzzqv6o5DMqn', 2130076800, 'topup.created', 'tu_0bV4bB5Q00MdKy6q6ltnO6CE', '2026-10-28.endive', 'req_fNmB94um8BKcBj', 'key-d9a9a57f4407c46d', '{"id":"tu_0bV4bB5Q00MdKy6q6ltnO6CE","object":"topup","amount":44974,"balance_transaction":null,"created":2130076800,"currency":"usd","description":"Über-Top-up €","expected_availability_date":2130670800,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"300"},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zWh0005ofXMoZ09IcPe', 1795931128, 'topup.created', 'tu_0VcL1zWh0004jLeEZ4VpHPqq', '2026-10-28.endive', 'req_xnaXHEH80QZNlM', 'key-f48108af35ea161', '{"id":"tu_0VcL1zWh0004jLeEZ4VpHPqq","object":"topup","amount":283068,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zWh0004jLeEZ4VpHPqq","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"6bb495d5df5ff240","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_4d000f63ec7a13f5432e174b","created":1795931128,"currency":"jpy","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zWh0007G6G5GeyLLt0e', 1795931128, 'topup.created', 'tu_0VcL1zWh0006wNQ2XJl0KzX6', '2026-10-28.endive', 'req_HmI6GTP2UIV6UT', 'key-d31aa3338ca2a13b', '{"id":"tu_0VcL1zWh0006wNQ2XJl0KzX6","object":"topup","amount":201030,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zWh0006wNQ2XJl0KzX6","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"3d7af1afa089617b","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_529be2830c943a98a0029e41","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVGIE88001iYShkS7hhAgie', 2130249600, 'test_helpers.test_clock.ready', 'clock_0VcL1zBS00005IBIvXEMarF8', '2026-10-28.endive', NULL, NULL, '{"id":"clock_0VcL1zBS00005IBIvXEMarF8","object":"test_helpers.test_clock","created":1795931127,"deletes_after":1798523127,"frozen_time":2130249600,"livemode":false,"name":null,"status":"ready","status_details":{}}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zWh0009sIu1yZiduKwQ', 1795931128, 'topup.created', 'tu_0VcL1zWh0008cgF7M83IowGu', '2026-10-28.endive', 'req_J8oIgQObFPUrbm', 'key-ca196d3ae9dd4625', '{"id":"tu_0VcL1zWh0008cgF7M83IowGu","object":"topup","amount":811704,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zXB0001DDfeADSC6vWU', 1795931128, 'topup.created', 'tu_0VcL1zXB0000SaWpDesJ5IHB', '2026-10-28.endive', 'req_KrXlmWZOyCFKTt', NULL, '{"id":"tu_0VcL1zXB0000SaWpDesJ5IHB","object":"topup","amount":570170,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zXB0000SaWpDesJ5IHB","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"3ff1bd6a59617a52","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_709718dc9270043aaaa140be","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXU0001c9iHo3T8hd6F', 1795931128, 'topup.created', 'tu_0VcL1zXU00003HvlRgNierC9', '2026-10-28.endive', 'req_ZjhIsf7Ri2zJvr', NULL, '{"id":"tu_0VcL1zXU00003HvlRgNierC9","object":"topup","amount":479594,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_accountClosed","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXB0002UsRlUx7u0ULV', 1795931128, 'topup.canceled', 'tu_0VcL1zX00000Dz7ZI9VnqDmP', '2026-10-28.endive', 'req_rkaznof0nrxLKn', 'cancel-tu_0VcL1zX00000Dz7ZI9VnqDmP', '{"id":"tu_0VcL1zX00000Dz7ZI9VnqDmP","object":"topup","amount":127895,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zX00000Dz7ZI9VnqDmP","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"f81d3ce2bdf2f08e","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_43d48296f760e37bdcca2efe","created":1795931128,"currency":"jpy","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"canceled","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zY50001mLULzzXkZeFk', 1795931128, 'topup.created', 'tu_0VcL1zY5000039szSFGdoZ09', '2026-10-28.endive', 'req_HVYxNi0J236Rz6', 'key-6c27d985cca39c3d', '{"id":"tu_0VcL1zY5000039szSFGdoZ09","object":"topup","amount":387584,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zYo0001vLhpEyyBBol9', 1795931128, 'topup.created', 'tu_0VcL1zYo0000PjsYs7Rq8d2T', '2026-10-28.endive', 'req_Y2iDMWsi7UtGQS', 'key-5da269e398b31245', '{"id":"tu_0VcL1zYo0000PjsYs7Rq8d2T","object":"topup","amount":966859,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYo0000PjsYs7Rq8d2T","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"54a2d7641c23b12a","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0aa11fab43904066e2a5a4f7","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZ00001G0KOHH58GoBB', 1795931128, 'topup.created', 'tu_0VcL1zZ00000wviFTsRLQo4R', '2026-10-28.endive', 'req_ChDZejMUor8S2I', 'key-cd082da9a4e48c2e', '{"id":"tu_0VcL1zZ00000wviFTsRLQo4R","object":"topup","amount":72935,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"206"},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zZ10000COeYL6Gvmyo3', 1795931128, 'topup.canceled', 'tu_0VcL1zYM0002lYjOS8LFuu7K', '2026-10-28.endive', 'req_QMwPESrig8rnAo', 'cancel-tu_0VcL1zYM0002lYjOS8LFuu7K', '{"id":"tu_0VcL1zYM0002lYjOS8LFuu7K","object":"topup","amount":537960,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYM0002lYjOS8LFuu7K","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"canceled","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXf00019WYrkympWTrF', 1795931128, 'topup.created', 'tu_0VcL1zXf0000iTAH2tEnc5Ss', '2026-10-28.endive', 'req_JX15vwdED8UUR5', NULL, '{"id":"tu_0VcL1zXf0000iTAH2tEnc5Ss","object":"topup","amount":300713,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zXf0003QXhV8Bw8cXA7', 1795931128, 'topup.created', 'tu_0VcL1zXf0002PVKZN7lKnYxU', '2026-10-28.endive', 'req_1arCYQeyONqZZu', 'key-14b263e34d4716e4', '{"id":"tu_0VcL1zXf0002PVKZN7lKnYxU","object":"topup","amount":542721,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zXv0001BHQ1eF4o4Z4Q', 1795931128, 'topup.created', 'tu_0VcL1zXv0000bVbE34V3Dx9o', '2026-10-28.endive', 'req_rcWHkX9jItduH2', 'key-62bae788ed5025d0', '{"id":"tu_0VcL1zXv0000bVbE34V3Dx9o","object":"topup","amount":363515,"balance_transaction":null,"created":1795931128,"currency":"usd","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"366"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zXv0000bVbE34V3Dx9o","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"e5903535c6a18069","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0b2f685ba0ca415842cfd887","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bV4bB5Q00NWkK3VD9d3mEhu', 2130076800, 'test_helpers.test_clock.advancing', 'clock_0VcL1zBS00005IBIvXEMarF8', '2026-10-28.endive', 'req_PwHFE9hqjfXFhh', NULL, '{"id":"clock_0VcL1zBS00005IBIvXEMarF8","object":"test_helpers.test_clock","created":1795931127,"deletes_after":1798523127,"frozen_time":2130076800,"livemode":false,"name":null,"status":"advancing","status_details":{"advancing":{"target_frozen_time":2130163200}}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zYC0003YfhJzhxjYA1b', 1795931128, 'topup.created', 'tu_0VcL1zYC0002RJv4PI0x6H3w', '2026-10-28.endive', 'req_1owC6XrfTQS3Nz', NULL, '{"id":"tu_0VcL1zYC0002RJv4PI0x6H3w","object":"topup","amount":314749,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"750"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYC0002RJv4PI0x6H3w","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zYM0001TjwtYKfTmZS9', 1795931128, 'topup.created', 'tu_0VcL1zYM0000B7OdtV75isak', '2026-10-28.endive', 'req_7pN2EameNnADRd', 'key-6480acc473433856', '{"id":"tu_0VcL1zYM0000B7OdtV75isak","object":"topup","amount":564920,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYM0000B7OdtV75isak","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"6bb495d5df5ff240","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_4d000f63ec7a13f5432e174b","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zYM0003F14mGnd4g6lZ', 1795931128, 'topup.created', 'tu_0VcL1zYM0002lYjOS8LFuu7K', '2026-10-28.endive', 'req_gkLeg61B03nkVW', 'key-34e2ba69f72f7c06', '{"id":"tu_0VcL1zYM0002lYjOS8LFuu7K","object":"topup","amount":537960,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYM0002lYjOS8LFuu7K","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZ60001X365ihmr86Wz', 1795931128, 'topup.created', 'tu_0VcL1zZ60000ltBf2wHH8AQ9', '2026-10-28.endive', 'req_u3QPkBC3GCVQjO', 'key-e968bfe7dc756f7', '{"id":"tu_0VcL1zZ60000ltBf2wHH8AQ9","object":"topup","amount":575783,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZD00014brQTd5QUiTb', 1795931128, 'topup.created', 'tu_0VcL1zZD0000oyPd0GFWow5q', '2026-10-28.endive', 'req_hlZ0UfGNRXfb3R', 'key-cae51813983136a2', '{"id":"tu_0VcL1zZD0000oyPd0GFWow5q","object":"topup","amount":29089,"balance_transaction":null,"created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zEo0000dV9K7Dx8PXXj","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZL0001dRII1QIrZd6E', 1795931128, 'topup.created', 'tu_0VcL1zZL0000Zcld7kjZku3D', '2026-10-28.endive', 'req_SDBq31FSOMqc0A', NULL, '{"id":"tu_0VcL1zZL0000Zcld7kjZku3D","object":"topup","amount":115492,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zZU0001Ofz7Ou81CkI8', 1795931128, 'topup.created', 'tu_0VcL1zZU0000vC2EWYhwhC83', '2026-10-28.endive', 'req_Z0ETIVmA5U9iHy', 'key-c89b73cb40e8da92', '{"id":"tu_0VcL1zZU0000vC2EWYhwhC83","object":"topup","amount":242702,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"969"},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZQ0001nlbRk4MPFfNI', 1795931128, 'topup.created', 'tu_0VcL1zZQ0000VM4ZzRmN2jWr', '2026-10-28.endive', 'req_0GQp1TLfLRgH6M', 'key-cfe8e15453185d11', '{"id":"tu_0VcL1zZQ0000VM4ZzRmN2jWr","object":"topup","amount":826700,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZv0001HYzIB8oFLyNv', 1795931128, 'topup.created', 'tu_0VcL1zZv0000KhfW4tVbxkRP', '2026-10-28.endive', 'req_36iETmd1Aop2EU', 'key-1882cd69c5dda742', '{"id":"tu_0VcL1zZv0000KhfW4tVbxkRP","object":"topup","amount":893755,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_success","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zaH0001DtncpofNLVgU', 1795931128, 'topup.created', 'tu_0VcL1zaH0000casontHP3wUG', '2026-10-28.endive', 'req_dYix8IUOsnN6TN', 'key-d650ebe6812346dd', '{"id":"tu_0VcL1zaH0000casontHP3wUG","object":"topup","amount":266094,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaH0000casontHP3wUG","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"2b8b34ad0fa3afa0","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_6187cc9c98751972d4b3934a","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zaQ0001YAtJyHM9aoAN', 1795931128, 'topup.created', 'tu_0VcL1zaQ0000y4VV8VmLlLk0', '2026-10-28.endive', 'req_uZJk01p06DkM6n', NULL, '{"id":"tu_0VcL1zaQ0000y4VV8VmLlLk0","object":"topup","amount":165653,"balance_transaction":null,"created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaQ0000y4VV8VmLlLk0","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"32f035ef1079f07a","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_dd74e188030b7199968df7c2","created":1795931128,"currency":"eur","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zam0001OMacrSHMB36b', 1795931128, 'topup.created', 'tu_0VcL1zam0000qGNBbA9iFdCU', '2026-10-28.endive', 'req_YuaXdwkktSoRV6', 'key-b396430c558f34cf', '{"id":"tu_0VcL1zam0000qGNBbA9iFdCU","object":"topup","amount":651845,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"388"},"payment_method":"pm_usBankAccount_accountClosed","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zat00013z3jwLAzTGBg', 1795931128, 'topup.created', 'tu_0VcL1zat0000e0i9HyCq84MM', '2026-10-28.endive', 'req_2CumXxivnkrjoc', 'key-1798ecd7972521d4', '{"id":"tu_0VcL1zat0000e0i9HyCq84MM","object":"topup","amount":138118,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zbI0001PFNpps4ipR03', 1795931128, 'topup.created', 'tu_0VcL1zbI00005Va6t6oKtSQa', '2026-10-28.endive', 'req_R1vJWXRcxxfiF0', 'key-b850e7a31d1d4417', '{"id":"tu_0VcL1zbI00005Va6t6oKtSQa","object":"topup","amount":212677,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zbI00005Va6t6oKtSQa","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"f81d3ce2bdf2f08e","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_43d48296f760e37bdcca2efe","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zZm0003bONRQHYz6RhH', 1795931128, 'topup.created', 'tu_0VcL1zZm0002SG7nMHnJiAwq', '2026-10-28.endive', 'req_EWEL3HHbK5i1wT', 'key-b2177d6aeb05d4b3', '{"id":"tu_0VcL1zZm0002SG7nMHnJiAwq","object":"topup","amount":140974,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZm0001fV97ycpNel23', 1795931128, 'topup.created', 'tu_0VcL1zZm000005sMIixz29DX', '2026-10-28.endive', 'req_VCjmoQLcjACLub', 'key-19067805c23fd300', '{"id":"tu_0VcL1zZm000005sMIixz29DX","object":"topup","amount":982353,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"48"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zZm000005sMIixz29DX","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"8acbadeb63ee0c76","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_f417e3c9d2f5ae038487d765","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zZz00016Fkz7Zbv1w0h', 1795931128, 'topup.created', 'tu_0VcL1zZz0000UeogCyGPANDK', '2026-10-28.endive', 'req_5bi6I2aQ7GLt3b', NULL, '{"id":"tu_0VcL1zZz0000UeogCyGPANDK","object":"topup","amount":275585,"balance_transaction":null,"created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zCc0000dWq2ImdPCABb","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZz0003vZVhVst6taBx', 1795931128, 'topup.created', 'tu_0VcL1zZz0002ntn7uECp8evE', '2026-10-28.endive', 'req_2jVPXWGNMlhOqt', NULL, '{"id":"tu_0VcL1zZz0002ntn7uECp8evE","object":"topup","amount":460418,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"7"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zZz0002ntn7uECp8evE","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"d89a29af9ff39169","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_654c7dcf9eb467f57c7b0ae1","created":1795931128,"currency":"jpy","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zaD00010XUehOZ84mEW', 1795931128, 'topup.created', 'tu_0VcL1zaD0000Vt1FKQwVUJEj', '2026-10-28.endive', 'req_eR4EXO8la1ZOIG', 'key-a734843f63494c45', '{"id":"tu_0VcL1zaD0000Vt1FKQwVUJEj","object":"topup","amount":879360,"balance_transaction":null,"created":1795931128,"currency":"eur","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"60"},"payment_method":"pm_usBankAccount_success","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zaD00037ETbgEiYUaVQ', 1795931128, 'topup.created', 'tu_0VcL1zaD00026K19AMnbxDeL', '2026-10-28.endive', 'req_aQDMHZkdEFz3Ry', 'key-9f1fc7a5d8e1950b', '{"id":"tu_0VcL1zaD00026K19AMnbxDeL","object":"topup","amount":314505,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaD00026K19AMnbxDeL","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"f81d3ce2bdf2f08e","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_43d48296f760e37bdcca2efe","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zY5000457x3RIsekUk0', 1795931128, 'topup.succeeded', 'tu_0VcL1zXW0000xNF9JtCqAIH8', '2026-10-28.endive', 'req_TyJ9ZTzSEg3qxk', NULL, '{"id":"tu_0VcL1zXW0000xNF9JtCqAIH8","object":"topup","amount":200598,"balance_transaction":"txn_0VcL1zY50002B2JB3sdYlOIp","created":1795931128,"currency":"usd","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"371"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zXW0000xNF9JtCqAIH8","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"6bb495d5df5ff240","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_4d000f63ec7a13f5432e174b","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZ10001HULfagRTqfHM', 1795931128, 'balance.available', 'acct_0VcL1z9hwBctHl7x', '2026-10-28.endive', 'req_TyJ9ZTzSEg3qxk', NULL, '{"object":"balance","available":[{"amount":202998,"currency":"usd","source_types":{"bank_account":202998}}],"connect_reserved":[{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zab0001cDLC7Qj1PYRw', 1795931128, 'topup.created', 'tu_0VcL1zab0000nQ8mn1ZO79F3', '2026-10-28.endive', 'req_j6hiklI8jLUWKI', 'key-d09747c30e7ec459', '{"id":"tu_0VcL1zab0000nQ8mn1ZO79F3","object":"topup","amount":475844,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zab0000nQ8mn1ZO79F3","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"5473e5f1bc4ccaed","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_5ee1b2739e5a6278289b61c3","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zb70001DV4i1SLPuixc', 1795931128, 'topup.created', 'tu_0VcL1zb70000Y5EXcjAduqqW', '2026-10-28.endive', 'req_YbXvRyqlIwi7Rp', 'key-ed7dbf959e810fc3', '{"id":"tu_0VcL1zb70000Y5EXcjAduqqW","object":"topup","amount":411202,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zb70000Y5EXcjAduqqW","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"5473e5f1bc4ccaed","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_5ee1b2739e5a6278289b61c3","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zb80003Tvr68qTtU4IA', 1795931128, 'topup.created', 'tu_0VcL1zb800029Tii0PLiuGaH', '2026-10-28.endive', 'req_CCsmKLsbTDXief', NULL, '{"id":"tu_0VcL1zb800029Tii0PLiuGaH","object":"topup","amount":547538,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zb800029Tii0PLiuGaH","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"e5903535c6a18069","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0b2f685ba0ca415842cfd887","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zb80001lfhRzD1Z0cUG', 1795931128, 'topup.created', 'tu_0VcL1zb80000cKwzt1W6GrB4', '2026-10-28.endive', 'req_VrdX9vptcnZ0Nm', 'key-c8774befa08d7f71', '{"id":"tu_0VcL1zb80000cKwzt1W6GrB4","object":"topup","amount":553364,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zbH0001Lgk1fnA2ZFQr', 1795931128, 'topup.created', 'tu_0VcL1zbH000066zF9PSpITZJ', '2026-10-28.endive', 'req_HMyGSziZLa80Et', 'key-a6f177bc36fc7080', '{"id":"tu_0VcL1zbH000066zF9PSpITZJ","object":"topup","amount":964148,"balance_transaction":null,"created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zbL0003WW350IWRDNL0', 1795931128, 'topup.created', 'tu_0VcL1zbL00026wgrfBqTw82s', '2026-10-28.endive', 'req_8hxnY0jQBngNfS', 'key-5fd557fc36338316', '{"id":"tu_0VcL1zbL00026wgrfBqTw82s","object":"topup","amount":879310,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zbL00026wgrfBqTw82s","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zbL0001TeINY7U9MEj2', 1795931128, 'topup.created', 'tu_0VcL1zbL0000d7xD5c7bkHZh', '2026-10-28.endive', 'req_nA7zWqVPvVRWVn', 'key-3067480d7cd29e3c', '{"id":"tu_0VcL1zbL0000d7xD5c7bkHZh","object":"topup","amount":837468,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zbS0001Pk4sSnG2jY7v', 1795931128, 'topup.created', 'tu_0VcL1zbS0000ptOH5WCFr27Y', '2026-10-28.endive', 'req_JsdlT5bRBOg9RB', NULL, '{"id":"tu_0VcL1zbS0000ptOH5WCFr27Y","object":"topup","amount":945877,"balance_transaction":null,"created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zHK0000nDU2XFxO1DxI","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zab0002oX2VE4mW7Wyv', 1795931128, 'topup.failed', 'tu_0VcL1zaD00026K19AMnbxDeL', '2026-10-28.endive', 'req_y0l8xbLnUTxDLM', NULL, '{"id":"tu_0VcL1zaD00026K19AMnbxDeL","object":"topup","amount":314505,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaD00026K19AMnbxDeL","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"f81d3ce2bdf2f08e","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_43d48296f760e37bdcca2efe","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVARhXk002FazDAcQf0a0hb', 2130163200, 'test_helpers.test_clock.ready', 'clock_0VcL1zBS00005IBIvXEMarF8', '2026-10-28.endive', NULL, NULL, '{"id":"clock_0VcL1zBS00005IBIvXEMarF8","object":"test_helpers.test_clock","created":1795931127,"deletes_after":1798523127,"frozen_time":2130163200,"livemode":false,"name":null,"status":"ready","status_details":{}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1ze40002OtKeWBthfpfw', 1795931129, 'topup.succeeded', 'tu_0VcL1zZm0002SG7nMHnJiAwq', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZm0002SG7nMHnJiAwq","object":"topup","amount":140974,"balance_transaction":"txn_0VcL1ze40000nxpCPYkdXTnX","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze40005JJifE4bFh7FQ', 1795931129, 'topup.succeeded', 'tu_0VcL1zZm000005sMIixz29DX', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZm000005sMIixz29DX","object":"topup","amount":982353,"balance_transaction":"txn_0VcL1ze40003In4Sq72iVZAa","created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"48"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zZm000005sMIixz29DX","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"8acbadeb63ee0c76","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_f417e3c9d2f5ae038487d765","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze40008JkjUCabkTWRg', 1795931129, 'topup.succeeded', 'tu_0VcL1zZv0000KhfW4tVbxkRP', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZv0000KhfW4tVbxkRP","object":"topup","amount":893755,"balance_transaction":"txn_0VcL1ze40006k0XOTV5os6XJ","created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_success","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1ze4000BVwjj1oBHEDYz', 1795931129, 'topup.succeeded', 'tu_0VcL1zZz0000UeogCyGPANDK', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZz0000UeogCyGPANDK","object":"topup","amount":275585,"balance_transaction":"txn_0VcL1ze40009qgZV59oo75LL","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zCc0000dWq2ImdPCABb","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze4000CG7f5nRx3Ebmj', 1795931129, 'topup.failed', 'tu_0VcL1zZz0002ntn7uECp8evE', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZz0002ntn7uECp8evE","object":"topup","amount":460418,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":"no_account","failure_message":"The bank could not find an account with the details on file.","initiated_by":"user","livemode":false,"metadata":{"order":"7"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zZz0002ntn7uECp8evE","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"d89a29af9ff39169","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_654c7dcf9eb467f57c7b0ae1","created":1795931128,"currency":"jpy","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1ze4000FwQYt4h8zRUqV', 1795931129, 'topup.succeeded', 'tu_0VcL1zaD0000Vt1FKQwVUJEj', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zaD0000Vt1FKQwVUJEj","object":"topup","amount":879360,"balance_transaction":"txn_0VcL1ze4000DTYr2rKKyuvcL","created":1795931128,"currency":"eur","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"60"},"payment_method":"pm_usBankAccount_success","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze4000XlyvlnG2pwaL2', 1795931129, 'topup.succeeded', 'tu_0VcL1zb80000cKwzt1W6GrB4', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zb80000cKwzt1W6GrB4","object":"topup","amount":553364,"balance_transaction":"txn_0VcL1ze4000VKuJ42WCOpVgh","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zbb00013Q8khy2drQ0V', 1795931128, 'topup.created', 'tu_0VcL1zbb0000PcjqEMMsYrqH', '2026-10-28.endive', 'req_rTKZtZmSaOQLPK', 'key-c13429e0903bea25', '{"id":"tu_0VcL1zbb0000PcjqEMMsYrqH","object":"topup","amount":634190,"balance_transaction":null,"created":1795931128,"currency":"eur","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"617"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zbb0000PcjqEMMsYrqH","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"56440fae2125bb1b","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_cd87fddb0c52aa980520a2c9","created":1795931128,"currency":"eur","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zZe00023xfDKz3fQhUz', 1795931128, 'topup.succeeded', 'tu_0VcL1zXf0000iTAH2tEnc5Ss', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zXf0000iTAH2tEnc5Ss","object":"topup","amount":300713,"balance_transaction":"txn_0VcL1zZe0000Sip3zE3z5Mjt","created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zZe0005pV03IGlFrs0o', 1795931128, 'topup.succeeded', 'tu_0VcL1zXf0002PVKZN7lKnYxU', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zXf0002PVKZN7lKnYxU","object":"topup","amount":542721,"balance_transaction":"txn_0VcL1zZe0003R4bFOPdf5u3R","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe0008CHQDVCYbuQUq', 1795931128, 'topup.succeeded', 'tu_0VcL1zXv0000bVbE34V3Dx9o', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zXv0000bVbE34V3Dx9o","object":"topup","amount":363515,"balance_transaction":"txn_0VcL1zZe0006PcQ1wURA8iA9","created":1795931128,"currency":"usd","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"366"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zXv0000bVbE34V3Dx9o","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"e5903535c6a18069","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0b2f685ba0ca415842cfd887","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zZe000BusZCdEw1iyLZ', 1795931128, 'topup.succeeded', 'tu_0VcL1zY5000039szSFGdoZ09', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zY5000039szSFGdoZ09","object":"topup","amount":387584,"balance_transaction":"txn_0VcL1zZe0009fMzuNs7eP7HF","created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000ETj0W3TLROTfQ', 1795931128, 'topup.succeeded', 'tu_0VcL1zYo0000PjsYs7Rq8d2T', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zYo0000PjsYs7Rq8d2T","object":"topup","amount":966859,"balance_transaction":"txn_0VcL1zZe000Co5jwsopo9FU2","created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYo0000PjsYs7Rq8d2T","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"54a2d7641c23b12a","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0aa11fab43904066e2a5a4f7","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000H71QeZQaakFvi', 1795931128, 'topup.succeeded', 'tu_0VcL1zZ00000wviFTsRLQo4R', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZ00000wviFTsRLQo4R","object":"topup","amount":72935,"balance_transaction":"txn_0VcL1zZe000FDNZIzfoG32vN","created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"206"},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000Kzhw0EB1Tas5J', 1795931128, 'topup.succeeded', 'tu_0VcL1zZ60000ltBf2wHH8AQ9', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZ60000ltBf2wHH8AQ9","object":"topup","amount":575783,"balance_transaction":"txn_0VcL1zZe000IceZ1BnS1qbo8","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000NTT7qfPuzC43Y', 1795931128, 'topup.succeeded', 'tu_0VcL1zZD0000oyPd0GFWow5q', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZD0000oyPd0GFWow5q","object":"topup","amount":29089,"balance_transaction":"txn_0VcL1zZe000LbCKSkVYPaaH7","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zEo0000dV9K7Dx8PXXj","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000Ql5X7sqL7kJ2C', 1795931128, 'topup.succeeded', 'tu_0VcL1zZL0000Zcld7kjZku3D', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZL0000Zcld7kjZku3D","object":"topup","amount":115492,"balance_transaction":"txn_0VcL1zZe000OZwNS6tc9b112","created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000TrTYZ2NH92f6V', 1795931128, 'topup.succeeded', 'tu_0VcL1zZQ0000VM4ZzRmN2jWr', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZQ0000VM4ZzRmN2jWr","object":"topup","amount":826700,"balance_transaction":"txn_0VcL1zZe000Ro3oJT9kg4RCa","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zZe000WYF1LacJJbsN7', 1795931128, 'topup.succeeded', 'tu_0VcL1zZU0000vC2EWYhwhC83', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZU0000vC2EWYhwhC83","object":"topup","amount":242702,"balance_transaction":"txn_0VcL1zZe000UhzqTpmaNRkao","created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"969"},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zZe000YF1PkL0aIA1nn', 1795931128, 'balance.available', 'acct_0VcL1zADaxQOSLJ7', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":1914628,"currency":"jpy","source_types":{"bank_account":1914628}},{"amount":1239325,"currency":"usd","source_types":{"bank_account":1239325}}],"connect_reserved":[{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zZe000ZhbBNNDQdbXeQ', 1795931128, 'balance.available', 'acct_0VcL1z9hwBctHl7x', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":29089,"currency":"eur","source_types":{"bank_account":29089}},{"amount":1039794,"currency":"gbp","source_types":{"bank_account":1039794}},{"amount":115492,"currency":"jpy","source_types":{"bank_account":115492}},{"amount":1968996,"currency":"usd","source_types":{"bank_account":1968996}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zZe000a9dCb1Gb8Hz2e', 1795931128, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":2400,"currency":"usd","source_types":{"bank_account":2400}}],"connect_reserved":[{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zbd000294js2sxSVY2s', 1795931128, 'topup.succeeded', 'tu_0VcL1zbL00026wgrfBqTw82s', '2026-10-28.endive', 'req_dXqXdFppBuiW1F', NULL, '{"id":"tu_0VcL1zbL00026wgrfBqTw82s","object":"topup","amount":879310,"balance_transaction":"txn_0VcL1zbd0000DDed52G01V9C","created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zbL00026wgrfBqTw82s","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zbd00031X2wDLhKj2hf', 1795931128, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_dXqXdFppBuiW1F', NULL, '{"object":"balance","available":[{"amount":1122012,"currency":"gbp","source_types":{"bank_account":1122012}},{"amount":2400,"currency":"usd","source_types":{"bank_account":2400}}],"connect_reserved":[{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zdQ000294K6voHYGMaE', 1795931129, 'topup.reversed', 'tu_0VcL1zbL00026wgrfBqTw82s', '2026-10-28.endive', 'req_qzlOLR76qgfXQZ', NULL, '{"id":"tu_0VcL1zbL00026wgrfBqTw82s","object":"topup","amount":879310,"balance_transaction":"txn_0VcL1zbd0000DDed52G01V9C","created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zbL00026wgrfBqTw82s","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1ze4000I5qcz0se7AwI8', 1795931129, 'topup.succeeded', 'tu_0VcL1zaH0000casontHP3wUG', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zaH0000casontHP3wUG","object":"topup","amount":266094,"balance_transaction":"txn_0VcL1ze4000GraMUfgYONOQU","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaH0000casontHP3wUG","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"2b8b34ad0fa3afa0","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_6187cc9c98751972d4b3934a","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1ze4000LgZsmlZt9SB2N', 1795931129, 'topup.succeeded', 'tu_0VcL1zaQ0000y4VV8VmLlLk0', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zaQ0000y4VV8VmLlLk0","object":"topup","amount":165653,"balance_transaction":"txn_0VcL1ze4000Je8rAOb0xVtyl","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaQ0000y4VV8VmLlLk0","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"32f035ef1079f07a","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_dd74e188030b7199968df7c2","created":1795931128,"currency":"eur","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1ze4000MCEADphu1UjSZ', 1795931129, 'topup.failed', 'tu_0VcL1zab0000nQ8mn1ZO79F3', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zab0000nQ8mn1ZO79F3","object":"topup","amount":475844,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zab0000nQ8mn1ZO79F3","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"5473e5f1bc4ccaed","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_5ee1b2739e5a6278289b61c3","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1ze4000N1rkxIWVdQ6MC', 1795931129, 'topup.failed', 'tu_0VcL1zam0000qGNBbA9iFdCU', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zam0000qGNBbA9iFdCU","object":"topup","amount":651845,"balance_transaction":null,"created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":"account_closed","failure_message":"The bank account has been closed, so it cannot be debited.","initiated_by":"user","livemode":false,"metadata":{"order":"388"},"payment_method":"pm_usBankAccount_accountClosed","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze4000QHIMUOVEEtWwB', 1795931129, 'topup.succeeded', 'tu_0VcL1zat0000e0i9HyCq84MM', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zat0000e0i9HyCq84MM","object":"topup","amount":138118,"balance_transaction":"txn_0VcL1ze4000OnOtQbm8CSOtY","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1ze4000RA9lalkIdmbfg', 1795931129, 'topup.failed', 'tu_0VcL1zb70000Y5EXcjAduqqW', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zb70000Y5EXcjAduqqW","object":"topup","amount":411202,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zb70000Y5EXcjAduqqW","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"5473e5f1bc4ccaed","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_5ee1b2739e5a6278289b61c3","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"failed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze4000UzQwbaOXxfQWn', 1795931129, 'topup.succeeded', 'tu_0VcL1zb800029Tii0PLiuGaH', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zb800029Tii0PLiuGaH","object":"topup","amount":547538,"balance_transaction":"txn_0VcL1ze4000SpqmcQ7vg2GD0","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zb800029Tii0PLiuGaH","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"e5903535c6a18069","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0b2f685ba0ca415842cfd887","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze4000aqJRRsKp1K70h', 1795931129, 'topup.succeeded', 'tu_0VcL1zbH000066zF9PSpITZJ', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zbH000066zF9PSpITZJ","object":"topup","amount":964148,"balance_transaction":"txn_0VcL1ze4000YWlQ0vOFLWx0r","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1ze4000dTUYR152jcQ0G', 1795931129, 'topup.succeeded', 'tu_0VcL1zbL0000d7xD5c7bkHZh', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zbL0000d7xD5c7bkHZh","object":"topup","amount":837468,"balance_transaction":"txn_0VcL1ze4000bd1evIofuqnMx","created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1ze4000gvPxc0UudhEVT', 1795931129, 'topup.succeeded', 'tu_0VcL1zbS0000ptOH5WCFr27Y', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zbS0000ptOH5WCFr27Y","object":"topup","amount":945877,"balance_transaction":"txn_0VcL1ze4000ebVqGvWUaflLr","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_0VcL1zHK0000nDU2XFxO1DxI","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1ze4000jip7ppBgTP1Ec', 1795931129, 'topup.succeeded', 'tu_0VcL1zbb0000PcjqEMMsYrqH', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zbb0000PcjqEMMsYrqH","object":"topup","amount":634190,"balance_transaction":"txn_0VcL1ze4000hQGtbMuhMZ5Vl","created":1795931128,"currency":"eur","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{"order":"617"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zbb0000PcjqEMMsYrqH","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"56440fae2125bb1b","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_cd87fddb0c52aa980520a2c9","created":1795931128,"currency":"eur","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zeJ0001ZfxkdROrvLTs', 1795931129, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":1954788,"currency":"eur","source_types":{"bank_account":1954788}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":143374,"currency":"usd","source_types":{"bank_account":143374}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zeJ0002uUlUwdsjxbG1', 1795931129, 'balance.available', 'acct_0VcL1z9hwBctHl7x', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":993237,"currency":"eur","source_types":{"bank_account":993237}},{"amount":2859615,"currency":"gbp","source_types":{"bank_account":2859615}},{"amount":1009247,"currency":"jpy","source_types":{"bank_account":1009247}},{"amount":3208016,"currency":"usd","source_types":{"bank_account":3208016}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zeJ0003JAV2ZAJxkgyw', 1795931129, 'balance.available', 'acct_0VcL1zADaxQOSLJ7', '2026-10-28.endive', NULL, NULL, '{"object":"balance","available":[{"amount":945877,"currency":"eur","source_types":{"bank_account":945877}},{"amount":1914628,"currency":"jpy","source_types":{"bank_account":1914628}},{"amount":1505419,"currency":"usd","source_types":{"bank_account":1505419}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"jpy","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"jpy"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVGIEGC001gQLtoLOOq7YNw', 2130249600, 'topup.created', 'tu_0bVGIEGC001gQKsm1puQBxVI', '2026-10-28.endive', 'req_pdkNeIkQ0zreIt', NULL, '{"id":"tu_0bVGIEGC001gQKsm1puQBxVI","object":"topup","amount":1000,"balance_transaction":null,"created":2130249600,"currency":"usd","description":null,"expected_availability_date":2130843600,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVGIEGC0020fZqA0oq9DStk', 2130249600, 'topup.created', 'tu_0bVGIEGC0020fYJUQeHbLaMc', '2026-10-28.endive', 'req_sWDkqtHa1DpLCm', NULL, '{"id":"tu_0bVGIEGC0020fYJUQeHbLaMc","object":"topup","amount":1002,"balance_transaction":null,"created":2130249600,"currency":"usd","description":null,"expected_availability_date":2130843600,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zf400010uNdjnOH7jQV', 1795931129, 'topup.created', 'tu_0VcL1zf40000pDlgNQLUdeMw', '2026-10-28.endive', 'req_D5cEFfd3pQDYyB', NULL, '{"id":"tu_0VcL1zf40000pDlgNQLUdeMw","object":"topup","amount":700,"balance_transaction":null,"created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zf40000pDlgNQLUdeMw","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zfa0001ZHbaBWuSZ9Zv', 1795931129, 'topup.created', 'tu_0VcL1zfa0000n8XKk0m3PIwx', '2026-10-28.endive', 'req_obbn0rKJ070143', NULL, '{"id":"tu_0VcL1zfa0000n8XKk0m3PIwx","object":"topup","amount":702,"balance_transaction":null,"created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfa0000n8XKk0m3PIwx","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVGIEGC001kgbXM8ykHcafp', 2130249600, 'topup.created', 'tu_0bVGIEGC001kgazHOGVeKlgj', '2026-10-28.endive', 'req_tVHtXJBIpXb3V6', NULL, '{"id":"tu_0bVGIEGC001kgazHOGVeKlgj","object":"topup","amount":1001,"balance_transaction":null,"created":2130249600,"currency":"usd","description":null,"expected_availability_date":2130843600,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":null,"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zfP0001QOnpT7ukDDjM', 1795931129, 'topup.created', 'tu_0VcL1zfP0000jBxfEa4pCP72', '2026-10-28.endive', 'req_xmic0WjNlX8m1t', NULL, '{"id":"tu_0VcL1zfP0000jBxfEa4pCP72","object":"topup","amount":701,"balance_transaction":null,"created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfP0000jBxfEa4pCP72","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zfR0002yb7AbW6HMJk2', 1795931129, 'topup.reversed', 'tu_0VcL1zaQ0000y4VV8VmLlLk0', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zaQ0000y4VV8VmLlLk0","object":"topup","amount":165653,"balance_transaction":"txn_0VcL1ze4000Je8rAOb0xVtyl","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaQ0000y4VV8VmLlLk0","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"32f035ef1079f07a","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_dd74e188030b7199968df7c2","created":1795931128,"currency":"eur","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zfR0005MUKKapqhc0Pb', 1795931129, 'topup.reversed', 'tu_0VcL1zZm000005sMIixz29DX', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zZm000005sMIixz29DX","object":"topup","amount":982353,"balance_transaction":"txn_0VcL1ze40003In4Sq72iVZAa","created":1795931128,"currency":"gbp","description":"Über-Top-up €","expected_availability_date":1795931128,"failure_code":"insufficient_funds","failure_message":"The bank account holds too little to cover this top-up.","initiated_by":"user","livemode":false,"metadata":{"order":"48"},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zZm000005sMIixz29DX","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"8acbadeb63ee0c76","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_f417e3c9d2f5ae038487d765","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zfR0008eIlfw0hYFrSY', 1795931129, 'topup.reversed', 'tu_0VcL1zb80000cKwzt1W6GrB4', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zb80000cKwzt1W6GrB4","object":"topup","amount":553364,"balance_transaction":"txn_0VcL1ze4000VKuJ42WCOpVgh","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":"debit_not_authorized","failure_message":"The owner of the bank account has not authorized this debit.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zfR000BgdG35A8ZdHEd', 1795931129, 'topup.reversed', 'tu_0VcL1zbH000066zF9PSpITZJ', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zbH000066zF9PSpITZJ","object":"topup","amount":964148,"balance_transaction":"txn_0VcL1ze4000YWlQ0vOFLWx0r","created":1795931128,"currency":"eur","description":null,"expected_availability_date":1795931128,"failure_code":"debit_not_authorized","failure_message":"The owner of the bank account has not authorized this debit.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zfR000E5xR2GIBFGH8n', 1795931129, 'topup.reversed', 'tu_0VcL1zbL0000d7xD5c7bkHZh', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zbL0000d7xD5c7bkHZh","object":"topup","amount":837468,"balance_transaction":"txn_0VcL1ze4000bd1evIofuqnMx","created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":"debit_not_authorized","failure_message":"The owner of the bank account has not authorized this debit.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":"pm_usBankAccount_dispute","payment_method_options":null,"source":null,"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z9hwBctHl7x', false, 'evt_0VcL1zfR000HtcS9NTeLxJ4I', 1795931129, 'topup.reversed', 'tu_0VcL1zYo0000PjsYs7Rq8d2T', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zYo0000PjsYs7Rq8d2T","object":"topup","amount":966859,"balance_transaction":"txn_0VcL1zZe000Co5jwsopo9FU2","created":1795931128,"currency":"gbp","description":null,"expected_availability_date":1795931128,"failure_code":"debit_not_authorized","failure_message":"The owner of the bank account has not authorized this debit.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYo0000PjsYs7Rq8d2T","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"54a2d7641c23b12a","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0aa11fab43904066e2a5a4f7","created":1795931128,"currency":"gbp","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zfs0001fii0J06dPNGu', 1795931129, 'topup.created', 'tu_0VcL1zfs00002KLaTlVgwXnR', '2026-10-28.endive', 'req_m2pWIwot94Tb9o', NULL, '{"id":"tu_0VcL1zfs00002KLaTlVgwXnR","object":"topup","amount":703,"balance_transaction":null,"created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfs00002KLaTlVgwXnR","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zfz0001jpLusbgSn0JO', 1795931129, 'topup.created', 'tu_0VcL1zfz0000OkHnhfCjt1fs', '2026-10-28.endive', 'req_SKmUZCuhIRCCgS', NULL, '{"id":"tu_0VcL1zfz0000OkHnhfCjt1fs","object":"topup","amount":704,"balance_transaction":null,"created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfz0000OkHnhfCjt1fs","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL1zg50001S7ShnTkMhIZj', 1795931129, 'topup.created', 'tu_0VcL1zg50000RBWrrY82wOFM', '2026-10-28.endive', 'req_KSY8yRJizzXjDa', NULL, '{"id":"tu_0VcL1zg50000RBWrrY82wOFM","object":"topup","amount":705,"balance_transaction":null,"created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zg50000RBWrrY82wOFM","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"pending","transfer_group":null}'),
	('acct_0VcL1zADaxQOSLJ7', false, 'evt_0VcL1zjX0002rhXPslXkD8aT', 1795931129, 'topup.reversed', 'tu_0VcL1zaH0000casontHP3wUG', '2026-10-28.endive', NULL, NULL, '{"id":"tu_0VcL1zaH0000casontHP3wUG","object":"topup","amount":266094,"balance_transaction":"txn_0VcL1ze4000GraMUfgYONOQU","created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":"debit_not_authorized","failure_message":"The owner of the bank account has not authorized this debit.","initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zaH0000casontHP3wUG","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"2b8b34ad0fa3afa0","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_6187cc9c98751972d4b3934a","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"reversed","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Bx0002M1PZysAMEpZG', 1795931135, 'topup.succeeded', 'tu_0VcL1zf40000pDlgNQLUdeMw', '2026-10-28.endive', 'req_i6oVOh4p9hvPyZ', NULL, '{"id":"tu_0VcL1zf40000pDlgNQLUdeMw","object":"topup","amount":700,"balance_transaction":"txn_0VcL21Bx0000AG30RCGgJlrs","created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zf40000pDlgNQLUdeMw","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Bx0003ZKrDiON44MvD', 1795931135, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_i6oVOh4p9hvPyZ', NULL, '{"object":"balance","available":[{"amount":1789135,"currency":"eur","source_types":{"bank_account":1789135}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":144074,"currency":"usd","source_types":{"bank_account":144074}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21CH0002RAgvFpEVevyi', 1795931135, 'topup.succeeded', 'tu_0VcL1zfP0000jBxfEa4pCP72', '2026-10-28.endive', 'req_yRzz6gDR7s7FO0', NULL, '{"id":"tu_0VcL1zfP0000jBxfEa4pCP72","object":"topup","amount":701,"balance_transaction":"txn_0VcL21CH0000zSUBMn7Fd2RC","created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfP0000jBxfEa4pCP72","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21CH00031p2PZ3eo5tZR', 1795931135, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_yRzz6gDR7s7FO0', NULL, '{"object":"balance","available":[{"amount":1789135,"currency":"eur","source_types":{"bank_account":1789135}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":144775,"currency":"usd","source_types":{"bank_account":144775}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21CW0002jzaIjal2tZ60', 1795931135, 'topup.succeeded', 'tu_0VcL1zfa0000n8XKk0m3PIwx', '2026-10-28.endive', 'req_i1hZBecF99Oc3H', NULL, '{"id":"tu_0VcL1zfa0000n8XKk0m3PIwx","object":"topup","amount":702,"balance_transaction":"txn_0VcL21CW0000cREHhVt01n4Y","created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfa0000n8XKk0m3PIwx","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21CW0003k5qeKIqyjEYl', 1795931135, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_i1hZBecF99Oc3H', NULL, '{"object":"balance","available":[{"amount":1789135,"currency":"eur","source_types":{"bank_account":1789135}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":145477,"currency":"usd","source_types":{"bank_account":145477}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Cc0002bmC37jf8jhB1', 1795931135, 'topup.succeeded', 'tu_0VcL1zfs00002KLaTlVgwXnR', '2026-10-28.endive', 'req_TFmJmu6BJijnag', NULL, '{"id":"tu_0VcL1zfs00002KLaTlVgwXnR","object":"topup","amount":703,"balance_transaction":"txn_0VcL21Cc0000MrsM3GA7rCtO","created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfs00002KLaTlVgwXnR","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Cc0003TeiyTW8kNbaT', 1795931135, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_TFmJmu6BJijnag', NULL, '{"object":"balance","available":[{"amount":1789135,"currency":"eur","source_types":{"bank_account":1789135}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":146180,"currency":"usd","source_types":{"bank_account":146180}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Cf0002A7JyUeZdJEmM', 1795931135, 'topup.succeeded', 'tu_0VcL1zfz0000OkHnhfCjt1fs', '2026-10-28.endive', 'req_hIdRZEQsrDNNWF', NULL, '{"id":"tu_0VcL1zfz0000OkHnhfCjt1fs","object":"topup","amount":704,"balance_transaction":"txn_0VcL21Cf00009Jl6LxZyEgiC","created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zfz0000OkHnhfCjt1fs","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Cf0003WWtf9zDyjYV4', 1795931135, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_hIdRZEQsrDNNWF', NULL, '{"object":"balance","available":[{"amount":1789135,"currency":"eur","source_types":{"bank_account":1789135}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":146884,"currency":"usd","source_types":{"bank_account":146884}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Cj0002TdzesqdroxRF', 1795931135, 'topup.succeeded', 'tu_0VcL1zg50000RBWrrY82wOFM', '2026-10-28.endive', 'req_bUDpQmlLTxWg9e', NULL, '{"id":"tu_0VcL1zg50000RBWrrY82wOFM","object":"topup","amount":705,"balance_transaction":"txn_0VcL21Cj0000o7HUmbC9cGcM","created":1795931129,"currency":"usd","description":null,"expected_availability_date":1795931129,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zg50000RBWrrY82wOFM","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931129,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"succeeded","transfer_group":null}'),
	('acct_0VcL1z1S6r9POL9H', false, 'evt_0VcL21Cj0003aVgyG1KtlrvC', 1795931135, 'balance.available', 'acct_0VcL1z1S6r9POL9H', '2026-10-28.endive', 'req_bUDpQmlLTxWg9e', NULL, '{"object":"balance","available":[{"amount":1789135,"currency":"eur","source_types":{"bank_account":1789135}},{"amount":242702,"currency":"gbp","source_types":{"bank_account":242702}},{"amount":147589,"currency":"usd","source_types":{"bank_account":147589}}],"connect_reserved":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"instant_available":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"livemode":false,"pending":[{"amount":0,"currency":"eur","source_types":{"bank_account":0}},{"amount":0,"currency":"gbp","source_types":{"bank_account":0}},{"amount":0,"currency":"usd","source_types":{"bank_account":0}}],"refund_and_dispute_prefunding":{"available":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}],"pending":[{"amount":0,"currency":"eur"},{"amount":0,"currency":"gbp"},{"amount":0,"currency":"usd"}]}}'),
	('acct_0VcL1zAzEZ3WtSck', false, 'evt_0bVGIEGC01gQK0bcuMoXZOXG', 2130249600, 'test_helpers.test_clock.advancing', 'clock_0VcL1zBS00005IBIvXEMarF8', '2026-10-28.endive', 'req_EEuRU4nmfuv04T', NULL, '{"id":"clock_0VcL1zBS00005IBIvXEMarF8","object":"test_helpers.test_clock","created":1795931127,"deletes_after":1798523127,"frozen_time":2130249600,"livemode":false,"name":null,"status":"advancing","status_details":{"advancing":{"target_frozen_time":2132841600}}}');
INSERT INTO public.external_accounts VALUES
	('acct_0VcL1z9hwBctHl7x', false, 'ba_0VcL1zWL0000VnhwQ5aoGjpx', 1795931128, '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', 'usd', NULL, 'individual', NULL, true, '{}');
INSERT INTO public.first_run VALUES
	(true, '\xa1e71da025e434f96b700325c060249f05b5dac608f405ecca333330f0c4d861', 1796017526718);
INSERT INTO public.funding_sources VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'pm_0VcL1zCc0000dWq2ImdPCABb', 'payment_method', 1795931127, 'verified', 3, false, '\x6741414141414141414141414d785673445f41724a394b556a71775a426531305a316f3875304e7562764c4757696f523538647831396462657348446a33546b415371687731555f48576f4d413747716e5265634959553731374b6845473942316a474e3555534c4f466144575a37534f444d56737968584836644a74517579636e646d49657333735f59466b79787948554c4e5351774b563732654a4d5962484d30597273466d725a595567386246444144354856303d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', NULL, NULL, 'checking', 'unspecified', NULL, NULL, '{"name": "Jenny Rosen", "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'src_0VcL1zD30000vMW5fVasrGgO', 'source', 1795931127, 'verified', 3, false, '\x67414141414141414141414130503555665955386356694462546e5f36786e39747a6f77564e6e7468696e52686e58684d795f63444e574864754b2d75754d566c7237543779316b785f7a703936717234325234394769397a59547255634d724c505357574371306d536e5362687a7753705f4362775336483847794943674d7847325367634630574d713964337171435875664834596c7a464b6977396d7964305f436a5871386c6143555052384c655a5a796a326b3d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', 'usd', 'individual', NULL, 'unspecified', 'src_client_secret_0VcL1zD30001jgaGdsM47mCy', NULL, '{"name": null, "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'pm_0VcL1zEo0000dV9K7Dx8PXXj', 'payment_method', 1795931127, 'verified', 3, false, '\x674141414141414141414141597837792d44456250795830313668514d4e336336696855354f385a575a64315f54596c504c7a323378573273565132654f555135685453616b3963393277676162635643384372324c584b486f702d6f61475946776339514b51674450614c4d5a46396c5071586d55306e76643047536d4764614b566f684842547271683158363447566855577159577067634156422d613577614837706b556a534d4b44384a7962424564586b6f673d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', NULL, NULL, 'checking', 'unspecified', NULL, NULL, '{"name": "Jenny Rosen", "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'src_0VcL1zFQ0000sHx1nFiOnuUy', 'source', 1795931127, 'verified', 3, false, '\x6741414141414141414141417457753761726237524c4a536b495535474e4c76426d315934574f7569417a68307638526871582d70475742414359372d327162437874416f50455f6666544631336437385237364f72745f684b61374d6d4d4e4977312d57504c476d776f416e564f672d6b4834796154455a4b5635684434454a6233626e6c587a55666663684c555270597072534c4b3768695258324e5766777569674d364255574143344373353076747a7a5164673d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', 'usd', 'individual', NULL, 'unspecified', 'src_client_secret_0VcL1zFQ0001xoRa1fai6H6L', NULL, '{"name": null, "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'pm_0VcL1zHK0000nDU2XFxO1DxI', 'payment_method', 1795931127, 'verified', 3, false, '\x6741414141414141414141416b7157674e6d7a794d38355f3049786746564977357741734e4669574558515a507552794f716c34754230704649355f554f4766746e59712d4a3544656a766e69635f62594e5a383244584c484e535a4c38533667506e657a706c36473045354236315368733262536c4745415461586d644562334933655a434b48633939776b5f7a776d55454d3334734e5361596f71456f592d2d383763537a5447746a44774c586b4351706f6574413d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', NULL, NULL, 'checking', 'unspecified', NULL, NULL, '{"name": "Jenny Rosen", "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'src_0VcL1zI20000zjnM1IRkHEgO', 'source', 1795931127, 'verified', 3, false, '\x6741414141414141414141416a4a545848416d7141765f322d71743576674b53485666394b4476666743416f6563695369354741362d49345230723433706b7a474f4f43692d4345416b415f614e4541704b4566364f6e305a76434a64676b70496a3758364e6142396a41512d3646426c384d61506271374e4f5772326254596b6c432d7335493035666a71334a6754755331614a6a396e6f53664a50564b6c4b3174417341596f5f6b345253566739346957514867673d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', 'usd', 'individual', NULL, 'unspecified', 'src_client_secret_0VcL1zI20001KMEXEiwEYdUX', NULL, '{"name": null, "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1zAzEZ3WtSck', false, 'pm_0VcL1zJM0000qv8JZGmHF15h', 'payment_method', 1795931127, 'verified', 3, false, '\x67414141414141414141414146786d66505258444971566a6d6d305f785445302d7169646a3279465f2d5034647a6e4c7547326b514a4b6f743967334f7a36484b5a654170396a6e6657545f717545314a31323941666b7a426673645872343947476348356e4c575a523652494c4b544d47344f6a59526a563939516165494d563374466c56766434766d376c2d565434556a6c6a4137356f5a37416541656458315a453039724f326f4b704e75306c686d516b46366b3d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', NULL, NULL, 'checking', 'unspecified', NULL, NULL, '{"name": "Jenny Rosen", "email": null, "phone": null, "address": null}', NULL, NULL, NULL),
	('acct_0VcL1zAzEZ3WtSck', false, 'src_0VcL1zJm0000NvsrvtOjsjWy', 'source', 1795931127, 'verified', 3, false, '\x6741414141414141414141417a6d6f6f6852374a32396249617839434c515876526d6f516d766a366f376363384d636630637936643630715862787a334665357767365172615f705565615030314d497761424a646b4d5464567954783675777a72745f6f636c43644f6d3744796a595a6f79636c3974715033535178534c3256447a4f655f57455f562d33784e5972536a3169533645364b56654439684f63506d6e58646b772d6b5f796779437a71397049584263493d', '110000000', '6789', '4d30c03fbf6c8471', 'STRIPE TEST BANK', 'US', 'usd', 'individual', NULL, 'unspecified', 'src_client_secret_0VcL1zJm0001DpJ9gHhLsGLE', NULL, '{"name": null, "email": null, "phone": null, "address": null}', NULL, NULL, NULL);
INSERT INTO public.idempotency_keys VALUES
	('acct_0VcL1zAzEZ3WtSck', false, 'key-d9a9a57f4407c46d', '\x67c5cc423d8e31869fa06d379ed2dbcf', 'req_fNmB94um8BKcBj', 'evt_0bV4bB5Q00MdKzzqv6o5DMqn', NULL, NULL, 1795931128615),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-a2c539e8e5a47a41', '\xf1f4f567a3f86081f56220ff8afad59b', 'req_yWGT0EnkFC3Q6n', 'evt_0VcL1zWg0003N73qG7XVFgwp', NULL, NULL, 1795931128618),
	('acct_0VcL1z9hwBctHl7x', false, 'key-f48108af35ea161', '\x6a85544974591b97d21d90feab149ce1', 'req_xnaXHEH80QZNlM', 'evt_0VcL1zWh0005ofXMoZ09IcPe', NULL, NULL, 1795931128626),
	('acct_0VcL1zAzEZ3WtSck', false, 'key-64ecf5051d8d2786', '\x4bd028ce223973de087eef2c548ac6e1', 'req_q4kwhWTz9o8r2W', 'evt_0bV4bB5Q00Mq7lMMhqZMRS3Y', NULL, NULL, 1795931128633),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-d31aa3338ca2a13b', '\xd2a2d252d3ff1a416bc9976981cf30fd', 'req_HmI6GTP2UIV6UT', 'evt_0VcL1zWh0007G6G5GeyLLt0e', NULL, NULL, 1795931128638),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-acc61b550dc81bef', '\xac6e0cd91fa3f6c2d8279b642c0d9249', 'req_TWbfx1Mxo1J9Ma', 'evt_0VcL1zX00001V8fzcOssZCs9', NULL, NULL, 1795931128640),
	('acct_0VcL1zAzEZ3WtSck', false, 'key-9ad8d6dd589967df', '\x62f62324ef14ee0ba66fcbc89af9b1da', 'req_TXPfSG10SwiAXh', 'evt_0bV4bB5Q00N52fCYpjIuiAfp', NULL, NULL, 1795931128642),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-ca196d3ae9dd4625', '\x0afbb34ae5612ba48b1acdef7a3481f0', 'req_J8oIgQObFPUrbm', 'evt_0VcL1zWh0009sIu1yZiduKwQ', NULL, NULL, 1795931128644),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-8d45a1027d56a232', '\xc3b0a8daa177d89f93b9b388c6164902', 'req_6g6s267SifuZQw', 'evt_0VcL1zXM0001mUnAhn2WB3ua', NULL, NULL, 1795931128656),
	('acct_0VcL1z9hwBctHl7x', false, 'key-95e6db9f817c4e7d', '\x56f6920ea8615605f8442c068e72728a', 'req_R66Ld7pjGbeRYe', 'evt_0VcL1zXW0001A5XMOGhEZw0H', NULL, NULL, 1795931128674),
	('acct_0VcL1zADaxQOSLJ7', false, 'cancel-tu_0VcL1zX00000Dz7ZI9VnqDmP', '\x6c944db27e65b4a8a09abf2eac16f4b9', 'req_rkaznof0nrxLKn', NULL, 200, '{"id":"tu_0VcL1zX00000Dz7ZI9VnqDmP","object":"topup","amount":127895,"balance_transaction":null,"created":1795931128,"currency":"jpy","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zX00000Dz7ZI9VnqDmP","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"f81d3ce2bdf2f08e","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_43d48296f760e37bdcca2efe","created":1795931128,"currency":"jpy","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"canceled","transfer_group":null}', 1795931128645),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-14b263e34d4716e4', '\x92068f34de6d47d978896defdc429676', 'req_1arCYQeyONqZZu', 'evt_0VcL1zXf0003QXhV8Bw8cXA7', NULL, NULL, 1795931128683),
	('acct_0VcL1z9hwBctHl7x', false, 'key-62bae788ed5025d0', '\xcf235b6efd6a12a517fc74202ef4dc10', 'req_rcWHkX9jItduH2', 'evt_0VcL1zXv0001BHQ1eF4o4Z4Q', NULL, NULL, 1795931128691),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-6c27d985cca39c3d', '\xc28276c42a745ff3c39338034a6ae55f', 'req_HVYxNi0J236Rz6', 'evt_0VcL1zY50001mLULzzXkZeFk', NULL, NULL, 1795931128701),
	('acct_0VcL1z9hwBctHl7x', false, 'key-6480acc473433856', '\xe4284dca30e33dd36970b3e3cf8315a3', 'req_7pN2EameNnADRd', 'evt_0VcL1zYM0001TjwtYKfTmZS9', NULL, NULL, 1795931128718),
	('acct_0VcL1z1S6r9POL9H', false, 'key-34e2ba69f72f7c06', '\x9a8aababb0c76c3aa9bab8400c4a2ad8', 'req_gkLeg61B03nkVW', 'evt_0VcL1zYM0003F14mGnd4g6lZ', NULL, NULL, 1795931128739),
	('acct_0VcL1z9hwBctHl7x', false, 'key-5da269e398b31245', '\x65456cf5579e6a19021f4c9d2c11655d', 'req_Y2iDMWsi7UtGQS', 'evt_0VcL1zYo0001vLhpEyyBBol9', NULL, NULL, 1795931128753),
	('acct_0VcL1z9hwBctHl7x', false, 'key-e968bfe7dc756f7', '\xda0344c3a28f9f7bf8dd04fdb5ac993b', 'req_u3QPkBC3GCVQjO', 'evt_0VcL1zZ60001X365ihmr86Wz', NULL, NULL, 1795931128764),
	('acct_0VcL1z9hwBctHl7x', false, 'key-cd082da9a4e48c2e', '\xdb505c3abf71eb1e32ead471edbf8602', 'req_ChDZejMUor8S2I', 'evt_0VcL1zZ00001G0KOHH58GoBB', NULL, NULL, 1795931128763),
	('acct_0VcL1z9hwBctHl7x', false, 'key-cae51813983136a2', '\xc94c2a1d1f565cf5d4bf5ed4aae9e46a', 'req_hlZ0UfGNRXfb3R', 'evt_0VcL1zZD00014brQTd5QUiTb', NULL, NULL, 1795931128771),
	('acct_0VcL1z1S6r9POL9H', false, 'cancel-tu_0VcL1zYM0002lYjOS8LFuu7K', '\xc01ffbab10f7809a6302a939fd190941', 'req_QMwPESrig8rnAo', NULL, 200, '{"id":"tu_0VcL1zYM0002lYjOS8LFuu7K","object":"topup","amount":537960,"balance_transaction":null,"created":1795931128,"currency":"usd","description":null,"expected_availability_date":1795931128,"failure_code":null,"failure_message":null,"initiated_by":"user","livemode":false,"metadata":{},"payment_method":null,"payment_method_options":null,"source":{"id":"src_0VcL1zYM0002lYjOS8LFuu7K","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"c687489294eea1ba","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_21e448355aab88151896da16","created":1795931128,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"},"statement_descriptor":null,"status":"canceled","transfer_group":null}', 1795931128759),
	('acct_0VcL1z1S6r9POL9H', false, 'key-c89b73cb40e8da92', '\xc65b05511b2cf71ae65186f797b0e799', 'req_Z0ETIVmA5U9iHy', 'evt_0VcL1zZU0001Ofz7Ou81CkI8', NULL, NULL, 1795931128788),
	('acct_0VcL1z9hwBctHl7x', false, 'key-cfe8e15453185d11', '\x9498ba239327af8f670e177d1ab5291b', 'req_0GQp1TLfLRgH6M', 'evt_0VcL1zZQ0001nlbRk4MPFfNI', NULL, NULL, 1795931128788),
	('acct_0VcL1z1S6r9POL9H', false, 'key-b2177d6aeb05d4b3', '\x7ec388316996c84910c741a1fab49d96', 'req_EWEL3HHbK5i1wT', 'evt_0VcL1zZm0003bONRQHYz6RhH', NULL, NULL, 1795931128807),
	('acct_0VcL1z9hwBctHl7x', false, 'key-19067805c23fd300', '\x3ec21637ead734120db4faac10b4e344', 'req_VCjmoQLcjACLub', 'evt_0VcL1zZm0001fV97ycpNel23', NULL, NULL, 1795931128807),
	('acct_0VcL1z9hwBctHl7x', false, 'key-1882cd69c5dda742', '\x4530e20b1f0fff7b5ac369ef28cfff00', 'req_36iETmd1Aop2EU', 'evt_0VcL1zZv0001HYzIB8oFLyNv', NULL, NULL, 1795931128816),
	('acct_0VcL1z1S6r9POL9H', false, 'key-a734843f63494c45', '\xba7f4ca999306c69c70b007b5fd1419a', 'req_eR4EXO8la1ZOIG', 'evt_0VcL1zaD00010XUehOZ84mEW', NULL, NULL, 1795931128833),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-9f1fc7a5d8e1950b', '\xea90d40099932cd09b34c9d4035ce309', 'req_aQDMHZkdEFz3Ry', 'evt_0VcL1zaD00037ETbgEiYUaVQ', NULL, NULL, 1795931128833),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-d650ebe6812346dd', '\x2bdf0f72dd93c878977b94eccd99e85a', 'req_dYix8IUOsnN6TN', 'evt_0VcL1zaH0001DtncpofNLVgU', NULL, NULL, 1795931128842),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-d09747c30e7ec459', '\x7b33256f04e5e0825c3745459df6565e', 'req_j6hiklI8jLUWKI', 'evt_0VcL1zab0001cDLC7Qj1PYRw', NULL, NULL, 1795931128857),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-b396430c558f34cf', '\x195c0bdc829a1d1dcacf299ddd5788cc', 'req_YuaXdwkktSoRV6', 'evt_0VcL1zam0001OMacrSHMB36b', NULL, NULL, 1795931128868),
	('acct_0VcL1z9hwBctHl7x', false, 'key-1798ecd7972521d4', '\xf3834b0815b70e72a74b4c8d166f0b5f', 'req_2CumXxivnkrjoc', 'evt_0VcL1zat00013z3jwLAzTGBg', NULL, NULL, 1795931128884),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-ed7dbf959e810fc3', '\x0f909bda8936ada782ee48327851154e', 'req_YbXvRyqlIwi7Rp', 'evt_0VcL1zb70001DV4i1SLPuixc', NULL, NULL, 1795931128890),
	('acct_0VcL1z9hwBctHl7x', false, 'key-c8774befa08d7f71', '\x2c83919aa9bf39d55e54d469e9c031d1', 'req_VrdX9vptcnZ0Nm', 'evt_0VcL1zb80001lfhRzD1Z0cUG', NULL, NULL, 1795931128898),
	('acct_0VcL1zADaxQOSLJ7', false, 'key-b850e7a31d1d4417', '\x5f0b791f31a99bd766309374eddf3e85', 'req_R1vJWXRcxxfiF0', 'evt_0VcL1zbI0001PFNpps4ipR03', NULL, NULL, 1795931128900),
	('acct_0VcL1z9hwBctHl7x', false, 'key-a6f177bc36fc7080', '\x8cb394c132a06975d951f4a148bbc196', 'req_HMyGSziZLa80Et', 'evt_0VcL1zbH0001Lgk1fnA2ZFQr', NULL, NULL, 1795931128902),
	('acct_0VcL1z1S6r9POL9H', false, 'key-5fd557fc36338316', '\x84ee0d17968e029258b1db79c2482697', 'req_8hxnY0jQBngNfS', 'evt_0VcL1zbL0003WW350IWRDNL0', NULL, NULL, 1795931128909),
	('acct_0VcL1z9hwBctHl7x', false, 'key-3067480d7cd29e3c', '\xcd73b700622444da7e433d4784735871', 'req_nA7zWqVPvVRWVn', 'evt_0VcL1zbL0001TeINY7U9MEj2', NULL, NULL, 1795931128909),
	('acct_0VcL1z1S6r9POL9H', false, 'key-c13429e0903bea25', '\xba49f829e9bef86ed795c6900ae3271d', 'req_rTKZtZmSaOQLPK', 'evt_0VcL1zbb00013Q8khy2drQ0V', NULL, NULL, 1795931128920);
INSERT INTO public.owner_terms VALUES
	('acct_0VcL1z1S6r9POL9H', true, 0, NULL, false),
	('acct_0VcL1z9hwBctHl7x', true, 0, NULL, false),
	('acct_0VcL1zADaxQOSLJ7', true, 0, NULL, false),
	('acct_0VcL1zAzEZ3WtSck', true, 0, NULL, false),
	('acct_0VcL1z1S6r9POL9H', false, 1, NULL, false),
	('acct_0VcL1z9hwBctHl7x', false, 1, NULL, false),
	('acct_0VcL1zADaxQOSLJ7', false, 2, 2, false),
	('acct_0VcL1zAzEZ3WtSck', false, 7, NULL, false);
INSERT INTO public.schema_migrations VALUES
	(1, '0001_pre_foundation', 'c57a3aaebe023e2e881a36d52df023572c3c5657f299dc88ddc32a8dfa30618a', 1795931125918),
	(2, '0002_post_bank_time', 'a095d6ab297773d2a15d199d8927b5ebb8c447c40480ec578673ab742170b197', 1795931125918),
	(3, '0003_pre_seals', '7d8b1edd42058730e5b395734f819f1010952027037cb22a253646f375dfa2a2', 1795931125918),
	(4, '0004_pre_funding_sources', '203a9fbfd0659057c3f83bb1c79fc4a907a0f2cd34d378c96695c3aefe0eaccc', 1795931125918),
	(5, '0005_pre_accounts', 'caeac426eba2d4af40bef1933fc7aea3b468271b0da4c3b32d34b64bc7e77794', 1795931125918),
	(6, '0006_pre_webhooks', '30a6c85dc16de48eb4b9b8a92192d7b8abe9b250885ac6c48352f3c3f34c9f40', 1795931125918),
	(7, '0007_pre_request_logs', 'd784ec83cc2ed58b95dfe242d941e41faff15ae801c77fe69c4c04d07217149f', 1795931125918),
	(8, '0008_pre_pairings', '183a2aa2887d67f4da55521a9477daa46fc6b86912290efeb34029ef43c73969', 1795931125918),
	(9, '0009_pre_event_destinations', 'b306a73d4e8d56f05388137ee1fb4f021018d41c546166a1af3caa043b4757d9', 1795931125918),
	(10, '0010_pre_operators', 'c1670b9db8e2216e70504bb97ee9e79de10f083347f076b888b4cdc34300344b', 1795931125918),
	(11, '0011_pre_password_links', 'd9c93e9976190525cf52bde51c27140d857ac9a7a8b32b04b395bd18b6fa3ee7', 1795931125918),
	(12, '0012_pre_delivery_keys', '077a4b09deefd4e970b6ab7f1827579d6b535174a428ef81cea96f19abdb0414', 1795931125918),
	(13, '0013_post_owed_deliveries', 'ee258b88ebb52ebda815a0526678e6b0ec1258defe76fc992df0dd3a1c8bab95', 1795931125918),
	(14, '0014_pre_operator_identities', '1f0bc96f50a241d73b27962d742bc422dd2b1fdd72dde6e65b99410081234100', 1795931125918),
	(15, '0015_pre_customers', '3dcf83c99837a1db610adf6bf863d2537ff48ad0e65e87663870f73d87ba9e4f', 1795931125918),
	(16, '0016_pre_account_details', '1672fd608a20b2f6958e335bcd4014191513aa4bf2743fa8de45ce60455a4780', 1795931125918),
	(17, '0017_pre_accounts_begin_with_terms', 'ec71338d2c12aabc77e6186e0006df7e97ac3cd662dc937c178f8d3eb6833c46', 1795931125918),
	(18, '0018_pre_jobs', '8ea334772025fb82c80b48e8396d58361ed191cf242c2aff3c73da32c930cb6c', 1795931125918);
INSERT INTO public.service_secrets VALUES
	('request_key', '\x674141414141414141414141395f5a414f6b326b47735443715748764c49576a54393659735a4b526a327635362d75765a6c65503867487a422d44614d77374a43634d735f6556537266664f4841306d572d47473978453964414d45474f7861376b3473475a554f76505a67714d475251683379446454425079446e6a4765754f4e6d77686271427435354a5f4e35504d4763747975326e4e6d4d4279524f5751673d3d'),
	('fingerprint_key', '\x67414141414141414141414174426142653655306a4a746362665131626f5136576e4d44352d62377341544a7463486533676e6574736767526745693050324171575a70586878365073797335583656557178775a4b75455a37372d674d646e395f31633464506f56536971756b45356e68546d4c6270594b575657664d635f3452494e355a423064795a313830367363423643794d64484e636733724b726a70614766706f345f35374c477a4954572d6c38484769303d');
INSERT INTO public.test_clocks VALUES
	('acct_0VcL1zAzEZ3WtSck', false, 'clock_0VcL1zBS00005IBIvXEMarF8', NULL, 1795931127, 1798523127, 2130249600, 2132841600, 1795931135078, 'advancing');
INSERT INTO public.topups VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zDF00020heoUYk1pn5c', 1200, 1795931127, 1795931127, NULL, 'usd', 'succeeded', 'txn_0VcL1zEo0000I2nEZqSsdYiS', NULL, NULL, NULL, NULL, 'pm_0VcL1zCc0000dWq2ImdPCABb', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zE300004kMW7v3vcJ4G', 1200, 1795931127, 1795931127, NULL, 'usd', 'succeeded', 'txn_0VcL1zEo00031lhrO9ZZB0gy', NULL, NULL, NULL, NULL, NULL, NULL, 'src_0VcL1zD30000vMW5fVasrGgO', NULL, NULL, NULL, NULL, '{"id":"src_0VcL1zD30000vMW5fVasrGgO","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zD30001jgaGdsM47mCy","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"}', NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zFg0002CMrPlsy6yvJH', 1200, 1795931127, 1795931127, NULL, 'usd', 'succeeded', 'txn_0VcL1zGv0000FO49vGmb2Eg2', NULL, NULL, NULL, NULL, 'pm_0VcL1zEo0000dV9K7Dx8PXXj', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zGV0002OHj5TcRlEqJi', 1200, 1795931127, 1795931127, NULL, 'usd', 'succeeded', 'txn_0VcL1zIB00004lGiVlhpvddT', NULL, NULL, NULL, NULL, NULL, NULL, 'src_0VcL1zFQ0000sHx1nFiOnuUy', NULL, NULL, NULL, NULL, '{"id":"src_0VcL1zFQ0000sHx1nFiOnuUy","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zFQ0001xoRa1fai6H6L","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"}', NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zIG0002UO5c6qJqrE9H', 1200, 1795931127, 1795931127, NULL, 'usd', 'succeeded', 'txn_0VcL1zJb00005JIScClijE00', NULL, NULL, NULL, NULL, 'pm_0VcL1zHK0000nDU2XFxO1DxI', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zId0002BSX1ecPTsUk3', 1200, 1795931127, 1795931127, NULL, 'usd', 'succeeded', 'txn_0VcL1zJb00036F6giL0W6GNy', NULL, NULL, NULL, NULL, NULL, NULL, 'src_0VcL1zI20000zjnM1IRkHEgO', NULL, NULL, NULL, NULL, '{"id":"src_0VcL1zI20000zjnM1IRkHEgO","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zI20001KMEXEiwEYdUX","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"}', NULL),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bV4bB5Q0091PuoaBNf0B211', 1200, 2130076800, 2130670800, 2130670800000, 'usd', 'pending', NULL, NULL, NULL, NULL, NULL, 'pm_0VcL1zJM0000qv8JZGmHF15h', NULL, NULL, NULL, NULL, NULL, 5, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bV4bB5Q00G8YcPCIpJqlESw', 1200, 2130076800, 2130670800, 2130670800000, 'usd', 'pending', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'src_0VcL1zJm0000NvsrvtOjsjWy', NULL, NULL, NULL, 5, '{"id":"src_0VcL1zJm0000NvsrvtOjsjWy","object":"source","ach_debit":{"bank_name":"STRIPE TEST BANK","country":"US","fingerprint":"4d30c03fbf6c8471","last4":"6789","routing_number":"110000000","type":"individual"},"allow_redisplay":"unspecified","amount":null,"client_secret":"src_client_secret_0VcL1zJm0001DpJ9gHhLsGLE","created":1795931127,"currency":"usd","flow":"code_verification","livemode":false,"metadata":{},"owner":{"address":null,"email":null,"name":null,"phone":null,"verified_address":null,"verified_email":null,"verified_name":null,"verified_phone":null},"statement_descriptor":null,"status":"chargeable","type":"ach_debit","usage":"reusable"}', 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bV4bB5Q00MdKy6q6ltnO6CE', 44974, 2130076800, 2130670800, 2130670800000, 'usd', 'pending', NULL, 'Über-Top-up €', NULL, NULL, '{"order": "300"}', NULL, NULL, NULL, NULL, NULL, NULL, 5, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bV4bB5Q00Mq7kTuRMP8Ru1h', 694015, 2130076800, 2130670800, 2130670800000, 'usd', 'pending', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified', NULL, NULL, NULL, 5, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bV4bB5Q00N52eY17fDlUH5d', 802657, 2130076800, 2130652800, 2130652800000, 'gbp', 'pending', NULL, NULL, NULL, NULL, NULL, 'pm_usBankAccount_accountClosed', NULL, NULL, NULL, NULL, 'account_closed', 4, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zWh0004jLeEZ4VpHPqq', 283068, 1795931128, 1795931128, NULL, 'jpy', 'pending', NULL, 'Changed', NULL, NULL, '{"a": "b"}', NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zX00000Dz7ZI9VnqDmP', 127895, 1795931128, 1795931128, NULL, 'jpy', 'canceled', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zWg00028bq7TMeOArBX', 694204, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1zXj0000s2OWawSccy6U', NULL, NULL, NULL, NULL, 'pm_usBankAccount_success', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zWh0006wNQ2XJl0KzX6', 201030, 1795931128, 1795931128, NULL, 'gbp', 'failed', NULL, NULL, 'no_account', 'The bank could not find an account with the details on file.', NULL, NULL, NULL, 'btok_us_verified_noAccount', NULL, NULL, 'no_account', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zWh0008cgF7M83IowGu', 811704, 1795931128, 1795931128, NULL, 'jpy', 'succeeded', 'txn_0VcL1zXj0004k8KBEYi4NjQG', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zXM0000thpkkrbn1XZp', 414627, 1795931128, 1795931128, NULL, 'jpy', 'succeeded', 'txn_0VcL1zXj0008NZD5H1FWo9t6', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zXW0000xNF9JtCqAIH8', 200598, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1zY50002B2JB3sdYlOIp', 'Über-Top-up €', NULL, NULL, '{"order": "371"}', NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zXf0000iTAH2tEnc5Ss', 300713, 1795931128, 1795931128, NULL, 'jpy', 'succeeded', 'txn_0VcL1zZe0000Sip3zE3z5Mjt', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zXf0002PVKZN7lKnYxU', 542721, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1zZe0003R4bFOPdf5u3R', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zXv0000bVbE34V3Dx9o', 363515, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1zZe0006PcQ1wURA8iA9', 'Über-Top-up €', NULL, NULL, '{"order": "366"}', NULL, NULL, 'btok_us_verified', NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zY5000039szSFGdoZ09', 387584, 1795931128, 1795931128, NULL, 'jpy', 'succeeded', 'txn_0VcL1zZe0009fMzuNs7eP7HF', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zYo0000PjsYs7Rq8d2T', 966859, 1795931128, 1795931128, NULL, 'gbp', 'reversed', 'txn_0VcL1zZe000Co5jwsopo9FU2', NULL, 'debit_not_authorized', 'The owner of the bank account has not authorized this debit.', NULL, NULL, NULL, 'btok_us_verified_reversedLate', NULL, NULL, 'returned_late', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zXB0000SaWpDesJ5IHB', 570170, 1795931128, 1795931128, NULL, 'usd', 'failed', NULL, NULL, 'insufficient_funds', 'The bank account holds too little to cover this top-up.', NULL, NULL, NULL, 'btok_us_verified_insufficientFunds', NULL, NULL, 'insufficient_funds', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zXU00003HvlRgNierC9', 479594, 1795931128, 1795931128, NULL, 'usd', 'failed', NULL, NULL, 'account_closed', 'The bank account has been closed, so it cannot be debited.', NULL, 'pm_usBankAccount_accountClosed', NULL, NULL, NULL, NULL, 'account_closed', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zYC0002RJv4PI0x6H3w', 314749, 1795931128, 1795931128, NULL, 'gbp', 'pending', NULL, 'Über-Top-up €', NULL, NULL, '{"order": "750"}', NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zYM0000B7OdtV75isak', 564920, 1795931128, 1795931128, NULL, 'gbp', 'pending', NULL, 'Changed', NULL, NULL, '{"a": "b"}', NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zYM0002lYjOS8LFuu7K', 537960, 1795931128, 1795931128, NULL, 'usd', 'canceled', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zbI00005Va6t6oKtSQa', 212677, 1795931128, 1795931128, NULL, 'gbp', 'pending', NULL, 'Changed', NULL, NULL, '{"a": "b"}', NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZ60000ltBf2wHH8AQ9', 575783, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1zZe000IceZ1BnS1qbo8', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZD0000oyPd0GFWow5q', 29089, 1795931128, 1795931128, NULL, 'eur', 'succeeded', 'txn_0VcL1zZe000LbCKSkVYPaaH7', NULL, NULL, NULL, NULL, 'pm_0VcL1zEo0000dV9K7Dx8PXXj', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZL0000Zcld7kjZku3D', 115492, 1795931128, 1795931128, NULL, 'jpy', 'succeeded', 'txn_0VcL1zZe000OZwNS6tc9b112', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZQ0000VM4ZzRmN2jWr', 826700, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1zZe000Ro3oJT9kg4RCa', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zZU0000vC2EWYhwhC83', 242702, 1795931128, 1795931128, NULL, 'gbp', 'succeeded', 'txn_0VcL1zZe000UhzqTpmaNRkao', 'Über-Top-up €', NULL, NULL, '{"order": "969"}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZv0000KhfW4tVbxkRP', 893755, 1795931128, 1795931128, NULL, 'jpy', 'succeeded', 'txn_0VcL1ze40006k0XOTV5os6XJ', NULL, NULL, NULL, NULL, 'pm_usBankAccount_success', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zam0000qGNBbA9iFdCU', 651845, 1795931128, 1795931128, NULL, 'gbp', 'failed', NULL, 'Über-Top-up €', 'account_closed', 'The bank account has been closed, so it cannot be debited.', '{"order": "388"}', 'pm_usBankAccount_accountClosed', NULL, NULL, NULL, NULL, 'account_closed', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zat0000e0i9HyCq84MM', 138118, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1ze4000OnOtQbm8CSOtY', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zbb0000PcjqEMMsYrqH', 634190, 1795931128, 1795931128, NULL, 'eur', 'succeeded', 'txn_0VcL1ze4000hQGtbMuhMZ5Vl', 'Über-Top-up €', NULL, NULL, '{"order": "617"}', NULL, NULL, 'btok_us_verified', NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bVGIEGC001kgazHOGVeKlgj', 1001, 2130249600, 2130843600, 2130843600000, 'usd', 'pending', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 5, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zaQ0000y4VV8VmLlLk0', 165653, 1795931128, 1795931128, NULL, 'eur', 'reversed', 'txn_0VcL1ze4000Je8rAOb0xVtyl', NULL, 'insufficient_funds', 'The bank account holds too little to cover this top-up.', NULL, NULL, NULL, 'btok_us_verified_reversed', NULL, NULL, 'returned', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zaH0000casontHP3wUG', 266094, 1795931128, 1795931128, NULL, 'usd', 'reversed', 'txn_0VcL1ze4000GraMUfgYONOQU', NULL, 'debit_not_authorized', 'The owner of the bank account has not authorized this debit.', NULL, NULL, NULL, 'btok_us_verified_reversedLate', NULL, NULL, 'returned_late', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zfP0000jBxfEa4pCP72', 701, 1795931129, 1795931129, NULL, 'usd', 'succeeded', 'txn_0VcL21CH0000zSUBMn7Fd2RC', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zfs00002KLaTlVgwXnR', 703, 1795931129, 1795931129, NULL, 'usd', 'succeeded', 'txn_0VcL21Cc0000MrsM3GA7rCtO', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zfz0000OkHnhfCjt1fs', 704, 1795931129, 1795931129, NULL, 'usd', 'succeeded', 'txn_0VcL21Cf00009Jl6LxZyEgiC', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zg50000RBWrrY82wOFM', 705, 1795931129, 1795931129, NULL, 'usd', 'succeeded', 'txn_0VcL21Cj0000o7HUmbC9cGcM', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zaD00026K19AMnbxDeL', 314505, 1795931128, 1795931128, NULL, 'gbp', 'failed', NULL, NULL, 'insufficient_funds', 'The bank account holds too little to cover this top-up.', NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZ00000wviFTsRLQo4R', 72935, 1795931128, 1795931128, NULL, 'gbp', 'succeeded', 'txn_0VcL1zZe000FDNZIzfoG32vN', 'Über-Top-up €', NULL, NULL, '{"order": "206"}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zbL00026wgrfBqTw82s', 879310, 1795931128, 1795931128, NULL, 'gbp', 'reversed', 'txn_0VcL1zbd0000DDed52G01V9C', NULL, 'insufficient_funds', 'The bank account holds too little to cover this top-up.', NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zZm0002SG7nMHnJiAwq', 140974, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1ze40000nxpCPYkdXTnX', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zZz0000UeogCyGPANDK', 275585, 1795931128, 1795931128, NULL, 'eur', 'succeeded', 'txn_0VcL1ze40009qgZV59oo75LL', NULL, NULL, NULL, NULL, 'pm_0VcL1zCc0000dWq2ImdPCABb', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZz0002ntn7uECp8evE', 460418, 1795931128, 1795931128, NULL, 'jpy', 'failed', NULL, 'Über-Top-up €', 'no_account', 'The bank could not find an account with the details on file.', '{"order": "7"}', NULL, NULL, 'btok_us_verified_noAccount', NULL, NULL, 'no_account', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zaD0000Vt1FKQwVUJEj', 879360, 1795931128, 1795931128, NULL, 'eur', 'succeeded', 'txn_0VcL1ze4000DTYr2rKKyuvcL', 'Über-Top-up €', NULL, NULL, '{"order": "60"}', 'pm_usBankAccount_success', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zab0000nQ8mn1ZO79F3', 475844, 1795931128, 1795931128, NULL, 'gbp', 'failed', NULL, NULL, 'insufficient_funds', 'The bank account holds too little to cover this top-up.', NULL, NULL, NULL, 'btok_us_verified_insufficientFunds', NULL, NULL, 'insufficient_funds', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zb70000Y5EXcjAduqqW', 411202, 1795931128, 1795931128, NULL, 'usd', 'failed', NULL, NULL, 'insufficient_funds', 'The bank account holds too little to cover this top-up.', NULL, NULL, NULL, 'btok_us_verified_insufficientFunds', NULL, NULL, 'insufficient_funds', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zb800029Tii0PLiuGaH', 547538, 1795931128, 1795931128, NULL, 'usd', 'succeeded', 'txn_0VcL1ze4000SpqmcQ7vg2GD0', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified', NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'tu_0VcL1zbS0000ptOH5WCFr27Y', 945877, 1795931128, 1795931128, NULL, 'eur', 'succeeded', 'txn_0VcL1ze4000ebVqGvWUaflLr', NULL, NULL, NULL, NULL, 'pm_0VcL1zHK0000nDU2XFxO1DxI', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bVGIEGC001gQKsm1puQBxVI', 1000, 2130249600, 2130843600, 2130843600000, 'usd', 'pending', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 5, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1zAzEZ3WtSck', false, 'tu_0bVGIEGC0020fYJUQeHbLaMc', 1002, 2130249600, 2130843600, 2130843600000, 'usd', 'pending', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 5, NULL, 'clock_0VcL1zBS00005IBIvXEMarF8'),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zZm000005sMIixz29DX', 982353, 1795931128, 1795931128, NULL, 'gbp', 'reversed', 'txn_0VcL1ze40003In4Sq72iVZAa', 'Über-Top-up €', 'insufficient_funds', 'The bank account holds too little to cover this top-up.', '{"order": "48"}', NULL, NULL, 'btok_us_verified_reversed', NULL, NULL, 'returned', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zb80000cKwzt1W6GrB4', 553364, 1795931128, 1795931128, NULL, 'usd', 'reversed', 'txn_0VcL1ze4000VKuJ42WCOpVgh', NULL, 'debit_not_authorized', 'The owner of the bank account has not authorized this debit.', NULL, 'pm_usBankAccount_dispute', NULL, NULL, NULL, NULL, 'disputed', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zbH000066zF9PSpITZJ', 964148, 1795931128, 1795931128, NULL, 'eur', 'reversed', 'txn_0VcL1ze4000YWlQ0vOFLWx0r', NULL, 'debit_not_authorized', 'The owner of the bank account has not authorized this debit.', NULL, 'pm_usBankAccount_dispute', NULL, NULL, NULL, NULL, 'disputed', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'tu_0VcL1zbL0000d7xD5c7bkHZh', 837468, 1795931128, 1795931128, NULL, 'gbp', 'reversed', 'txn_0VcL1ze4000bd1evIofuqnMx', NULL, 'debit_not_authorized', 'The owner of the bank account has not authorized this debit.', NULL, 'pm_usBankAccount_dispute', NULL, NULL, NULL, NULL, 'disputed', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zf40000pDlgNQLUdeMw', 700, 1795931129, 1795931129, NULL, 'usd', 'succeeded', 'txn_0VcL21Bx0000AG30RCGgJlrs', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL),
	('acct_0VcL1z1S6r9POL9H', false, 'tu_0VcL1zfa0000n8XKk0m3PIwx', 702, 1795931129, 1795931129, NULL, 'usd', 'succeeded', 'txn_0VcL21CW0000cREHhVt01n4Y', NULL, NULL, NULL, NULL, NULL, NULL, 'btok_us_verified_pending', NULL, NULL, 'pending', NULL, NULL, NULL);
INSERT INTO public.transfer_seals VALUES
	('acct_0VcL1z1S6r9POL9H', false, 1, 'tr_0VcL1zEo0001gWfplayPNwuV', '\xb97a6478cb1d826e95905cd3964e78f4835687247fb9391440ebddd1c587aa13'),
	('acct_0VcL1z1S6r9POL9H', false, 2, 'tr_0VcL1zEo0004ZdV4QsAZi6Dh', '\xb0bf3d11097a351f398bb249ec08a82cacb179ca26f8f1be138d2122924e0110'),
	('acct_0VcL1z9hwBctHl7x', false, 1, 'tr_0VcL1zGv0001lAfqHUGyi5e6', '\xf3e067b373a8fa4b28d3b664cdcbe10a04ddeac58dcf7c76d839bd2a2dfc2035'),
	('acct_0VcL1z9hwBctHl7x', false, 2, 'tr_0VcL1zIB0001N2igWgoe6fyg', '\x9f3c6caef62fe3f90d43e4487f2ba7e94b5f8e541fe86a556025f8e296eb73ac'),
	('acct_0VcL1zADaxQOSLJ7', false, 1, 'tr_0VcL1zJb0001zN19vw3icaph', '\xc91a6e38bb24587909db7bf7fa0f71f7fa63898026a2b9f7e64e7c341f5fa62e'),
	('acct_0VcL1zADaxQOSLJ7', false, 2, 'tr_0VcL1zJb0004TjRa2mWPyEOV', '\x35890bfacca3dea5bf63788fbdc1ac5a3e76427dcbd3388a3d6e74763886898e'),
	('acct_0VcL1z9hwBctHl7x', false, 3, 'tr_0VcL1zY50003Yz7SXO0jmKI4', '\x81c8b71830a0f81385ffe3c6a55b87a6b88620ca75cccdf67e3102275b913572'),
	('acct_0VcL1zADaxQOSLJ7', false, 3, 'tr_0VcL1zXj00018dkSi1vO45cU', '\x0fbf5553f856af143b429e680c3f96c827aa128402394e8f07e188a1c5f70972'),
	('acct_0VcL1zADaxQOSLJ7', false, 4, 'tr_0VcL1zXj0005qhVlzm8VFfzf', '\x94af509945244ce913a7e798fc8ee5a84f4c01c2102091ad012c363de0cf4edd'),
	('acct_0VcL1zADaxQOSLJ7', false, 5, 'tr_0VcL1zXj00091L0XnaIMuuym', '\x622647e26766af864fc6ca97ecf8b21081751fc076435511d2d7155904dacd83'),
	('acct_0VcL1z1S6r9POL9H', false, 3, 'tr_0VcL1zZe000VyBWbkgF4RbVI', '\x7ef9dc07b2dca835a0c4c295a2f2d3a7c6066c690e53ea3081a457db38592171'),
	('acct_0VcL1z1S6r9POL9H', false, 4, 'tr_0VcL1zbd0001MOGZiiJtniRg', '\xd251996503caf88cfcd0d0007510d0c94d5138e787428bf1617bb570980e620b'),
	('acct_0VcL1z1S6r9POL9H', false, 5, 'tr_0VcL1zdQ0001hEx0xlHLSjWt', '\xb51c1b244c6d5c0c0a42b929e2eb2b8de21f73f08c4ec7e5d323ae4ef47d33ea'),
	('acct_0VcL1z1S6r9POL9H', false, 6, 'tr_0VcL1ze40001RJNXjh3svBx1', '\x78ccaace4c87fb5c19b1bbe0ae8ec7f39bb3f0987f906bef86af89b41f9a85e6'),
	('acct_0VcL1z1S6r9POL9H', false, 7, 'tr_0VcL1ze4000AcQ5Yq8893FXd', '\xfe3c7532563a8fc7c52327ed2a70ecd96950d9ba5f4d93f2e2ca2573d79ff6fe'),
	('acct_0VcL1z1S6r9POL9H', false, 8, 'tr_0VcL1ze4000EwLVZksFyyVaF', '\xd42e9b106ec2ca7be389d41e92b13c2506e21996f3809e5f84d34c9449116c99'),
	('acct_0VcL1z1S6r9POL9H', false, 9, 'tr_0VcL1ze4000KqxCUdbWDVmEG', '\x45c6443ae456d7ab678690f335de65ea32f457e298694ed06c8a398ebbaeca4e'),
	('acct_0VcL1z1S6r9POL9H', false, 10, 'tr_0VcL1ze4000iEVilEYr1mfn1', '\xde499e5675ccaa488a9e3e62623601463cb2bf0f36cde4eec4c4d336b5e6a726'),
	('acct_0VcL1z1S6r9POL9H', false, 11, 'tr_0VcL1zfR0001FfpAvqroDjyD', '\x17a3d395d347201d3b086a5c2194c28fe123278dc89e131dcd1480cc18616e09'),
	('acct_0VcL1z9hwBctHl7x', false, 4, 'tr_0VcL1zZe00079Q1MhBr1HKwc', '\x16064bacd218846742593f7d3ff4fd3efe9987b5b2276151549cff0fe2ccdf11'),
	('acct_0VcL1z9hwBctHl7x', false, 5, 'tr_0VcL1zZe000DhuYr2Wv98rWT', '\x044733b07a23f3fde17edf757bbc54ad5af2db690785c1952199a9be073badf1'),
	('acct_0VcL1z9hwBctHl7x', false, 6, 'tr_0VcL1zZe000G8DqwcurRU5ua', '\x4bbe8916bcd6b02a62e6559dd2211fe7814406e46ee1f3499ef7d5d1e30e1ed9'),
	('acct_0VcL1z9hwBctHl7x', false, 7, 'tr_0VcL1zZe000J0YGVTx0rUOXw', '\xa83113161e4a32775a971d3a5e5e19a0d8c2a6ac74ec78d32c21825e8b047928'),
	('acct_0VcL1z9hwBctHl7x', false, 8, 'tr_0VcL1zZe000MhXty4j0uoJZV', '\xd4931e8f8113f7494c1e2920a9635d7ac9fa5ad189d5c1f1eada5cf2afa0db04'),
	('acct_0VcL1z9hwBctHl7x', false, 9, 'tr_0VcL1zZe000Pf7JVLAbqPV5B', '\x96cb14c448af5c813a80a238ddd3de0d489402b7fc189dfce01730f0395145c1'),
	('acct_0VcL1z9hwBctHl7x', false, 10, 'tr_0VcL1zZe000SCZAlxTXVTcW7', '\xe747c7305d1d2ab96ea61a93f3a9d9976b2e40689a81fe6d4997dcc0afcd77b9'),
	('acct_0VcL1z9hwBctHl7x', false, 11, 'tr_0VcL1ze40004mJvB2D9PyDA7', '\x5a73cd394f597139d3dc34a2f47667712ac02c90166d6db71930a8871154eae5'),
	('acct_0VcL1z9hwBctHl7x', false, 12, 'tr_0VcL1ze400073sN7h5wOhQxI', '\x8076ea98513206b8a6dc852aae78ac51d6ef799b12491314aad49eac3bc1229f'),
	('acct_0VcL1z9hwBctHl7x', false, 13, 'tr_0VcL1ze4000Pb3yPB2bOsKzl', '\x83fab25d3c0b2e820653fd7dbe1a4ae526c7a569b47595836b5af8724ca561a0'),
	('acct_0VcL1z9hwBctHl7x', false, 14, 'tr_0VcL1ze4000TtrZ8yhSLVRQH', '\x794337caa488f37c0bab358ca8bbf178a0357a77c493928a9ddfa46ba69cb4e8'),
	('acct_0VcL1z9hwBctHl7x', false, 15, 'tr_0VcL1ze4000WGlysU9jjl0hu', '\x24260a9eb92534cfb68bcdc244169807a289f9dcf7580aead31e3aa65faa70f9'),
	('acct_0VcL1z9hwBctHl7x', false, 16, 'tr_0VcL1ze4000ZBGBN5N78vlau', '\x1daee8cc765c03d63102d2733539dbbc155bf2e1a99ae756c717340980fd28d1'),
	('acct_0VcL1z9hwBctHl7x', false, 17, 'tr_0VcL1ze4000cmIscck6xkQ29', '\x3184450862e96564ffe50c0e4e93f8356a74efb9bcf44539e66aef1d03194ebf'),
	('acct_0VcL1z9hwBctHl7x', false, 18, 'tr_0VcL1zfR0004xxdZ1I1noCCT', '\xff020ebc6790120875548cb46daf03f292d655e39de215f1625202dd3ce5cc6c'),
	('acct_0VcL1z9hwBctHl7x', false, 19, 'tr_0VcL1zfR0007nRSMjvJX8dSF', '\xa820ee30dc46bbbbf1faa180fdbfec535dc5d350086a3a65eac2b752ed311bd0'),
	('acct_0VcL1z9hwBctHl7x', false, 20, 'tr_0VcL1zfR000A3jyEAc1pHyil', '\x2266f7f626427375fedc98e0190ca377a95d081061990c8db4a657475acfd0c9'),
	('acct_0VcL1z9hwBctHl7x', false, 21, 'tr_0VcL1zfR000DnYdqSXspkDZG', '\xf6531395c79c98d2567569885e2ac5251d6a28f1390edb059814997f941704a9'),
	('acct_0VcL1z9hwBctHl7x', false, 22, 'tr_0VcL1zfR000GbO4Xw16POZyM', '\x258119aa91eb6972c111abc916a7567460e5efeafea279a32a62035ead3852b4'),
	('acct_0VcL1zADaxQOSLJ7', false, 6, 'tr_0VcL1zZe000174uLCqxdQ0TF', '\x8b42bf4d0eacbcf72c2846cd3388741ae2a94c2343822e658d6c6e79c2b0b333'),
	('acct_0VcL1zADaxQOSLJ7', false, 7, 'tr_0VcL1zZe0004UrGEqvLonvx2', '\xd6058d0160fd531403a399d83cf6aefeb4aea5fdf6c9af3fe309ff78298c2e33'),
	('acct_0VcL1zADaxQOSLJ7', false, 8, 'tr_0VcL1zZe000A1qD8rmGi0n8O', '\xb9bf7e90dd35e40f2740f1805b593e47ec7dfea841178028acabee8ab1d7415a'),
	('acct_0VcL1zADaxQOSLJ7', false, 9, 'tr_0VcL1ze4000HbRaVuecDypmN', '\x95c5d4deaaac19391e649f0a5c37096ba06590fde36646ef960021ec7dcfc49d'),
	('acct_0VcL1zADaxQOSLJ7', false, 10, 'tr_0VcL1ze4000fH4Uct0vjGUPz', '\x4311a947e32b8abca71686b0434a83625c10515353c72321c5766d0271be560f'),
	('acct_0VcL1zADaxQOSLJ7', false, 11, 'tr_0VcL1zjX0001JK0vdfJpKYRd', '\x642b4cbcaab680efe643b0098421e1d514315875b04d2e989daba6b88d8b6aac');
INSERT INTO public.transfers VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1zEo0001gWfplayPNwuV', 'tu_0VcL1zDF00020heoUYk1pn5c', 'topup', 'funding:clearing', 'balance:available', 1200, 'usd', 1795931127),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1zEo0004ZdV4QsAZi6Dh', 'tu_0VcL1zE300004kMW7v3vcJ4G', 'topup', 'funding:clearing', 'balance:available', 1200, 'usd', 1795931127),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zGv0001lAfqHUGyi5e6', 'tu_0VcL1zFg0002CMrPlsy6yvJH', 'topup', 'funding:clearing', 'balance:available', 1200, 'usd', 1795931127),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zIB0001N2igWgoe6fyg', 'tu_0VcL1zGV0002OHj5TcRlEqJi', 'topup', 'funding:clearing', 'balance:available', 1200, 'usd', 1795931127),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zJb0001zN19vw3icaph', 'tu_0VcL1zIG0002UO5c6qJqrE9H', 'topup', 'funding:clearing', 'balance:available', 1200, 'usd', 1795931127),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zJb0004TjRa2mWPyEOV', 'tu_0VcL1zId0002BSX1ecPTsUk3', 'topup', 'funding:clearing', 'balance:available', 1200, 'usd', 1795931127),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zXj00018dkSi1vO45cU', 'tu_0VcL1zWg00028bq7TMeOArBX', 'topup', 'funding:clearing', 'balance:available', 694204, 'usd', 1795931128),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zXj0005qhVlzm8VFfzf', 'tu_0VcL1zWh0008cgF7M83IowGu', 'topup', 'funding:clearing', 'balance:available', 811704, 'jpy', 1795931128),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zXj00091L0XnaIMuuym', 'tu_0VcL1zXM0000thpkkrbn1XZp', 'topup', 'funding:clearing', 'balance:available', 414627, 'jpy', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zY50003Yz7SXO0jmKI4', 'tu_0VcL1zXW0000xNF9JtCqAIH8', 'topup', 'funding:clearing', 'balance:available', 200598, 'usd', 1795931128),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zZe000174uLCqxdQ0TF', 'tu_0VcL1zXf0000iTAH2tEnc5Ss', 'topup', 'funding:clearing', 'balance:available', 300713, 'jpy', 1795931128),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zZe0004UrGEqvLonvx2', 'tu_0VcL1zXf0002PVKZN7lKnYxU', 'topup', 'funding:clearing', 'balance:available', 542721, 'usd', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe00079Q1MhBr1HKwc', 'tu_0VcL1zXv0000bVbE34V3Dx9o', 'topup', 'funding:clearing', 'balance:available', 363515, 'usd', 1795931128),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zZe000A1qD8rmGi0n8O', 'tu_0VcL1zY5000039szSFGdoZ09', 'topup', 'funding:clearing', 'balance:available', 387584, 'jpy', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe000DhuYr2Wv98rWT', 'tu_0VcL1zYo0000PjsYs7Rq8d2T', 'topup', 'funding:clearing', 'balance:available', 966859, 'gbp', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe000G8DqwcurRU5ua', 'tu_0VcL1zZ00000wviFTsRLQo4R', 'topup', 'funding:clearing', 'balance:available', 72935, 'gbp', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe000J0YGVTx0rUOXw', 'tu_0VcL1zZ60000ltBf2wHH8AQ9', 'topup', 'funding:clearing', 'balance:available', 575783, 'usd', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe000MhXty4j0uoJZV', 'tu_0VcL1zZD0000oyPd0GFWow5q', 'topup', 'funding:clearing', 'balance:available', 29089, 'eur', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe000Pf7JVLAbqPV5B', 'tu_0VcL1zZL0000Zcld7kjZku3D', 'topup', 'funding:clearing', 'balance:available', 115492, 'jpy', 1795931128),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zZe000SCZAlxTXVTcW7', 'tu_0VcL1zZQ0000VM4ZzRmN2jWr', 'topup', 'funding:clearing', 'balance:available', 826700, 'usd', 1795931128),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1zZe000VyBWbkgF4RbVI', 'tu_0VcL1zZU0000vC2EWYhwhC83', 'topup', 'funding:clearing', 'balance:available', 242702, 'gbp', 1795931128),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1zbd0001MOGZiiJtniRg', 'tu_0VcL1zbL00026wgrfBqTw82s', 'topup', 'funding:clearing', 'balance:available', 879310, 'gbp', 1795931128),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1zdQ0001hEx0xlHLSjWt', 'tu_0VcL1zbL00026wgrfBqTw82s', 'topup_reversal', 'balance:available', 'funding:clearing', 879310, 'gbp', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1ze40001RJNXjh3svBx1', 'tu_0VcL1zZm0002SG7nMHnJiAwq', 'topup', 'funding:clearing', 'balance:available', 140974, 'usd', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze40004mJvB2D9PyDA7', 'tu_0VcL1zZm000005sMIixz29DX', 'topup', 'funding:clearing', 'balance:available', 982353, 'gbp', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze400073sN7h5wOhQxI', 'tu_0VcL1zZv0000KhfW4tVbxkRP', 'topup', 'funding:clearing', 'balance:available', 893755, 'jpy', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1ze4000AcQ5Yq8893FXd', 'tu_0VcL1zZz0000UeogCyGPANDK', 'topup', 'funding:clearing', 'balance:available', 275585, 'eur', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1ze4000EwLVZksFyyVaF', 'tu_0VcL1zaD0000Vt1FKQwVUJEj', 'topup', 'funding:clearing', 'balance:available', 879360, 'eur', 1795931129),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1ze4000HbRaVuecDypmN', 'tu_0VcL1zaH0000casontHP3wUG', 'topup', 'funding:clearing', 'balance:available', 266094, 'usd', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1ze4000KqxCUdbWDVmEG', 'tu_0VcL1zaQ0000y4VV8VmLlLk0', 'topup', 'funding:clearing', 'balance:available', 165653, 'eur', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze4000Pb3yPB2bOsKzl', 'tu_0VcL1zat0000e0i9HyCq84MM', 'topup', 'funding:clearing', 'balance:available', 138118, 'usd', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze4000TtrZ8yhSLVRQH', 'tu_0VcL1zb800029Tii0PLiuGaH', 'topup', 'funding:clearing', 'balance:available', 547538, 'usd', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze4000WGlysU9jjl0hu', 'tu_0VcL1zb80000cKwzt1W6GrB4', 'topup', 'funding:clearing', 'balance:available', 553364, 'usd', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze4000ZBGBN5N78vlau', 'tu_0VcL1zbH000066zF9PSpITZJ', 'topup', 'funding:clearing', 'balance:available', 964148, 'eur', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1ze4000cmIscck6xkQ29', 'tu_0VcL1zbL0000d7xD5c7bkHZh', 'topup', 'funding:clearing', 'balance:available', 837468, 'gbp', 1795931129),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1ze4000fH4Uct0vjGUPz', 'tu_0VcL1zbS0000ptOH5WCFr27Y', 'topup', 'funding:clearing', 'balance:available', 945877, 'eur', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1ze4000iEVilEYr1mfn1', 'tu_0VcL1zbb0000PcjqEMMsYrqH', 'topup', 'funding:clearing', 'balance:available', 634190, 'eur', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL1zfR0001FfpAvqroDjyD', 'tu_0VcL1zaQ0000y4VV8VmLlLk0', 'topup_reversal', 'balance:available', 'funding:clearing', 165653, 'eur', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zfR0004xxdZ1I1noCCT', 'tu_0VcL1zZm000005sMIixz29DX', 'topup_reversal', 'balance:available', 'funding:clearing', 982353, 'gbp', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zfR0007nRSMjvJX8dSF', 'tu_0VcL1zb80000cKwzt1W6GrB4', 'topup_reversal', 'balance:available', 'funding:clearing', 553364, 'usd', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zfR000A3jyEAc1pHyil', 'tu_0VcL1zbH000066zF9PSpITZJ', 'topup_reversal', 'balance:available', 'funding:clearing', 964148, 'eur', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zfR000DnYdqSXspkDZG', 'tu_0VcL1zbL0000d7xD5c7bkHZh', 'topup_reversal', 'balance:available', 'funding:clearing', 837468, 'gbp', 1795931129),
	('acct_0VcL1z9hwBctHl7x', false, 'tr_0VcL1zfR000GbO4Xw16POZyM', 'tu_0VcL1zYo0000PjsYs7Rq8d2T', 'topup_reversal', 'balance:available', 'funding:clearing', 966859, 'gbp', 1795931129),
	('acct_0VcL1zADaxQOSLJ7', false, 'tr_0VcL1zjX0001JK0vdfJpKYRd', 'tu_0VcL1zaH0000casontHP3wUG', 'topup_reversal', 'balance:available', 'funding:clearing', 266094, 'usd', 1795931129),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Bx0001FuWqhiIIkHmy', 'tu_0VcL1zf40000pDlgNQLUdeMw', 'topup', 'funding:clearing', 'balance:available', 700, 'usd', 1795931135),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21CH0001Unl8PXCKJRb1', 'tu_0VcL1zfP0000jBxfEa4pCP72', 'topup', 'funding:clearing', 'balance:available', 701, 'usd', 1795931135),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21CW00019G7zSHaKimzy', 'tu_0VcL1zfa0000n8XKk0m3PIwx', 'topup', 'funding:clearing', 'balance:available', 702, 'usd', 1795931135),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Cc0001BMlHSk7m9LGX', 'tu_0VcL1zfs00002KLaTlVgwXnR', 'topup', 'funding:clearing', 'balance:available', 703, 'usd', 1795931135),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Cf00010YTXUp9N6lG9', 'tu_0VcL1zfz0000OkHnhfCjt1fs', 'topup', 'funding:clearing', 'balance:available', 704, 'usd', 1795931135),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Cj0001Up3MJKI57CWA', 'tu_0VcL1zg50000RBWrrY82wOFM', 'topup', 'funding:clearing', 'balance:available', 705, 'usd', 1795931135);
INSERT INTO public.unsealed_transfers VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Bx0001FuWqhiIIkHmy'),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21CH0001Unl8PXCKJRb1'),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21CW00019G7zSHaKimzy'),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Cc0001BMlHSk7m9LGX'),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Cf00010YTXUp9N6lG9'),
	('acct_0VcL1z1S6r9POL9H', false, 'tr_0VcL21Cj0001Up3MJKI57CWA');
INSERT INTO public.webhook_deliveries VALUES
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zYM0001TjwtYKfTmZS9', 10, 1, 1795931133994, NULL, 1795931128737, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zWh0005ofXMoZ09IcPe', 7, 1, 1795931133671, NULL, 1795931128637, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zXW0001A5XMOGhEZw0H', 8, 1, 1795931133863, NULL, 1795931128697, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZQ0001nlbRk4MPFfNI', 16, 1, 1795931134050, NULL, 1795931128798, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zXv0001BHQ1eF4o4Z4Q', 9, 1, 1795931133745, NULL, 1795931128697, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZL0001dRII1QIrZd6E', 15, 1, 1795931135467, NULL, 1795931128798, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zeJ0002uUlUwdsjxbG1', 43, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZD00014brQTd5QUiTb', 14, 1, 1795931137481, NULL, 1795931128798, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZ00001G0KOHH58GoBB', 12, 0, 1795931128798, NULL, 1795931128798, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zYo0001vLhpEyyBBol9', 11, 0, 1795931128798, NULL, 1795931128798, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zfR000HtcS9NTeLxJ4I', 48, 0, 1795931129183, NULL, 1795931129183, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zfR000E5xR2GIBFGH8n', 47, 0, 1795931129183, NULL, 1795931129183, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zfR000BgdG35A8ZdHEd', 46, 0, 1795931129183, NULL, 1795931129183, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zfR0008eIlfw0hYFrSY', 45, 0, 1795931129183, NULL, 1795931129183, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zfR0005MUKKapqhc0Pb', 44, 0, 1795931129183, NULL, 1795931129183, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZ60001X365ihmr86Wz', 13, 1, 1795931141636, NULL, 1795931128798, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZm0001fV97ycpNel23', 17, 0, 1795931128826, NULL, 1795931128826, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZv0001HYzIB8oFLyNv', 19, 0, 1795931128870, NULL, 1795931128870, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZz0003vZVhVst6taBx', 18, 0, 1795931128870, NULL, 1795931128870, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zbL0001TeINY7U9MEj2', 26, 0, 1795931128934, NULL, 1795931128934, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZ10001HULfagRTqfHM', 22, 0, 1795931128896, NULL, 1795931128896, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zY5000457x3RIsekUk0', 21, 0, 1795931128896, NULL, 1795931128896, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zat00013z3jwLAzTGBg', 20, 0, 1795931128896, NULL, 1795931128896, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zbH0001Lgk1fnA2ZFQr', 25, 0, 1795931128912, NULL, 1795931128912, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zb80001lfhRzD1Z0cUG', 24, 0, 1795931128912, NULL, 1795931128912, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zb80003Tvr68qTtU4IA', 23, 0, 1795931128912, NULL, 1795931128912, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000ZhbBNNDQdbXeQ', 34, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000TrTYZ2NH92f6V', 33, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000Ql5X7sqL7kJ2C', 32, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000NTT7qfPuzC43Y', 31, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000Kzhw0EB1Tas5J', 30, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000H71QeZQaakFvi', 29, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe000ETj0W3TLROTfQ', 28, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1zZe0008CHQDVCYbuQUq', 27, 0, 1795931129008, NULL, 1795931129008, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze4000dTUYR152jcQ0G', 42, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze4000aqJRRsKp1K70h', 41, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze4000XlyvlnG2pwaL2', 40, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze4000UzQwbaOXxfQWn', 39, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze4000QHIMUOVEEtWwB', 38, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze4000CG7f5nRx3Ebmj', 37, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze40008JkjUCabkTWRg', 36, 0, 1795931129106, NULL, 1795931129106, 'schedule'),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'acct_0VcL1z9hwBctHl7x', 'evt_0VcL1ze40005JJifE4bFh7FQ', 35, 0, 1795931129106, NULL, 1795931129106, 'schedule');
INSERT INTO public.webhook_endpoints VALUES
	('acct_0VcL1z1S6r9POL9H', false, 'we_0VcL1zEG0000eCqK2HAyN4BV', 'http://127.0.0.1:37213/hook', '["*"]', NULL, '2026-10-28.endive', false, NULL, NULL, '\x6741414141414141414141413154727238336e41713672626c6751514535376a50754766796d4a73496379526351487672703161716d53734167344d5876796d726a2d374150685a38564b6c35766a4569505641552d6e674e4351326c36626c724d3731324c766b59732d586247596253714d5677506342355a43306f615971667877334a3667452d383248737970676837426a714162496878306453436e35354e594d50454a734d645a4b37386b32506655746d55765343704b386e6e434931784b463264504c5f6b556a4d624c37554362524a3879547861464f44435a7a436150516e5130616d7261707466434251744b50684f553d', NULL, NULL, 1795931127, NULL, NULL, 'snapshot', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zH10000pqOleeb007e8', 'http://127.0.0.1:37213/hook', '["*"]', NULL, '2026-10-28.endive', false, NULL, NULL, '\x6741414141414141414141416e6d705f4558574e53614d4a324f53444d4d505275775f335243503149717347696f6254466862763043676e456b426978483253713952557a5069742d6169784b654a3936673074535a537777734750756f6b57356c6a733743646e2d466d6e35573750325045384a36377a664e3662627a7a54453039385158336f48432d374e347852534c5548384e69487a3268734e63465a6563514e384f6b5f6b6d626d323332566745424a5a506268624769692d307a33645742435768555a7249526a55323178464c4454517657677035626d346f303246464c6c596a6f4134774c65774f4d36334e57584d4e513d', NULL, NULL, 1795931127, NULL, NULL, 'snapshot', NULL, NULL, NULL),
	('acct_0VcL1zADaxQOSLJ7', false, 'we_0VcL1zJ00000fqls3b7aqJLH', 'http://127.0.0.1:37213/hook', '["*"]', NULL, '2026-10-28.endive', false, NULL, NULL, '\x674141414141414141414141795468346657654f47764647396e4467695a495a5038594a6439316657514a39367842616b486d6a546172746d344f514f49556343415f506778395252334a6f7367444462505947392d32764368765a69446e65654c494d6a3376327a636873526863623465494c5350395f674442775434306542764d4d616a6469626a457873627150335a66414a63534b59557a646c31764b397a3965783367617354375743774e4e4b7071345158766341644b764a6d76734c34716e364f57314e6d46666c657367696878486b5f6d563748394c4d714b59444f486862464c65734f67795364764f5372526561726f3d', NULL, NULL, 1795931127, NULL, NULL, 'snapshot', NULL, NULL, NULL),
	('acct_0VcL1zAzEZ3WtSck', false, 'we_0VcL1zW70000NB9ExqMn98g9', 'http://127.0.0.1:37213/hook', '["*"]', NULL, '2026-10-28.endive', false, NULL, NULL, '\x6741414141414141414141414b304f4852696d754966343678696a356a4871346d695132634f47703863616b6665304d6d4961414a2d343761556b4e554263426b526c4d5a5849706576566b7a396c626d3859477a393678386e78726a6266546b5f386e7148795a724f454b646f70305352446635784947377934504a5639743135456a59573166554e43516738666e745a345164775944414d4e7a41305273487637423061383669723164356175794f71764b7a6255706c307a66705565674731534b6c62326f7065316a3645526b6c43363965493358465145326c374569713630747a64443934374243514145544b65614241544d3d', NULL, NULL, 1795931128, NULL, NULL, 'snapshot', NULL, NULL, NULL),
	('acct_0VcL1z9hwBctHl7x', false, 'we_0VcL1zWC0000YMOfWOoK4jPQ', 'http://127.0.0.1:9/', '["*"]', NULL, '2026-10-28.endive', false, NULL, NULL, '\x674141414141414141414141477a3467655530444e727161325957396f70775f514a674663534d6e785154354a496d6d323659577959597a7a6f4f663534596f73697075506434535f696335714b6a394d4562734272664a4f57614c3675556f65384e2d6643426c31656a62776c4443506d32446e586e7767596576582d64624d5152435a35706e4e4538713830423445783242756b38777a5465496846435754355633556c4c39673772756e5a6c687738793747334c6e4b3352615841726a36436a7071724e566a4b326d7133692d74514232727a62446d714430796441707170353736756e684d587a626e6f43483031636e3361303d', NULL, NULL, 1795931128, 1795931128671, NULL, 'snapshot', NULL, NULL, NULL);
SELECT pg_catalog.setval('public.new_events_place_seq', 928, true);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pk PRIMARY KEY (account);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_account_id UNIQUE (account, id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pk PRIMARY KEY (hash);
ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pk PRIMARY KEY (id);
ALTER TABLE ONLY public.balance_transactions
    ADD CONSTRAINT balance_transactions_one_per_step UNIQUE (account, livemode, source, type);
ALTER TABLE ONLY public.balance_transactions
    ADD CONSTRAINT balance_transactions_pk PRIMARY KEY (account, livemode, id) INCLUDE (currency, type);
ALTER TABLE ONLY public.balances
    ADD CONSTRAINT balances_pk PRIMARY KEY (account, livemode, currency);
ALTER TABLE ONLY public.bank_tokens
    ADD CONSTRAINT bank_tokens_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.chain_heads
    ADD CONSTRAINT chain_heads_pk PRIMARY KEY (account, livemode);
ALTER TABLE ONLY public.cli_devices
    ADD CONSTRAINT cli_devices_pk PRIMARY KEY (account, livemode, device);
ALTER TABLE ONLY public.cli_pairings
    ADD CONSTRAINT cli_pairings_one_for_each_code UNIQUE (code_hash);
ALTER TABLE ONLY public.cli_pairings
    ADD CONSTRAINT cli_pairings_one_for_each_token UNIQUE (token_hash);
ALTER TABLE ONLY public.cli_pairings
    ADD CONSTRAINT cli_pairings_pk PRIMARY KEY (id);
ALTER TABLE ONLY public.cli_resends
    ADD CONSTRAINT cli_resends_pk PRIMARY KEY (account, livemode, hash, id);
ALTER TABLE ONLY public.cli_session_places
    ADD CONSTRAINT cli_session_places_pk PRIMARY KEY (account, livemode, hash, event_account);
ALTER TABLE ONLY public.cli_sessions
    ADD CONSTRAINT cli_sessions_pk PRIMARY KEY (account, livemode, hash);
ALTER TABLE ONLY public.default_funding_sources
    ADD CONSTRAINT default_funding_sources_pk PRIMARY KEY (account, livemode, currency);
ALTER TABLE ONLY public.due_exceptions
    ADD CONSTRAINT due_exceptions_pk PRIMARY KEY (account, livemode, job, object_id);
ALTER TABLE ONLY public.event_counters
    ADD CONSTRAINT event_counters_pk PRIMARY KEY (account, livemode);
ALTER TABLE ONLY public.event_numbers
    ADD CONSTRAINT event_numbers_each_once UNIQUE (account, livemode, event);
ALTER TABLE ONLY public.event_numbers
    ADD CONSTRAINT event_numbers_pk PRIMARY KEY (account, livemode, number);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.external_accounts
    ADD CONSTRAINT external_accounts_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.first_run
    ADD CONSTRAINT first_run_pk PRIMARY KEY (is_only);
ALTER TABLE ONLY public.funding_sources
    ADD CONSTRAINT funding_sources_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pk PRIMARY KEY (account, livemode, key);
ALTER TABLE ONLY public.new_events
    ADD CONSTRAINT new_events_pk PRIMARY KEY (place);
ALTER TABLE ONLY public.operator_identities
    ADD CONSTRAINT operator_identities_pk PRIMARY KEY (operator);
ALTER TABLE ONLY public.operator_identities
    ADD CONSTRAINT operator_identities_subject UNIQUE (issuer, subject);
ALTER TABLE ONLY public.operator_keys
    ADD CONSTRAINT operator_keys_pk PRIMARY KEY (account, livemode, operator);
ALTER TABLE ONLY public.operator_password_links
    ADD CONSTRAINT operator_password_links_hash UNIQUE (hash);
ALTER TABLE ONLY public.operator_password_links
    ADD CONSTRAINT operator_password_links_pk PRIMARY KEY (operator);
ALTER TABLE ONLY public.operator_recovery_codes
    ADD CONSTRAINT operator_recovery_codes_pk PRIMARY KEY (operator, hash);
ALTER TABLE ONLY public.operator_sessions
    ADD CONSTRAINT operator_sessions_pk PRIMARY KEY (hash);
ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_email UNIQUE (email);
ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_pk PRIMARY KEY (id);
ALTER TABLE ONLY public.owner_terms
    ADD CONSTRAINT owner_terms_pk PRIMARY KEY (account, livemode);
ALTER TABLE ONLY public.pruned_events
    ADD CONSTRAINT pruned_events_pk PRIMARY KEY (account, livemode, type);
ALTER TABLE ONLY public.request_logs
    ADD CONSTRAINT request_logs_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pk PRIMARY KEY (version);
ALTER TABLE ONLY public.service_secrets
    ADD CONSTRAINT service_secrets_pk PRIMARY KEY (name);
ALTER TABLE ONLY public.sign_in_tries
    ADD CONSTRAINT sign_in_tries_pk PRIMARY KEY (subject);
ALTER TABLE ONLY public.test_clocks
    ADD CONSTRAINT test_clocks_one_at_a_time UNIQUE (account, livemode);
ALTER TABLE ONLY public.test_clocks
    ADD CONSTRAINT test_clocks_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.topups
    ADD CONSTRAINT topups_pk PRIMARY KEY (account, livemode, id) INCLUDE (amount, status);
ALTER TABLE ONLY public.transfer_seals
    ADD CONSTRAINT transfer_seals_each_transfer_once UNIQUE (account, livemode, transfer);
ALTER TABLE ONLY public.transfer_seals
    ADD CONSTRAINT transfer_seals_pk PRIMARY KEY (account, livemode, "position");
ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_each_step_posts_once UNIQUE (account, livemode, topup, kind);
ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.unsealed_transfers
    ADD CONSTRAINT unsealed_transfers_pk PRIMARY KEY (account, livemode, transfer);
ALTER TABLE ONLY public.verification_runs
    ADD CONSTRAINT verification_runs_once_a_turn UNIQUE (turn_ms);
ALTER TABLE ONLY public.verification_runs
    ADD CONSTRAINT verification_runs_pk PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_pk PRIMARY KEY (account, livemode, endpoint, id);
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pk PRIMARY KEY (event_account, livemode, event, account, endpoint);
ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pk PRIMARY KEY (account, livemode, id);
ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pk PRIMARY KEY (id);
CREATE INDEX accounts_by_platform ON public.accounts USING btree (platform, account);
CREATE INDEX accounts_listed ON public.accounts USING btree (platform, account) WHERE (deleted_ms IS NULL);
CREATE INDEX balance_transactions_by_currency ON public.balance_transactions USING btree (account, livemode, currency, id) INCLUDE (type);
CREATE INDEX balance_transactions_by_type ON public.balance_transactions USING btree (account, livemode, type, id) INCLUDE (currency);
CREATE INDEX cli_pairings_by_age ON public.cli_pairings USING btree (created_ms);
CREATE INDEX cli_sessions_seen ON public.cli_sessions USING btree (account, livemode, seen_ms);
CREATE INDEX event_numbers_by_age ON public.event_numbers USING btree (numbered_ms);
CREATE INDEX events_by_object ON public.events USING btree (account, livemode, object_id, id) WHERE (type <> 'topup.created'::text);
CREATE INDEX events_by_type ON public.events USING btree (account, livemode, type, id) WHERE (type <> 'topup.created'::text);
CREATE UNIQUE INDEX external_accounts_one_default ON public.external_accounts USING btree (account, livemode, currency) WHERE is_default;
CREATE INDEX funding_sources_by_customer ON public.funding_sources USING btree (account, livemode, COALESCE(customer, customer_account), id) WHERE (COALESCE(customer, customer_account) IS NOT NULL);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_ms);
CREATE INDEX operator_keys_by_operator ON public.operator_keys USING btree (operator);
CREATE INDEX operator_sessions_by_end ON public.operator_sessions USING btree (ends_ms);
CREATE INDEX operator_sessions_by_operator ON public.operator_sessions USING btree (operator);
CREATE INDEX sign_in_tries_by_time ON public.sign_in_tries USING btree (seen_ms);
CREATE INDEX test_clocks_advancing ON public.test_clocks USING btree (since_ms) WHERE (status = 'advancing'::text);
CREATE INDEX test_clocks_by_end ON public.test_clocks USING btree (deletes_after);
CREATE INDEX topups_by_amount ON public.topups USING btree (account, livemode, amount, id) INCLUDE (status);
CREATE INDEX topups_by_status ON public.topups USING btree (account, livemode, status, id) INCLUDE (amount);
CREATE INDEX topups_due ON public.topups USING btree (due_ms) WHERE ((due_ms IS NOT NULL) AND (test_clock IS NULL));
CREATE INDEX topups_due_by_clock ON public.topups USING btree (account, livemode, due_ms, id) WHERE (test_clock IS NOT NULL);
CREATE INDEX webhook_attempts_by_event ON public.webhook_attempts USING btree (event_account, livemode, event, id);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (account, livemode, endpoint, next_attempt_ms) WHERE (next_attempt_ms IS NOT NULL);
CREATE INDEX webhook_deliveries_failed ON public.webhook_deliveries USING btree (account, livemode, endpoint) WHERE (next_attempt_ms IS NULL);
CREATE TRIGGER accounts_begin_terms AFTER INSERT ON public.accounts FOR EACH ROW EXECUTE FUNCTION public.begin_terms();
ALTER TABLE ONLY public.cli_resends
    ADD CONSTRAINT cli_resends_session FOREIGN KEY (account, livemode, hash) REFERENCES public.cli_sessions(account, livemode, hash) ON DELETE CASCADE;
ALTER TABLE ONLY public.cli_session_places
    ADD CONSTRAINT cli_session_places_session FOREIGN KEY (account, livemode, hash) REFERENCES public.cli_sessions(account, livemode, hash) ON DELETE CASCADE;
ALTER TABLE ONLY public.cli_sessions
    ADD CONSTRAINT cli_sessions_device FOREIGN KEY (account, livemode, device) REFERENCES public.cli_devices(account, livemode, device);
ALTER TABLE ONLY public.operator_identities
    ADD CONSTRAINT operator_identities_operator FOREIGN KEY (operator) REFERENCES public.operators(id);
ALTER TABLE ONLY public.operator_keys
    ADD CONSTRAINT operator_keys_key FOREIGN KEY (hash) REFERENCES public.api_keys(hash);
ALTER TABLE ONLY public.operator_keys
    ADD CONSTRAINT operator_keys_operator FOREIGN KEY (operator) REFERENCES public.operators(id);
ALTER TABLE ONLY public.operator_password_links
    ADD CONSTRAINT operator_password_links_operator FOREIGN KEY (operator) REFERENCES public.operators(id);
ALTER TABLE ONLY public.operator_recovery_codes
    ADD CONSTRAINT operator_recovery_codes_operator FOREIGN KEY (operator) REFERENCES public.operators(id);
ALTER TABLE ONLY public.operator_sessions
    ADD CONSTRAINT operator_sessions_operator FOREIGN KEY (operator) REFERENCES public.operators(id);
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_keys TO brim_service;
GRANT SELECT,INSERT ON TABLE public.audit_log TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.balance_transactions TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.balances TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bank_tokens TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chain_heads TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cli_devices TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cli_pairings TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cli_resends TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cli_session_places TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cli_sessions TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.default_funding_sources TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_exceptions TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.event_counters TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.event_numbers TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.external_accounts TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.first_run TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.funding_sources TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.new_events TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_identities TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_keys TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_password_links TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_recovery_codes TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_sessions TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operators TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.owner_terms TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pruned_events TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.request_logs TO brim_service;
GRANT SELECT ON TABLE public.schema_migrations TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_secrets TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_tries TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.test_clocks TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.topups TO brim_service;
GRANT SELECT,INSERT ON TABLE public.transfer_seals TO brim_service;
GRANT SELECT,INSERT ON TABLE public.transfers TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unsealed_transfers TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_runs TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_attempts TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_endpoints TO brim_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workers TO brim_service;
