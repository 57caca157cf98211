"""account_config: TODO."""
