"""funding: TODO."""
