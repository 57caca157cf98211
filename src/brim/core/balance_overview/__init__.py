"""balance_overview: TODO."""
