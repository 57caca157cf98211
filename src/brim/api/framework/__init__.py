"""framework: TODO."""
