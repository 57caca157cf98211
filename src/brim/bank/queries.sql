-- name: has_bank
-- Whether the tables are there.
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'bank'

-- name: insert_bank
INSERT INTO bank (id, settings, now, next_statement) VALUES (1, ?, ?, ?)

-- name: read_bank
SELECT settings, now, next_statement FROM bank

-- name: set_now
UPDATE bank SET now = max(now, ?)

-- name: set_next_statement
UPDATE bank SET next_statement = ?

-- name: next_trace
UPDATE bank SET last_trace = last_trace + 1 RETURNING last_trace

-- name: has_delivery
SELECT count(*) FROM deliveries WHERE identity = ?

-- name: insert_delivery
INSERT INTO deliveries (name, identity, sha256, received_at, read_at, content) VALUES (?, ?, ?, ?, ?, ?)

-- name: take_delivery
-- The content is not needed again.
UPDATE deliveries SET content = NULL WHERE id = ? RETURNING name, sha256, received_at

-- name: delivery_content
SELECT content FROM deliveries WHERE id = ?

-- name: next_step
-- What is due first, and in which order things happen that are due at the same moment.
SELECT due_at, kind, id FROM (
  SELECT read_at AS due_at, 0 AS kind, id FROM deliveries WHERE content IS NOT NULL
  UNION ALL SELECT due_at, 1, id FROM acknowledgements WHERE done = 0
  UNION ALL SELECT settle_at, 2, id FROM batches WHERE status = 'accepted'
  UNION ALL SELECT min(due_at), 3, 0 FROM outcomes WHERE trace IS NULL
  UNION ALL SELECT next_statement, 4, 0 FROM bank
  UNION ALL SELECT min(contest_at), 5, 0 FROM dishonors WHERE contest_trace IS NULL AND contest_at IS NOT NULL
) AS steps WHERE due_at IS NOT NULL ORDER BY due_at, kind, id LIMIT 1

-- name: file
SELECT * FROM files WHERE id = ?

-- name: known_file
SELECT id FROM files WHERE name = ? AND sha256 = ?

-- name: accepted_identity
SELECT name FROM files WHERE identity = ? AND status = 'accepted'

-- name: insert_file
INSERT INTO files (name, sha256, identity, received_at, status, entries, debit, credit, reason_code, reason, reference,
  origin_field, origin_name, acknowledgement)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert_acknowledgement
INSERT INTO acknowledgements (file, due_at) VALUES (?, ?)

-- name: take_acknowledgement
UPDATE acknowledgements SET done = 1 WHERE id = ? RETURNING file

-- name: acknowledgement_content
SELECT acknowledgement FROM files WHERE id = ?

