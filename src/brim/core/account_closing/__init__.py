"""account_closing: TODO."""
