-- Who lets money out is another person than the one who prepared it, and is who they say.

-- Who let a rejected entry go out again: whoever did does not approve the file that has it. An id of an operator, or the
-- name of another actor; NULL for an entry that never was rejected.
ALTER TABLE ach_entries ADD COLUMN resubmitted_by text COLLATE "C";

-- When the operator has shown their password anew in this session, and a code where they have codes on; NULL for never.
ALTER TABLE operator_sessions ADD COLUMN confirmed_ms bigint;
