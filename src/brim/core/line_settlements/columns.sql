-- What several statements of this capability name, once: see platform/sql.py.

-- columns: settlement
id text, bank_account text, currency text, amount bigint, status text, note text, proposed_by text, proposed_ms bigint,
decided_by text, decided_ms bigint, undo_note text, undo_by text, undo_ms bigint, undone_by text, undone_ms bigint,
one_person boolean
