"""Tables that grow as under load: rows of every table, the row's number telling what is in it, and nobody's statistics.

Almost everything is one account's, which is where a wrong index costs most. Row n of every table is the same whenever
it is written, so a statement's arguments name the same rows however many there are.
"""

from typing import Final

from brim.platform.database import Database

BIG: Final = "acct_big"
"""The account that grows."""

_ID: Final = "lpad(n::text, 24, '0')"
_BOOKS: Final = (
    """
    topups (
        account, livemode, id, amount, created, currency, status, balance_transaction, failure_code, due_ms, test_clock,
        metadata
    )
    SELECT
        {account}, false, 'tu_' || {id}, n, n, 'usd', status, CASE status WHEN 'succeeded' THEN 'txn_' || {id} END,
        CASE status WHEN 'failed' THEN 'no_account' END, CASE status WHEN 'pending' THEN n END,
        CASE WHEN n % 20 = 0 THEN 'clock_1' END, jsonb_build_object('n', n::text)
    FROM (
        SELECT n, CASE WHEN n % 10 = 0 THEN 'pending' WHEN n % 100 = 1 THEN 'failed' ELSE 'succeeded' END AS status
        FROM n
    ) AS n
    """,
    """
    journal_entries (
        account, livemode, id, source, step, debit_account, credit_account, amount, currency, created, line_count
    )
    SELECT
        {account}, false, 'tr_' || {id}, 'tu_' || {id}, 'topup', 'funding:clearing', 'balance:available', n, 'usd', n,
        CASE WHEN n % 10 = 0 THEN 2 ELSE 1 END
    FROM n
    """,
    """
    balance_transactions (account, livemode, id, amount, fee, net, available_on, created, currency, source, type)
    SELECT {account}, false, 'txn_' || {id}, n, 0, n, n, n, 'usd', 'tu_' || {id}, 'topup' FROM n
    """,
    # Odd ones are sealed, even ones wait for it; so it is with events and their numbers.
    """
    entry_seals (account, livemode, position, entry, hash)
    SELECT {account}, false, (n + 1) / 2, 'tr_' || {id}, sha256('') FROM n WHERE n % 2 = 1
    """,
    """
    chain_heads (account, livemode, position, hash)
    SELECT {account}, false, (n + 1) / 2, sha256('') FROM n WHERE n % 2 = 1 ORDER BY n DESC LIMIT 1
    ON CONFLICT ON CONSTRAINT chain_heads_pk DO UPDATE SET position = excluded.position
    """,
    """
    unsealed_entries (account, livemode, entry)
    SELECT {account}, false, 'tr_' || {id} FROM n WHERE n % 2 = 0
    """,
    """
    events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT
        {account}, false, 'evt_' || {id}, n, CASE n % 4 WHEN 1 THEN 'topup.succeeded' ELSE 'topup.created' END,
        'tu_' || {id}, 'v', '{{}}' FROM n
    """,
    """
    new_events (account, livemode, event)
    SELECT {account}, false, 'evt_' || {id} FROM n WHERE n % 2 = 0
    """,
    """
    event_numbers (account, livemode, number, event, numbered_ms)
    SELECT {account}, false, (n + 1) / 2, 'evt_' || {id}, n FROM n WHERE n % 2 = 1
    """,
    """
    event_counters (account, livemode, number)
    SELECT {account}, false, (n + 1) / 2 FROM n WHERE n % 2 = 1 ORDER BY n DESC LIMIT 1
    ON CONFLICT ON CONSTRAINT event_counters_pk DO UPDATE SET number = excluded.number
    """,
    """
    journal_entry_lines (account, livemode, entry, line, debit_account, credit_account, amount, currency)
    SELECT {account}, false, 'tr_' || {id}, 2, 'funding:clearing', 'balance:available', n, 'usd'
    FROM n WHERE n % 10 = 0
    """,
    """
    holds (account, livemode, id, source_type, source, amount, currency, status, created_ms)
    SELECT {account}, false, 'hold_' || {id}, 'payout', 'po_' || {id}, n, 'usd', 'reserved', n FROM n WHERE n % 10 = 0
    """,
    """
    bank_confirmations (account, livemode, topup, step, bank_account, amount, currency, reference, created_ms)
    SELECT {account}, false, 'tu_' || {id}, 'bank_credit', 'ba_1', n, 'usd', '', n FROM n WHERE n % 10 = 0
    """,
    # The newest of a hundred runs waits.
    """
    report_runs (
        account, livemode, id, report_type, parameters, status, created_ms, due_ms, ended_ms, made, manifest, signature
    )
    SELECT
        {account}, false, 'frr_' || {id}, 'balance.summary.1', '{{}}',
        CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'succeeded' END, n, CASE WHEN n % 100 = 0 THEN n END,
        CASE WHEN n % 100 > 0 THEN n END, CASE WHEN n % 100 > 0 THEN '{{}}'::jsonb END,
        CASE WHEN n % 100 > 0 THEN '' END, CASE WHEN n % 100 > 0 THEN ''::bytea END
    FROM n
    """,
    """
    report_parts (account, livemode, run, file, number, content)
    SELECT {account}, false, 'frr_' || {id}, 'csv', 1, '' FROM n
    """,
    """
    topup_retries (account, livemode, topup, retry_of, number, kind, root, retry, original_date, created_ms)
    SELECT
        {account}, false, 'tu_' || {id}, 'tu_' || lpad((n - 1)::text, 24, '0'), 1, 'reinitiated',
        'tu_' || lpad((n - 1)::text, 24, '0'), 1, date '2026-01-01', n
    FROM n
    """,
    """
    idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
    SELECT {account}, false, 'key_' || {id}, '', 'req', 'evt_' || {id}, n FROM n
    """,
    """
    funding_sources (
        account, livemode, id, kind, created, verification, attempts_left, sealed, routing_number, last4, fingerprint,
        country, allow_redisplay, party, customer
    )
    SELECT
        {account}, false, 'pm_' || {id}, 'payment_method', n, 'verified', 3, '', '', '1234', '', 'US', 'always', '{{}}',
        'cus_' || n % 2
    FROM n
    """,
    """
    bank_tokens (account, livemode, id, created, sealed, routing_number, last4, fingerprint, country)
    SELECT {account}, false, 'btok_' || {id}, n, '', '', '1234', '', 'US' FROM n
    """,
    # A hundred of each endpoint's wait; one of each fifty has failed for good.
    """
    webhook_deliveries (
        account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms, cause
    )
    SELECT
        {account}, false, 'we_big', {account}, 'evt_' || {id}, (n + 1) / 2, 1,
        CASE WHEN n % 50 <> 1 THEN n END, n,
        CASE n % 20 WHEN 3 THEN 'resend' WHEN 7 THEN 'recovery' ELSE 'schedule' END
    FROM n WHERE n % 2 = 1
    """,
    """
    webhook_attempts (
        account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, request_headers,
        cause
    )
    SELECT
        {account}, false, 'wa_' || {id}, 'we_big', {account}, 'evt_' || {id}, n, 1, 'timeout', '{{}}', 'schedule' FROM n
    """,
    """
    request_logs (account, livemode, id, request_id, created, method, path, status, duration_ms, api_version)
    SELECT {account}, false, 'resp_' || {id}, 'req_' || {id}, n, 'GET', '/', 200, 1, 'v' FROM n
    """,
    """
    request_counts (livemode, status_class, hour, account, number)
    SELECT false, 2 + n % 4, n / 10 * 3600, 'acct_' || n, n FROM n
    """,
    # Ten entries in each batch, ten batches of each number. What waits is what came first, and does not grow.
    """
    ach_entries (
        account, livemode, topup, number, owner, originator, test_clock, status, amount, hold_days, transaction_code,
        sec_code, routing_number, last4, sealed, receiver_name, claimed_ms, file, batch, trace
    )
    SELECT
        {account}, false, 'tu_' || {id}, 1, 'acct_' || n % 10, 'orig_1', CASE WHEN n % 2 = 0 THEN 'clock_1' END,
        CASE WHEN n <= 100 THEN 'queued' ELSE 'in_file' END, n, 1, 27, 'WEB', '', '1234', '', '', n,
        CASE WHEN n > 100 THEN 'file_' || lpad((n / 10)::text, 24, '0') END, CASE WHEN n > 100 THEN n / 100 END,
        CASE WHEN n > 100 THEN lpad(n::text, 15, '0') END
    FROM n
    """,
    """
    ach_files (
        account, livemode, id, originator, status, name, file_date, file_time, modifier, effective_date, entry_count,
        total_debit, total_credit, byte_count, sha256, sealed, built_ms, sent_ms, approvals_needed
    )
    SELECT
        {account}, false, 'file_' || {id}, 'orig_1',
        CASE WHEN n <= 20 THEN 'approved' WHEN n <= 40 THEN 'acknowledged' ELSE 'settled' END, n::text,
        date '2026-01-01' + n / 20, '0930', chr(65 + n % 20), date '2026-01-01', 1,
        CASE WHEN n % 2 = 0 THEN n ELSE 0 END, 0, 1, sha256(''), '', n, CASE WHEN n > 20 THEN n END, 0
    FROM n
    """,
    """
    ach_approvals (account, livemode, file, number, approved_by, approved_ms, sha256, prepared_by, one_person)
    SELECT {account}, false, 'file_' || {id}, 1, 'op_1', n, sha256(''), '{{op_2}}', false FROM n
    """,
    """
    ach_batches (
        account, livemode, file, number, sec_code, effective_date, entry_count, total_debit, total_credit, status
    )
    SELECT {account}, false, 'file_' || {id}, n / 10, 'WEB', date '2026-01-01', 1, n, 0, 'open' FROM n
    """,
    """
    bank_files (
        account, livemode, sha256, id, originator, kind, name, status, byte_count, sealed, findings, received_ms,
        imported_by, approved_by, approved_ms, approved_sha256, applying_to, applying, line_count, lines_applied
    )
    SELECT
        {account}, false, sha256(n::text::bytea), 'bf_' || {id}, 'orig_1', 'statement', '',
        CASE WHEN n <= 20 THEN 'received' ELSE 'applied' END, 1, '', '[]', n, 'op_1', 'op_2', n,
        sha256(n::text::bytea), CASE WHEN n <= 10 THEN 'bank_' || n END, CASE WHEN n <= 10 THEN '{{}}'::jsonb END,
        CASE WHEN n <= 10 THEN 2 END, CASE WHEN n <= 10 THEN 1 END
    FROM n
    """,
    """
    bank_statements (
        account, livemode, id, bank_account, currency, bank_file, number, first_day, last_day, opening, closing,
        line_count, content, place, created_ms
    )
    SELECT
        {account}, false, 'stmt_' || {id}, '1234', 'usd', 'bf_1', n::text, date '2026-01-01' - n::integer / 3,
        date '2026-01-01' - n::integer / 3, n, n, 1, sha256(n::text::bytea), 'continues', n
    FROM n
    """,
    """
    statement_lines (
        account, livemode, bank_account, line_key, bank_file, position, booked_on, amount, currency, type_code,
        description, created_ms, id, statement
    )
    SELECT
        {account}, false, '1234', {id}, 'bf_1', n, date '2026-01-01' - n::integer / 3, n, 'usd', '165', '', n,
        'bsl_' || {id}, 'stmt_' || lpad((n / 3)::text, 24, '0')
    FROM n
    """,
    """
    breaks (account, livemode, id, kind, cause, detail, reference, opened_ms, resolved_ms, statement, line)
    SELECT
        {account}, false, 'brk_' || {id}, 'unmatched', {id}, '', 'ref_' || {id}, n, CASE WHEN n > 20 THEN n END,
        'stmt_' || lpad((n / 3)::text, 24, '0'), 'bsl_' || {id}
    FROM n
    """,
    # A few wait for a second person.
    """
    line_settlements (
        account, livemode, id, bank_account, currency, amount, status, note, proposed_by, proposed_ms, decided_by,
        decided_ms
    )
    SELECT
        {account}, false, 'lset_' || {id}, '1234', 'usd', n, CASE WHEN n > 20 THEN 'posted' ELSE 'proposed' END, '',
        'op_1', n, CASE WHEN n > 20 THEN 'op_2' END, CASE WHEN n > 20 THEN n END
    FROM n
    """,
    """
    line_settlement_lines (account, livemode, settlement, line, amount, is_live)
    SELECT {account}, false, 'lset_' || {id}, 'bsl_' || {id}, n, true FROM n
    """,
    """
    line_settlement_parts (account, livemode, settlement, number, kind, target, amount)
    SELECT {account}, false, 'lset_' || {id}, 1, 'ach_batch', {id}, n FROM n
    """,
    # Of each bank account's authorizations, ten, the newest is in force.
    """
    authorizations (
        account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms
    )
    SELECT
        {account}, false, 'auth_' || {id}, 'pm_' || lpad((n / 10)::text, 24, '0'), 'WEB', '', n, '{{}}', n,
        CASE WHEN n % 10 < 9 THEN n END
    FROM n
    """,
    # Of each mandate, one: it is amended once or twice in its life. Banks have not been told of a tenth of them.
    """
    mandate_amendments (account, livemode, authorization_id, number, created_ms, former_reference, presented_on)
    SELECT
        {account}, false, 'auth_' || {id}, 1, n, 'M-' || n, CASE WHEN n % 10 < 9 THEN date '2026-01-01' END
    FROM n
    """,
    """
    prenotes (
        account, livemode, id, funding_source, status, created_ms, due_ms, test_clock, expected_ms, ended_ms
    )
    SELECT
        {account}, false, 'pren_' || {id}, 'pm_' || {id}, CASE WHEN n <= 100 THEN 'pending' ELSE 'verified' END, n,
        CASE WHEN n <= 100 THEN n END, CASE WHEN n <= 100 AND n % 2 = 0 THEN 'clock_1' END, n,
        CASE WHEN n > 100 THEN n END
    FROM n
    """,
    """
    prenotes (
        account, livemode, id, funding_source, status, created_ms, expected_ms, ended_ms, sealed, fingerprint, has_debit
    )
    SELECT
        {account}, false, 'mdep_' || {id}, 'pm_' || {id}, 'verified', n, n, n, 'x'::bytea, 'print_' || n % 1000,
        n % 2 = 0
    FROM n
    """,
    # The first hundred are open, and refused.
    """
    corrections (
        account, livemode, id, owner, funding_source, originator, topup, number, change_code, original_trace, trace,
        status, corrected, routing_number, last4, fingerprint, new_fingerprint, sealed, refusal_code, received_ms,
        ended_ms
    )
    SELECT
        {account}, false, 'corr_' || {id}, {account}, 'pm_' || lpad((n / 10)::text, 24, '0'), 'orig_1', 'tu_' || {id},
        1, 'C01', n::text, n::text, CASE WHEN n > 100 THEN 'applied' WHEN n % 2 = 0 THEN 'open' ELSE 'refused' END,
        '{{}}', '110000000', '6789', 'x', CASE WHEN n > 100 THEN 'y' END, '\\x00',
        CASE WHEN n <= 100 AND n % 2 = 1 THEN 'C65' END, n, CASE WHEN n > 100 OR n % 2 = 1 THEN n END
    FROM n
    """,
    # The first hundred are dishonored: half of them in a file, a quarter booked.
    """
    ach_returns (
        account, livemode, id, owner, originator, topup, number, bank_file, code, original_trace, original_rdfi, trace,
        amount, sec_code, settled_on, debited_on, is_applied, status, dishonorable_until_ms, sealed, received_ms,
        dishonor_code, leaves_ms, file, batch, dishonor_trace, booked_by, final_ms
    )
    SELECT
        {account}, false, 'retn_' || {id}, {account}, 'orig_1', 'tu_' || {id}, 1, 'bankf_1', 'R01', n::text, '11000000',
        n::text, 100, 'WEB', date '2026-01-01', date '2026-01-01', true,
        CASE WHEN n > 100 THEN 'returned' WHEN n % 4 = 0 THEN 'money_back' ELSE 'dishonored' END, n,
        CASE WHEN n <= 200 THEN '\\x00'::bytea END, n, CASE WHEN n <= 100 THEN 'R68' END, CASE WHEN n <= 100 THEN n END,
        CASE WHEN n <= 100 AND n % 2 = 0 THEN 'file_' || {id} END, CASE WHEN n <= 100 AND n % 2 = 0 THEN 1 END,
        CASE WHEN n <= 100 AND n % 2 = 0 THEN n::text END, CASE WHEN n <= 100 AND n % 4 = 0 THEN 'x' END,
        CASE WHEN n <= 100 AND n % 4 = 0 THEN n END
    FROM n
    """,
    # The first hundred are on their way: half of them in a file.
    """
    ach_reversals (
        account, livemode, id, owner, originator, topup, number, reason, amount, original_trace, debited_on, sec_code,
        status, requested_by, requested_ms, sendable_until_ms, leaves_ms, file, batch, trace, settled_by
    )
    SELECT
        {account}, false, 'achr_' || {id}, {account}, 'orig_1', 'tu_' || {id}, 1, 'duplicate', 100, n::text,
        date '2026-01-01', 'WEB', CASE WHEN n > 100 THEN 'settled' ELSE 'requested' END, 'op_1', n, n, n,
        CASE WHEN n > 100 OR n % 2 = 0 THEN 'file_' || {id} END, CASE WHEN n > 100 OR n % 2 = 0 THEN 1 END,
        CASE WHEN n > 100 OR n % 2 = 0 THEN n::text END, CASE WHEN n > 100 THEN 'x' END
    FROM n
    """,
    # The first hundred are on their way: half of them in a file.
    """
    refunds (
        account, livemode, id, owner, originator, topup, number, amount, debited_on, sec_code, status, requested_by,
        requested_ms, leaves_ms, balance_transaction, file, batch, trace, settled_by
    )
    SELECT
        {account}, false, 'rfnd_' || {id}, {account}, 'orig_1', 'tu_' || {id}, 1, 1, date '2026-01-01', 'PPD',
        CASE WHEN n > 100 THEN 'succeeded' ELSE 'pending' END, 'op_1', n, n, 'txn_' || {id},
        CASE WHEN n > 100 OR n % 2 = 0 THEN 'file_' || {id} END, CASE WHEN n > 100 OR n % 2 = 0 THEN 1 END,
        CASE WHEN n > 100 OR n % 2 = 0 THEN n::text END, CASE WHEN n > 100 THEN 'x' END
    FROM n
    """,
    # The first two hundred transfers are in suspense.
    """
    funding_instructions (
        account, livemode, id, owner, originator, bank_account, currency, reference, amount, created_ms
    )
    SELECT
        {account}, false, 'fi_' || {id}, 'acct_' || n / 100, 'orig_1', 'operating', 'usd', 'RF' || n, n, n
    FROM n
    """,
    """
    known_payers (
        account, livemode, id, owner, name, transfer, proposed_by, approved_by, one_person, created_ms
    )
    SELECT
        {account}, false, 'kpay_' || {id}, 'acct_' || n / 10, 'Payer ' || n, 'itr_' || {id}, 'op_1', 'op_2', false, n
    FROM n
    """,
    # One number in ten was released.
    """
    virtual_accounts (
        account, livemode, bank_account, body, number, owner, instructions, given_ms, released_ms, released_in
    )
    SELECT
        {account}, false, 'operating', lpad((4400000000 + n)::text, 10, '0'), lpad((4400000000 + n)::text, 10, '0'),
        'acct_' || {id}, 'fi_' || {id}, n, CASE WHEN n % 10 = 0 THEN n END,
        CASE WHEN n % 10 = 0 THEN database_lineage() END
    FROM n
    """,
    """
    incoming_transfers (
        account, livemode, id, bank_account, line_key, part, booked_on, amount, currency, status, reason, instructions,
        reference, return_reference, owner, topup, created_ms
    )
    SELECT
        {account}, false, 'itr_' || {id}, 'operating', {id}, 1, date '2026-01-01', n, 'usd',
        CASE WHEN n > 200 THEN 'credited' ELSE 'suspended' END, CASE WHEN n <= 200 THEN 'short' END,
        'fi_' || lpad((n / 10)::text, 24, '0'), 'RF' || n / 10, 'RR' || n, CASE WHEN n > 200 THEN {account} END,
        CASE WHEN n > 200 THEN 'tu_' || {id} END, n
    FROM n
    """,
    """
    return_counts (
        account, livemode, originator, owner, day, debits, unauthorized, administrative, returned
    )
    SELECT
        {account}, false, 'orig_1', 'acct_' || n / 100, date '2026-01-01' + n % 100, 100, 0, 0, n % 2
    FROM n
    """,
    """
    return_guards (account, livemode, originator, owner, kind, level, debits, returns, since_ms)
    SELECT {account}, false, 'orig_1', 'acct_' || {id}, 'overall', 'reached', 100, 50, n FROM n
    """,
    """
    return_overrides (
        account, livemode, originator, owner, status, reason, until_ms, asked_by, asked_ms
    )
    SELECT {account}, false, 'orig_1', 'acct_' || {id}, 'asked', '', n, 'op_1', n FROM n
    """,
    """
    exposures (account, livemode, kind, key, amount)
    SELECT {account}, false, CASE n % 2 WHEN 0 THEN 'source' ELSE 'day' END, 'pm_' || {id}, n FROM n
    """,
)
"""What one account has any number of."""

