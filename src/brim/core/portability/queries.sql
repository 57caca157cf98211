-- The rows of one account, of one table after another. Each statement reads along an index that begins with the account,
-- so that rows come in the order of their keys and nothing is sorted; new_events and audit_log have none and are filtered.
-- `rows of` and `rows put into` are in fragments.sql.

-- name: rows_of_accounts
-- The account itself.
{rows of accounts by t.account};

-- name: rows_of_owner_terms
-- What its creates depend on.
{rows of owner_terms by t.livemode};

-- name: rows_of_external_accounts
-- Bank accounts that it is paid out to.
{rows of external_accounts by t.livemode, t.id};

-- name: rows_of_test_clocks
-- Its test clocks.
{rows of test_clocks by t.livemode, t.id};

-- name: rows_of_funding_sources
-- Bank accounts that pay for its top-ups.
{rows of funding_sources by t.livemode, t.id};

-- name: rows_of_default_funding_sources
-- Which of them pays, by currency.
{rows of default_funding_sources by t.livemode, t.currency};

-- name: rows_of_bank_tokens
-- Its bank account tokens.
{rows of bank_tokens by t.livemode, t.id};

-- name: rows_of_topups
-- Its top-ups.
{rows of topups by t.livemode, t.id};

-- name: rows_of_journal_entries
-- Its journal entries.
{rows of journal_entries by t.livemode, t.id};

-- name: rows_of_journal_entry_lines
-- The further lines of its journal entries.
{rows of journal_entry_lines by t.livemode, t.entry, t.line};

-- name: rows_of_balances
-- Its balances.
{rows of balances by t.livemode, t.currency};

-- name: rows_of_balance_transactions
-- Its balance transactions.
{rows of balance_transactions by t.livemode, t.id};

-- name: rows_of_holds
-- Its holds.
{rows of holds by t.livemode, t.id};

-- name: rows_of_balance_reserves
-- What is kept back of its money.
{rows of balance_reserves by t.livemode, t.currency};

-- name: rows_of_bank_confirmations
-- What its bank's statements confirmed.
{rows of bank_confirmations by t.livemode, t.topup, t.step};

-- name: rows_of_topup_retries
-- Which of its top-ups retry others.
{rows of topup_retries by t.livemode, t.topup};

-- name: rows_of_unsealed_entries
-- Its journal entries that wait for their seals.
{rows of unsealed_entries by t.livemode, t.entry};

-- name: rows_of_entry_seals
-- Its chain.
{rows of entry_seals by t.livemode, t.position};

-- name: rows_of_chain_heads
-- Where its chain ends.
{rows of chain_heads by t.livemode};

-- name: rows_of_originators
-- Its originators.
{rows of originators by t.livemode, t.id};

-- name: rows_of_authorizations
-- What holders of its bank accounts agreed to.
{rows of authorizations by t.livemode, t.id};

-- name: rows_of_mandate_amendments
-- How its mandates were amended.
{rows of mandate_amendments by t.livemode, t.authorization_id, t.number};

-- name: rows_of_exposures
-- What its caps have counted.
{rows of exposures by t.livemode, t.kind, t.key};

-- name: rows_of_rail_stops
-- Where its live money is stopped.
{rows of rail_stops by t.livemode, t.rail, t.stopped_account};

-- name: rows_of_ach_files
-- Its files for the bank.
{rows of ach_files by t.livemode, t.id};

-- name: rows_of_ach_approvals
-- Who has approved them.
{rows of ach_approvals by t.livemode, t.file, t.number};

-- name: rows_of_ach_batches
-- Their batches.
{rows of ach_batches by t.livemode, t.file, t.number};

-- name: rows_of_prenotes
-- Its prenotes.
{rows of prenotes by t.livemode, t.id};

-- name: rows_of_ach_entries
-- Its entries in files, of accounts below it too.
{rows of ach_entries by t.livemode, t.topup, t.number};

-- name: rows_of_bank_files
-- Files that came from its bank.
{rows of bank_files by t.livemode, t.sha256, t.originator};

-- name: rows_of_bank_statements
-- Which statements of its bank accounts were posted.
{rows of bank_statements by t.livemode, t.id};

