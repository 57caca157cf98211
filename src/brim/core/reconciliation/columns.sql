-- What several statements of this capability name, once: see platform/sql.py.

-- columns: break
id text, kind text, cause text, bank_file text, amount bigint, currency text, reference text, detail text, raw text,
opened_ms bigint, resolved_ms bigint, resolved_by text, resolution text, statement text, line text, assigned_to text,
note text

-- columns: statement
id text, bank_account text, currency text, bank_file text, number text, first_day date, last_day date, opening bigint,
closing bigint, line_count integer, new_count integer, place text, replaced_by text, created_ms bigint

-- columns: line
id text, statement text, bank_account text, line_key text, bank_file text, position integer, booked_on date,
amount bigint, currency text, type_code text, bank_reference text, reference text, description text, matched_kind text,
matched text, created_ms bigint, parent text, remittance text