_AROUND: Final = (
    """
    accounts (account, platform, created)
    SELECT 'acct_' || n, CASE WHEN n % 2 = 0 THEN {account} ELSE 'acct_p' || n / 20 END, n FROM n
    """,
    """
    api_keys (hash, account, livemode, id, kind, redacted, created, expires_ms)
    SELECT
        sha256(n::text::bytea), 'acct_' || n, false, 'mk_' || n, 'secret', '', n,
        CASE WHEN n > 20 AND n % 2 = 0 THEN n END
    FROM n
    """,
    """
    chain_heads (account, livemode, position, hash)
    SELECT 'acct_' || n, false, 0, sha256('') FROM n
    """,
    """
    balances (account, livemode, currency, available)
    SELECT 'acct_' || n, false, 'usd', n FROM n
    UNION ALL
    (SELECT {account}, false, 'usd', 0 FROM n LIMIT 1)
    ON CONFLICT ON CONSTRAINT balances_pk DO NOTHING
    """,
    # Those that lack something, and balances below zero, are the first, and do not grow.
    """
    balance_reserves (account, livemode, currency, target, held, hold, set_by, set_ms)
    SELECT
        'acct_' || n, false, 'usd', 10, CASE WHEN n <= 20 THEN 0 ELSE 10 END, CASE WHEN n > 20 THEN 'rsv_' || {id} END,
        'op_1', n
    FROM n
    """,
    """
    negative_balances (account, livemode, currency, since_ms)
    SELECT 'acct_' || n, false, 'eur', n FROM n WHERE n <= 20
    """,
    """
    event_counters (account, livemode, number)
    SELECT 'acct_' || n, false, 1 FROM n
    """,
    """
    pruned_events (account, livemode, type, events, checksum)
    SELECT 'acct_' || n, false, 'topup.created', 1, 1 FROM n
    """,
    # Half of the holds are in force, over accounts that have nothing else.
    """
    legal_holds (id, kind, account, platform, reason, placed_ms, placed_by, lifted_ms, lifted_by)
    SELECT
        'lh_' || {id}, CASE n % 4 WHEN 0 THEN 'platform' ELSE 'account' END, 'acct_held' || n, 'acct_top' || n, '', n,
        '', CASE WHEN n % 2 = 1 THEN n END, CASE WHEN n % 2 = 1 THEN '' END
    FROM n
    """,
    """
    owner_terms (account, livemode, version)
    SELECT 'acct_' || n, false, 1 FROM n
    ON CONFLICT ON CONSTRAINT owner_terms_pk DO UPDATE SET version = excluded.version
    """,
    """
    test_clocks (account, livemode, id, created, deletes_after, frozen_time, since_ms, status, target_frozen_time)
    SELECT
        'acct_' || n, false, 'clock_' || n, n, n, n, n, CASE n % 2 WHEN 0 THEN 'ready' ELSE 'advancing' END,
        CASE n % 2 WHEN 1 THEN n END FROM n
    """,
    """
    external_accounts (
        account, livemode, id, created, routing_number, last4, fingerprint, country, currency, is_default, metadata
    )
    SELECT 'acct_' || n, false, 'ba_' || {id}, n, '', '1234', '', 'US', 'usd', true, '{{}}' FROM n
    """,
    """
    originators (
        account, livemode, id, status, version, profile, sealed, last4, next_trace, next_batch, created_ms, changed_by,
        activated_ms
    )
    SELECT 'acct_' || n, false, 'orig_1', 'active', 1, '{{}}'::jsonb, ''::bytea, '1234', 1, 1, n, 'x', n FROM n
    UNION ALL
    (SELECT {account}, false, 'orig_1', 'active', 1, '{{}}'::jsonb, ''::bytea, '1234', 1, 1, 0, 'x', 0 FROM n LIMIT 1)
    ON CONFLICT DO NOTHING
    """,
    """
    statement_mappings (
        account, livemode, id, bank_account, version, mapping, created_ms, updated_ms, changed_by
    )
    SELECT {account}, false, 'stmap_' || {id}, 'ba_' || n, 1, '{{}}', n, n, 'op_1' FROM n
    """,
    """
    bank_readings (account, livemode, originator, folder, began_ms)
    SELECT 'acct_' || n, false, 'orig_1', '/in', n FROM n
    UNION ALL
    (SELECT {account}, false, 'orig_1', '/in', 0 FROM n LIMIT 1)
    ON CONFLICT DO NOTHING
    """,
    """
    rail_stops (account, livemode, rail, stopped_account, reason, stopped_by, stopped_ms)
    SELECT 'acct_' || n, false, 'ach', '', 'x', 'x', n FROM n
    """,
    """
    default_funding_sources (account, livemode, currency, funding_source)
    SELECT 'acct_' || n, false, 'usd', 'pm_' || {id} FROM n
    """,
    """
    webhook_endpoints (account, livemode, id, url, enabled_events, rendered_version, connect, secret, created)
    SELECT 'acct_' || n, false, 'we_' || n, 'http://x', '["*"]'::jsonb, 'v', false, ''::bytea, n FROM n
    UNION ALL
    (SELECT {account}, false, 'we_big', 'http://x', '["*"]', 'v', false, '', 0 FROM n LIMIT 1)
    ON CONFLICT ON CONSTRAINT webhook_endpoints_pk DO NOTHING
    """,
    """
    cli_devices (account, livemode, device, endpoint, secret, created)
    SELECT 'acct_' || n, false, 'box', 'we_' || n, '', 1 FROM n
    """,
    """
    cli_sessions (
        account, livemode, hash, device, features, filters, acked_place, created_ms, seen_ms, key_hash
    )
    SELECT
        'acct_' || n, false, sha256(n::text::bytea), 'box', 'webhooks', '{{}}', 1, n, n, sha256(n::text::bytea) FROM n
    """,
    """
    cli_resends (account, livemode, hash, id, event, event_account)
    SELECT 'acct_' || n, false, sha256(n::text::bytea), 'clr_' || {id}, 'evt_' || {id}, {account} FROM n
    """,
    """
    cli_session_places (account, livemode, hash, event_account, acked_place)
    SELECT 'acct_' || n, false, sha256(n::text::bytea), {account}, 1 FROM n
    """,
    """
    cli_pairings (
        id, poll_hash, token_hash, code_hash, device, client_version, state, created_ms, expires_ms
    )
    SELECT
        'cliauth_' || n, '', sha256(n::text::bytea), sha256(n::text::bytea), 'd', 'v', 'pending', n, n + 1000000 FROM n
    """,
    """
    operators (id, email, name, role, created, totp_secret)
    SELECT 'op_' || {id}, n || '@x', '', CASE n WHEN 1 THEN 'admin' ELSE 'viewer' END, n, '' FROM n
    """,
    "operator_recovery_codes (operator, hash) SELECT 'op_' || {id}, sha256(n::text::bytea) FROM n",
    """
    operator_identities (operator, issuer, subject, bound_ms)
    SELECT 'op_' || {id}, 'https://x', 'sub_' || n, 1 FROM n
    """,
    """
    notification_channels (id, kind, name, sealed, host, created_ms)
    SELECT 'nch_' || {id}, 'chat', '', '', '', n FROM n
    """,
    "notification_recipients (id) SELECT 'op_' || {id} FROM n",
    # Most of what needed attention is over.
    """
    notification_matters (id, key, matter, began_ms, seen_ms, resolved_ms)
    SELECT 'nmt_' || {id}, 'key_' || n, '{{}}', n, n, CASE WHEN n % 100 > 0 THEN n END FROM n
    """,
    "notification_told (matter, recipient, told_ms, count) SELECT 'nmt_' || {id}, 'op_' || {id}, n, 1 FROM n",
    """
    notification_messages (id, channel, recipient, kind, content, created_ms, next_attempt_ms)
    SELECT
        'ntf_' || {id}, 'email', 'op_' || {id}, 'now', '{{"kind": "now", "at_ms": 1}}', n,
        CASE WHEN n % 100 = 0 THEN n END
    FROM n
    """,
    """
    operator_sessions (hash, operator, awaits_code, created_ms, seen_ms, ends_ms)
    SELECT sha256(n::text::bytea), 'op_' || {id}, false, n, n, n FROM n
    """,
    """
    operator_keys (account, livemode, operator, hash, secret)
    SELECT 'acct_' || n, false, 'op_' || {id}, sha256(n::text::bytea), '' FROM n
    """,
    """
    operator_password_links (operator, hash, expires_ms)
    SELECT 'op_' || {id}, sha256(n::text::bytea), n FROM n
    """,
    "sign_in_tries (subject, tries, next_ms, seen_ms) SELECT 'who_' || n, 1, n, n FROM n",
    "audit_log (id, at_ms, actor_kind, action) SELECT 'aud_' || {id}, n, 'nobody', 'x' FROM n",
    "verification_runs (id, turn_ms, began_ms, ended_ms, differences) SELECT 'run_' || {id}, n, n, n, '[]' FROM n",
)
"""What there is one of for each account, person or program; a fifth as many."""

_LEFT_ALONE: Final = """
    DO $$
    DECLARE name regclass;
    BEGIN
        FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name);
        END LOOP;
    END
    $$
"""


async def leave_alone(owner_database: Database) -> None:
    """Keep autovacuum from taking statistics of any table."""
    async with owner_database.connection() as conn:
        await conn.execute(_LEFT_ALONE)


async def grow(owner_database: Database, first: int, last: int, *, account: str = f"'{BIG}'") -> None:
    """Write the rows of every table after number `first` up to `last`; `account` is SQL for whose they are."""
    async with owner_database.transaction() as conn:
        await conn.execute("SET LOCAL session_replication_role = replica")  # foreign keys are right, and cost most
        for tables, share in ((_BOOKS, 1), (_AROUND, 5)):
            numbers = f"WITH n AS (SELECT n FROM generate_series({first // share + 1}, {last // share}) AS n)"
            for table in tables:
                await conn.execute(f"{numbers} INSERT INTO {table.format(id=_ID, account=account)}")