-- name: rows_of_statement_lines
-- Lines of its bank's statements.
{rows of statement_lines by t.livemode, t.bank_account, t.line_key};

-- name: rows_of_line_settlements
-- How people have settled what lines left open.
{rows of line_settlements by t.livemode, t.id};

-- name: rows_of_line_settlement_lines
-- Their lines.
{rows of line_settlement_lines by t.livemode, t.settlement, t.line};

-- name: rows_of_line_settlement_parts
-- What they are posted to.
{rows of line_settlement_parts by t.livemode, t.settlement, t.number};

-- name: rows_of_statement_mappings
-- How its banks write statements as CSV.
{rows of statement_mappings by t.livemode, t.id};

-- name: rows_of_funding_instructions
-- By what references its accounts are paid.
{rows of funding_instructions by t.livemode, t.id};

-- name: rows_of_known_payers
-- Who may pay its accounts.
{rows of known_payers by t.livemode, t.id};

-- name: rows_of_virtual_accounts
-- Which virtual account numbers its accounts have.
{rows of virtual_accounts by t.livemode, t.body};

-- name: rows_of_incoming_transfers
-- What became of transfers on its bank's statements.
{rows of incoming_transfers by t.livemode, t.id};

-- name: rows_of_breaks
-- Its breaks.
{rows of breaks by t.livemode, t.id};

-- name: rows_of_corrections
-- What banks have corrected of bank accounts on file.
{rows of corrections by t.livemode, t.id};

-- name: rows_of_ach_returns
-- Returns of its debits, and their dishonors.
{rows of ach_returns by t.livemode, t.id};

-- name: rows_of_ach_reversals
-- Reversals of its debits.
{rows of ach_reversals by t.livemode, t.id};

-- name: rows_of_refunds
-- Refunds of its debits.
{rows of refunds by t.livemode, t.id};

-- name: rows_of_erasures
-- What was erased of it, and of whoever pays it.
{rows of erasures by t.livemode, t.target};

-- name: rows_of_return_counts
-- How many of its debits were sent and came back, by day.
{rows of return_counts by t.livemode, t.originator, t.owner, t.day};

-- name: rows_of_return_guards
-- Where its return rates are near a limit.
{rows of return_guards by t.livemode, t.originator, t.owner, t.kind};

-- name: rows_of_return_overrides
-- That debits go on although a limit is reached.
{rows of return_overrides by t.livemode, t.originator, t.owner, t.status};

-- name: rows_of_events
-- Its events.
{rows of events by t.livemode, t.id};

-- name: rows_of_event_numbers
-- Their numbers.
{rows of event_numbers by t.livemode, t.number};

-- name: rows_of_event_counters
-- The last number of an event.
{rows of event_counters by t.livemode};

-- name: rows_of_pruned_events
-- How many of its events were pruned.
{rows of pruned_events by t.livemode, t.type};

-- name: rows_of_webhook_endpoints
-- Its webhook endpoints.
{rows of webhook_endpoints by t.livemode, t.id};

-- name: rows_of_webhook_attempts
-- Attempts to deliver to its endpoints.
{rows of webhook_attempts by t.livemode, t.endpoint, t.id};

-- name: rows_of_cli_devices
-- Computers on which somebody listened to its events.
{rows of cli_devices by t.livemode, t.device};

-- name: rows_of_request_logs
-- The newest requests of its API keys.
{rows of request_logs by t.livemode, t.id};

-- name: rows_of_api_keys
-- Its API keys, but for those of operators' pages.
SELECT row_to_json(t)::text AS line
FROM api_keys AS t
LEFT JOIN LATERAL (
    SELECT o.hash FROM operator_keys AS o WHERE o.account = t.account AND o.hash = t.hash OFFSET 0
) AS p ON true
WHERE t.account = $1 AND p.hash IS NULL
ORDER BY t.account, t.id;

-- name: rows_of_idempotency_keys
-- Its replies that are kept for retries, but for those that tell the secret of an endpoint.
SELECT row_to_json(t)::text AS line
FROM idempotency_keys AS t
WHERE
    t.account = $1
    AND coalesce(
        t.response_body ->> 'secret', t.response_body #>> '{webhook_endpoint,signing_secret}'
    ) IS NULL
