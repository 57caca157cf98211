"""webhooks: TODO."""
