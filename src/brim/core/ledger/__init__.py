"""ledger: TODO."""
