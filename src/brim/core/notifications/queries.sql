-- name: read_recipient
-- What a recipient wants, and when they were told and are to be.
SELECT choices, timezone, hour, weekday, wants_empty, told_ms, daily_ms, weekly_ms
FROM notification_recipients
WHERE id = $1;

-- name: write_preferences
-- What a recipient wants from now on, and when their next digests are due.
INSERT INTO notification_recipients (id, choices, timezone, hour, weekday, wants_empty, daily_ms, weekly_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT ON CONSTRAINT notification_recipients_pk DO UPDATE
SET choices = excluded.choices, timezone = excluded.timezone, hour = excluded.hour, weekday = excluded.weekday,
    wants_empty = excluded.wants_empty, daily_ms = excluded.daily_ms, weekly_ms = excluded.weekly_ms;

-- name: write_standing
-- When a recipient was told, and when their next digests are due.
INSERT INTO notification_recipients (id, told_ms, daily_ms, weekly_ms)
VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT notification_recipients_pk DO UPDATE
SET told_ms = excluded.told_ms, daily_ms = excluded.daily_ms, weekly_ms = excluded.weekly_ms;

-- name: open_matters
-- What needed attention when somebody last looked.
SELECT id, matter, began_ms, seen_ms, resolved_ms
FROM notification_matters
WHERE resolved_ms IS NULL
ORDER BY began_ms, id;

-- name: matters_resolved_since
-- What is over since a time.
SELECT id, matter, began_ms, seen_ms, resolved_ms
FROM notification_matters
WHERE resolved_ms >= $1
ORDER BY resolved_ms, id;

-- name: insert_matter
-- Something that has begun.
INSERT INTO notification_matters (id, key, matter, began_ms, seen_ms) VALUES ($1, $2, $3, $4, $4);

-- name: update_matter
-- Something that is still there.
UPDATE notification_matters SET matter = $2, seen_ms = $3 WHERE id = $1;

-- name: resolve_matter
-- Something that is over.
UPDATE notification_matters SET resolved_ms = $2 WHERE id = $1;

-- name: read_told
-- What a recipient was told of some matters.
SELECT matter, told_ms, count, ended_ms
FROM notification_told
WHERE recipient = $1 AND matter = ANY ($2::text[]);

-- name: write_told
-- That a recipient is told of a matter.
INSERT INTO notification_told (matter, recipient, told_ms, count)
VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT notification_told_pk DO UPDATE SET told_ms = excluded.told_ms, count = excluded.count;

-- name: write_ended
-- That a recipient is told that a matter is over.
UPDATE notification_told SET ended_ms = $3 WHERE matter = $1 AND recipient = $2;

-- name: insert_message
-- A message that is due at once.
INSERT INTO notification_messages (id, channel, recipient, kind, content, created_ms, next_attempt_ms)
VALUES ($1, $2, $3, $4, $5, $6, $6);

-- name: claim_messages
-- Messages that are due, each taken by one worker until its lease ends; whoever crashes meanwhile leaves it to the next.
UPDATE notification_messages AS m
SET attempts = m.attempts + 1, next_attempt_ms = $2
FROM (
    SELECT id
    FROM notification_messages
    WHERE next_attempt_ms <= $1
    ORDER BY next_attempt_ms
    LIMIT $3
    FOR UPDATE SKIP LOCKED
) AS due
WHERE m.id = due.id
RETURNING m.id, m.channel, m.recipient, m.kind, m.content, m.created_ms, m.attempts;

-- name: waiting_recipients
-- Whom a message could not be sent to yet.
SELECT recipient
FROM notification_messages
WHERE next_attempt_ms > 0 AND error IS NOT NULL
ORDER BY next_attempt_ms;

-- name: finish_message
-- A message that was sent, or given up.
UPDATE notification_messages
SET next_attempt_ms = NULL, sent_ms = $2, error = $3
WHERE id = $1;

-- name: retry_message
-- A message that is tried again.
UPDATE notification_messages
SET next_attempt_ms = $2, error = $3
WHERE id = $1;

-- name: latest_messages
-- The newest messages, for people; ids are time-ordered.
SELECT id, channel, recipient, kind, created_ms, attempts, next_attempt_ms, sent_ms, error
FROM notification_messages
ORDER BY id DESC
LIMIT $1;

-- name: prune_messages
-- Messages that were made before a time and are done.
DELETE FROM notification_messages
WHERE id IN (
    SELECT id FROM notification_messages WHERE id < $1 AND next_attempt_ms IS NULL ORDER BY id LIMIT $2
);

-- name: prune_matters
-- Matters that were over before a time.
DELETE FROM notification_matters
WHERE id IN (
    SELECT id FROM notification_matters WHERE resolved_ms < $1 ORDER BY resolved_ms LIMIT $2
);
