"""operators: TODO."""
