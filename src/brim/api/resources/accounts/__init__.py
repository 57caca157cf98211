"""accounts: TODO."""
