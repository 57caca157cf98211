"""balance: TODO."""