ORDER BY t.account, t.livemode, t.key;

-- name: rows_of_webhook_deliveries
-- Which endpoints have not received which of its events. The key begins with the event's account.
SELECT row_to_json(t)::text AS line
FROM webhook_deliveries AS t
WHERE t.event_account = $1
ORDER BY t.event_account, t.livemode, t.event, t.account, t.endpoint;

-- name: rows_of_new_events
-- Its events that wait for a number, in the order in which they get one; the table is nearly empty.
SELECT row_to_json(t)::text AS line
FROM new_events AS t
WHERE t.account = ANY ($1::text[])
ORDER BY t.place;

-- name: rows_of_audit_log
-- What was done to it. Who an operator is stays in the installation; the log is read from its beginning.
SELECT
    row_to_json(e)::text AS line
FROM (
    SELECT
        id, at_ms, actor_kind, actor, CASE WHEN actor_kind <> 'operator' THEN actor_name END AS actor_name,
        CASE WHEN actor_kind <> 'operator' THEN address END AS address, action, object, account, livemode, detail,
        request_id, object_type, before, after
    FROM audit_log
    WHERE account = ANY ($1::text[])
    ORDER BY id
) AS e;

-- name: put_accounts
-- The account itself.
{rows put into accounts};

-- name: put_external_accounts
-- Bank accounts that it is paid out to.
{rows put into external_accounts};

-- name: put_test_clocks
-- Its test clocks.
{rows put into test_clocks};

-- name: put_funding_sources
-- Bank accounts that pay for its top-ups.
{rows put into funding_sources};

-- name: put_default_funding_sources
-- Which of them pays, by currency.
{rows put into default_funding_sources};

-- name: put_bank_tokens
-- Its bank account tokens.
{rows put into bank_tokens};

-- name: put_topups
-- Its top-ups.
{rows put into topups};

-- name: put_journal_entries
-- Its journal entries.
{rows put into journal_entries};

-- name: put_journal_entry_lines
-- The further lines of its journal entries.
{rows put into journal_entry_lines};

-- name: put_balances
-- Its balances.
{rows put into balances};

-- name: put_balance_transactions
-- Its balance transactions.
{rows put into balance_transactions};

-- name: put_holds
-- Its holds.
{rows put into holds};

-- name: put_balance_reserves
-- What is kept back of its money.
{rows put into balance_reserves};

-- name: put_bank_confirmations
-- What its bank's statements confirmed.
{rows put into bank_confirmations};

-- name: put_topup_retries
-- Which of its top-ups retry others.
{rows put into topup_retries};

-- name: put_unsealed_entries
-- Its journal entries that wait for their seals.
{rows put into unsealed_entries};

-- name: put_entry_seals
-- Its chain.
{rows put into entry_seals};

-- name: put_chain_heads
-- Where its chain ends.
{rows put into chain_heads};

-- name: put_originators
-- Its originators.
{rows put into originators};

-- name: put_authorizations
-- What holders of its bank accounts agreed to.
{rows put into authorizations};

-- name: put_mandate_amendments
-- How its mandates were amended.
{rows put into mandate_amendments};

-- name: put_exposures
-- What its caps have counted.
{rows put into exposures};

-- name: put_rail_stops
-- Where its live money is stopped.
{rows put into rail_stops};

-- name: put_ach_files
-- Its files for the bank.
{rows put into ach_files};

-- name: put_ach_approvals
-- Who has approved them.
{rows put into ach_approvals};

-- name: put_ach_batches
-- Their batches.
{rows put into ach_batches};

-- name: put_prenotes
-- Its prenotes.
{rows put into prenotes};

-- name: put_ach_entries
-- Its entries in files, of accounts below it too.
{rows put into ach_entries};

-- name: put_bank_files
-- Files that came from its bank.
{rows put into bank_files};

-- name: put_bank_statements
-- Which statements were posted.
{rows put into bank_statements};

-- name: put_statement_lines
-- Lines of its bank's statements.
{rows put into statement_lines};

-- name: put_line_settlements
-- How people have settled what lines left open.
{rows put into line_settlements};

-- name: put_line_settlement_lines
-- Their lines.
{rows put into line_settlement_lines};