-- name: insert_batch
INSERT INTO batches (file, number, company_name, company_id, sec, description, effective, entries, debit, credit, status,
  settle_on, settle_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert_entry
INSERT INTO entries (batch, trace, code, routing, account, amount, individual_id, name, discretionary, operator_return)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: batch
SELECT b.*, f.reference FROM batches AS b JOIN files AS f ON f.id = b.file WHERE b.id = ?

-- name: settle_batch
UPDATE batches SET status = 'settled' WHERE id = ?

-- name: batch_entries
SELECT * FROM entries WHERE batch = ? ORDER BY id

-- name: account_of_mandate
-- The account that a creditor's mandate was collected from last.
SELECT e.account FROM entries AS e JOIN batches AS b ON b.id = e.batch
WHERE b.company_id = ? AND e.individual_id = ? ORDER BY e.id DESC LIMIT 1

-- name: used_mandate
-- Whether the one collection of a creditor's mandate was taken.
SELECT count(*) FROM entries AS e JOIN batches AS b ON b.id = e.batch
WHERE b.company_id = ? AND e.individual_id = ? AND e.discretionary = 'OOFF'

-- name: presentments
-- How often a company has presented a debit, by its individual id and amount, in order, and each one's return
-- code; NULL for one that was not returned, or not yet. Dishonored returns, reversals and refunds may be of the same id and
-- amount, and are no debits.
SELECT b.settle_on, b.description, b.company_name, o.code AS returned
FROM entries AS e JOIN batches AS b ON b.id = e.batch
LEFT JOIN outcomes AS o ON o.entry = e.id AND o.action = 'return' AND o.trace IS NOT NULL
WHERE b.company_id = ? AND e.individual_id = ? AND e.amount = ? AND b.status <> 'rejected'
  AND NOT EXISTS (SELECT 1 FROM dishonors AS d WHERE d.entry = e.id) AND substr(e.code, 2, 1) = '7'
ORDER BY e.id

-- name: same_entries
-- A company's entries of the same account, individual id and amount, in order.
SELECT e.code, b.settle_on, b.description, b.sec
FROM entries AS e JOIN batches AS b ON b.id = e.batch
WHERE e.routing = ? AND e.account = ? AND e.individual_id = ? AND e.amount = ? AND b.company_id = ?
  AND b.status <> 'rejected'
ORDER BY e.id

-- name: returned_before
-- How often a debit was returned before an entry, by its account, individual id and amount.
SELECT count(*) FROM entries AS e JOIN outcomes AS o ON o.entry = e.id AND o.action = 'return' AND o.trace IS NOT NULL
WHERE e.account = ? AND e.individual_id = ? AND e.amount = ? AND e.id < ?

-- name: settled_entries
-- Debits and credits a new rule may still concern: by trace, by account or by amount, whichever is given.
SELECT e.*, b.settle_on FROM entries AS e JOIN batches AS b ON b.id = e.batch
WHERE b.status = 'settled' AND NOT EXISTS (SELECT 1 FROM dishonors AS d WHERE d.entry = e.id)
  AND (e.trace = :trace OR :trace IS NULL) AND (e.account = :account OR :account IS NULL)
  AND (e.amount = :amount OR :amount IS NULL)
ORDER BY e.id

-- name: insert_outcome
-- The first outcome of a kind counts.
INSERT OR IGNORE INTO outcomes (entry, action, code, text, due_at) VALUES (?, ?, ?, ?, ?)

-- name: due_outcomes
SELECT o.id AS outcome, o.action, o.code AS reason, o.text, e.*, b.company_name, b.company_id, b.sec, b.description,
  f.origin_field, f.origin_name
FROM outcomes AS o JOIN entries AS e ON e.id = o.entry JOIN batches AS b ON b.id = e.batch JOIN files AS f ON f.id = b.file
WHERE o.trace IS NULL AND o.due_at <= ?
ORDER BY o.id

-- name: set_outcome_trace
UPDATE outcomes SET trace = ? WHERE id = ?

-- name: insert_fault
INSERT OR REPLACE INTO faults (entry, fault) VALUES (?, ?)

-- name: fault
SELECT fault FROM faults WHERE entry = ?

-- name: insert_returned
INSERT INTO returned (trace, entry, code, original_trace, account, amount, sent_on) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: returned
-- A return that was sent, with the entry that came back.
SELECT r.*, e.trace AS entry_trace, e.account AS entry_account, e.amount AS entry_amount,
  (SELECT count(*) FROM dishonors AS d WHERE d.returned = r.trace) AS dishonored
FROM returned AS r JOIN entries AS e ON e.id = r.entry
WHERE r.trace = ?

-- name: insert_dishonor
INSERT INTO dishonors (entry, code, returned) VALUES (?, ?, ?)

-- name: dishonors_of_batch
-- The dishonored returns in a batch, with the return of each.
SELECT d.id, d.code, e.trace, e.amount, r.trace AS return_trace, r.original_trace, o.trace AS entry_trace,
  o.account AS entry_account, o.amount AS entry_amount
FROM entries AS e JOIN dishonors AS d ON d.entry = e.id JOIN returned AS r ON r.trace = d.returned
JOIN entries AS o ON o.id = r.entry
WHERE e.batch = ? ORDER BY e.id

-- name: plan_contest
UPDATE dishonors SET contest_code = ?, contest_at = ? WHERE id = ?

-- name: due_contests
SELECT d.id AS dishonor, d.code AS dishonor_code, d.contest_code, e.*, r.trace AS return_trace, r.code AS return_code,
  r.original_trace, r.sent_on, o.routing AS rdfi, s.settle_on AS dishonored_on, b.settle_on AS original_settled_on,
  b.company_name, b.company_id, b.sec, b.description, f.origin_field, f.origin_name
FROM dishonors AS d JOIN entries AS e ON e.id = d.entry JOIN batches AS s ON s.id = e.batch
JOIN returned AS r ON r.trace = d.returned JOIN entries AS o ON o.id = r.entry JOIN batches AS b ON b.id = o.batch
JOIN files AS f ON f.id = s.file
WHERE d.contest_trace IS NULL AND d.contest_at <= ?
ORDER BY d.id

-- name: set_contest_trace
UPDATE dishonors SET contest_trace = ? WHERE id = ?

-- name: last_line
SELECT coalesce(max(id), 0) FROM lines

-- name: insert_line
INSERT INTO lines (day, kind, amount, count, bank_reference, customer_reference, code, text)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: lines_of_day
SELECT * FROM lines WHERE day = ? ORDER BY id

-- name: balance
SELECT coalesce(sum(amount), 0) FROM lines

-- name: last_closing
SELECT closing FROM statements ORDER BY day DESC LIMIT 1

-- name: count_statements
SELECT count(*) FROM statements

-- name: insert_statement
INSERT INTO statements (day, opening, closing, lines) VALUES (?, ?, ?, ?)

-- name: insert_outgoing
INSERT INTO outgoing (name, made_at, sha256, content) VALUES (?, ?, ?, ?)

-- name: unwritten
SELECT id, name, content FROM outgoing WHERE written = 0 ORDER BY id

-- name: set_written
-- The file has the content now.
UPDATE outgoing SET written = 1, content = NULL WHERE id = ?

-- name: insert_rule
INSERT INTO rules (rule, remaining) VALUES (?, ?)

-- name: rules
SELECT id, rule, remaining FROM rules WHERE remaining IS NULL OR remaining > 0 ORDER BY id

-- name: use_rule
UPDATE rules SET remaining = remaining - 1 WHERE id = ?

-- name: show_files
SELECT * FROM files ORDER BY id

-- name: show_batches
SELECT * FROM batches WHERE file = ? ORDER BY id

-- name: show_entries
-- Entries with what has come of them.
SELECT e.*, b.number AS batch_number, b.status, b.settle_on, b.description, f.name AS file_name, o.action,
  o.code AS reason, o.due_at, o.trace AS outcome_trace
FROM entries AS e JOIN batches AS b ON b.id = e.batch JOIN files AS f ON f.id = b.file
LEFT JOIN outcomes AS o ON o.entry = e.id
WHERE e.account = coalesce(?, e.account)
ORDER BY e.id LIMIT ?

-- name: show_due
-- What happens next.
SELECT due_at, kind, count FROM (
  SELECT read_at AS due_at, 'read a delayed file' AS kind, 1 AS count FROM deliveries WHERE content IS NOT NULL
  UNION ALL SELECT due_at, 'acknowledge a file', 1 FROM acknowledgements WHERE done = 0
  UNION ALL SELECT settle_at, 'settle a batch', entries FROM batches WHERE status = 'accepted'
  UNION ALL SELECT due_at, 'send returns', count(*) FROM outcomes WHERE trace IS NULL GROUP BY due_at
  UNION ALL SELECT next_statement, 'statement', 1 FROM bank
  UNION ALL SELECT contest_at, 'contest dishonored returns', count(*) FROM dishonors
    WHERE contest_trace IS NULL AND contest_at IS NOT NULL GROUP BY contest_at
) AS steps ORDER BY due_at LIMIT 20

-- name: totals
SELECT (SELECT count(*) FROM files WHERE status = 'accepted') AS accepted,
  (SELECT count(*) FROM files WHERE status = 'rejected') AS rejected,
  (SELECT count(*) FROM batches WHERE status = 'settled') AS settled,
  (SELECT count(*) FROM outcomes WHERE trace IS NOT NULL AND action = 'return') AS returned,
  (SELECT count(*) FROM outcomes WHERE trace IS NOT NULL AND action = 'notify') AS notified,
  (SELECT count(*) FROM statements) AS statements,
  (SELECT count(*) FROM outgoing) AS written
