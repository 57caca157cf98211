"""changes: TODO."""
