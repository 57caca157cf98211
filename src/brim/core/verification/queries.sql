-- name: prefer_ranges
-- The planner cannot tell how small a range is; both sides of a comparison are joined by hashing, for these values.
SET LOCAL enable_mergejoin = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL work_mem = '32MB';

-- name: estimate_rows
-- About how many rows the walks will read, from the planner's statistics.
SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint
FROM pg_class
WHERE oid IN ('topups'::regclass, 'events'::regclass, 'idempotency_keys'::regclass);

-- name: topups_range_end
-- The last key of a range of top-ups, when there are more beyond it.
SELECT account, livemode, id
FROM topups
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
OFFSET $4
LIMIT 1;

-- name: events_range_end
-- The last key of a range of events, when there are more beyond it.
SELECT account, livemode, id
FROM events
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
OFFSET $4
LIMIT 1;

-- name: idempotency_keys_range_end
-- The last key of a range of idempotency keys, when there are more beyond it.
SELECT account, livemode, key
FROM idempotency_keys
WHERE (account, livemode, key) > ($1, $2, $3)
ORDER BY account, livemode, key
OFFSET $4
LIMIT 1;

-- name: entries_range_end
-- The last key of a range of entries, when there are more beyond it.
SELECT account, livemode, id
FROM journal_entries
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
OFFSET $4
LIMIT 1;

-- name: entry_lines_range_end
-- The last key of a range of entries' further lines, when there are more beyond it. Lines of one entry may fall into two
-- ranges; each is looked at by itself.
SELECT account, livemode, entry
FROM journal_entry_lines
WHERE (account, livemode, entry) > ($1, $2, $3)
ORDER BY account, livemode, entry
OFFSET $4
LIMIT 1;

-- name: topups_count_after
-- How many rows of the last range there are.
SELECT count(*)
FROM (
    SELECT
    FROM topups
    WHERE (account, livemode, id) > ($1, $2, $3)
    ORDER BY account, livemode, id
    LIMIT $4
) AS counted;

-- name: events_count_after
-- How many rows of the last range there are.
SELECT count(*)
FROM (
    SELECT
    FROM events
    WHERE (account, livemode, id) > ($1, $2, $3)
    ORDER BY account, livemode, id
    LIMIT $4
) AS counted;

-- name: idempotency_keys_count_after
-- How many rows of the last range there are.
SELECT count(*)
FROM (
    SELECT
    FROM idempotency_keys
    WHERE (account, livemode, key) > ($1, $2, $3)
    ORDER BY account, livemode, key
    LIMIT $4
) AS counted;

-- name: entries_count_after
-- How many rows of the last range there are.
SELECT count(*)
FROM (
    SELECT
    FROM journal_entries
    WHERE (account, livemode, id) > ($1, $2, $3)
    ORDER BY account, livemode, id
    LIMIT $4
) AS counted;

-- name: entry_lines_count_after
-- How many rows of the last range there are.
SELECT count(*)
FROM (
    SELECT
    FROM journal_entry_lines
    WHERE (account, livemode, entry) > ($1, $2, $3)
    ORDER BY account, livemode, entry
    LIMIT $4
) AS counted;
