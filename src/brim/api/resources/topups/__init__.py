"""topups: TODO."""
