-- The least that any durable create costs: one row, one statement, one commit.
\set n :n + 1
\set id :base + :n * 64 + :client_id
INSERT INTO topups (
    account, livemode, id, amount, currency, created, expected_availability_date, due_ms, status, description,
    statement_descriptor
)
VALUES (
    'acct_1032D82eZvKYlo2C', false, :id, 2000, 'usd', :now_s, :now_s, :now_ms, 'pending',
    'Top-up for week of May 31', 'Weekly top-up'
);
