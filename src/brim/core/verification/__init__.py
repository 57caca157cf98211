"""verification: TODO."""
