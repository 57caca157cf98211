"""bank_accounts: TODO."""
