-- name: read_channels
-- All channels without their URLs: e-mail, then chats, the oldest first. There are few.
SELECT id, kind, name, host, is_on, created_ms, sent_ms, failing_since_ms, error, error_ms
FROM notification_channels
ORDER BY id;

-- name: lock_channel
-- One channel, held until the transaction ends.
SELECT id, kind, name, host, is_on, created_ms, sent_ms, failing_since_ms, error, error_ms
FROM notification_channels
WHERE id = $1
FOR NO KEY UPDATE;

-- name: read_url
-- The sealed URL of a chat.
SELECT sealed FROM notification_channels WHERE id = $1;

-- name: ensure_email
-- E-mail, turned off, unless it is there.
INSERT INTO notification_channels (id, kind, name, created_ms)
VALUES ('email', 'email', 'Email', 0)
ON CONFLICT ON CONSTRAINT notification_channels_pk DO NOTHING;

-- name: insert_chat
-- A new chat.
INSERT INTO notification_channels (id, kind, name, sealed, host, is_on, created_ms)
VALUES ($1, 'chat', $2, $3, $4, $5, $6);

-- name: delete_chat
-- Remove a chat.
DELETE FROM notification_channels WHERE id = $1 AND kind = 'chat';

-- name: delete_recipient
-- Forget what a recipient wants to be told.
DELETE FROM notification_recipients WHERE id = $1;

-- name: delete_messages
-- Forget what was to be sent by a channel.
DELETE FROM notification_messages WHERE channel = $1;

-- name: set_on
-- Turn a channel on or off.
UPDATE notification_channels
SET is_on = $2, failing_since_ms = NULL, error = NULL, error_ms = NULL
WHERE id = $1;

-- name: note_sent
-- A channel works.
UPDATE notification_channels
SET sent_ms = $2, failing_since_ms = NULL
WHERE id = $1;

-- name: note_failed
-- Something went wrong with a channel.
UPDATE notification_channels
SET error = $2, error_ms = $4,
    failing_since_ms = CASE WHEN $3 THEN coalesce(failing_since_ms, $4) ELSE failing_since_ms END
WHERE id = $1;

-- name: lock_planning
-- The row that whoever plans holds; none while somebody else does.
SELECT id FROM notification_channels WHERE id = 'email' FOR NO KEY UPDATE SKIP LOCKED;
