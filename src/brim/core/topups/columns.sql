-- columns: new_topup
-- What a create writes of a top-up's row.
account text,
livemode boolean,
id text,
amount bigint,
currency text,
created bigint,
expected_availability_date bigint,
due_ms bigint,
description text,
metadata jsonb,
payment_method text,
payment_method_network text,
source text,
source_details json,
statement_descriptor text,
transfer_group text,
rail text,
scenario text,
settlement_days smallint,
calendar text,
test_clock text

-- columns: topup
-- What is read of it: that, and what settlement writes.
{new_topup_definitions},
status text,
balance_transaction text,
failure_code text,
failure_message text
