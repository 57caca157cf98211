"""pruning: TODO."""
