"""idempotency: TODO."""