-- name: put_line_settlement_parts
-- What they are posted to.
{rows put into line_settlement_parts};

-- name: put_statement_mappings
-- How its banks write statements as CSV.
{rows put into statement_mappings};

-- name: put_funding_instructions
-- By what references its accounts are paid.
{rows put into funding_instructions};

-- name: put_known_payers
-- Who may pay its accounts.
{rows put into known_payers};

-- name: put_virtual_accounts
-- Which virtual account numbers its accounts have.
{rows put into virtual_accounts};

-- name: put_incoming_transfers
-- What became of transfers on its bank's statements.
{rows put into incoming_transfers};

-- name: put_breaks
-- Its breaks.
{rows put into breaks};

-- name: put_corrections
-- What banks have corrected of bank accounts on file.
{rows put into corrections};

-- name: put_ach_returns
-- Returns of its debits, and their dishonors.
{rows put into ach_returns};

-- name: put_ach_reversals
-- Reversals of its debits.
{rows put into ach_reversals};

-- name: put_refunds
-- Refunds of its debits.
{rows put into refunds};

-- name: put_erasures
-- What was erased of it, and of whoever pays it.
{rows put into erasures};

-- name: put_return_counts
-- How many of its debits were sent and came back, by day.
{rows put into return_counts};

-- name: put_return_guards
-- Where its return rates are near a limit.
{rows put into return_guards};

-- name: put_events
-- Its events.
{rows put into events};

-- name: put_event_numbers
-- Their numbers.
{rows put into event_numbers};

-- name: put_event_counters
-- The last number of an event.
{rows put into event_counters};

-- name: put_pruned_events
-- How many of its events were pruned.
{rows put into pruned_events};

-- name: put_webhook_endpoints
-- Its webhook endpoints.
{rows put into webhook_endpoints};

-- name: put_webhook_attempts
-- Attempts to deliver to its endpoints.
{rows put into webhook_attempts};

-- name: put_cli_devices
-- Computers on which somebody listened to its events.
{rows put into cli_devices};

-- name: put_request_logs
-- The newest requests of its API keys.
{rows put into request_logs};

-- name: put_api_keys
-- Its API keys.
{rows put into api_keys};

-- name: put_idempotency_keys
-- Its replies that are kept for retries.
{rows put into idempotency_keys};

-- name: put_webhook_deliveries
-- Which endpoints have not received which of its events.
{rows put into webhook_deliveries};

-- name: put_owner_terms
-- What its creates depend on; a trigger has made the rows with the account's.
INSERT INTO owner_terms AS o (account, livemode, version, settlement_days, is_closed)
SELECT r.account, r.livemode, r.version, r.settlement_days, r.is_closed
FROM json_populate_recordset(NULL::owner_terms, $1::text::json) AS r
ON CONFLICT ON CONSTRAINT owner_terms_pk DO UPDATE
SET version = excluded.version, settlement_days = excluded.settlement_days, is_closed = excluded.is_closed;

-- name: count_new_events
-- Count events of an account that had no number yet, and return the last number before them.
INSERT INTO event_counters AS c (account, livemode, number)
VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT event_counters_pk DO UPDATE SET number = c.number + excluded.number
RETURNING number - $3;

-- name: put_new_events
-- Number them in their order, and address them to nobody: whoever announced them does that.
INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
SELECT $1, $2, $3 + e.n, e.event, $5
FROM unnest($4::text[]) WITH ORDINALITY AS e (event, n);

-- name: list_exported_accounts
-- An account, with those below it if that is asked for, deleted ones too.
SELECT account, platform, created
FROM accounts
WHERE account = $1
UNION ALL
(
    SELECT account, platform, created
    FROM accounts
    WHERE $2::boolean AND (platform, account) >= ($1, '') AND platform = $1
    ORDER BY platform, account
);

-- name: lists_others_entries
-- Whether files of an account hold entries of others than those named.
SELECT EXISTS (
    SELECT FROM ach_entries WHERE account = $1 AND NOT owner = ANY ($2::text[])
);

-- name: columns_of
-- The columns of a table, in their order.
SELECT attname AS name
FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
ORDER BY attnum;

-- name: schema_version
-- The last migration of this version that was applied.
SELECT max(version) FROM schema_migrations;
