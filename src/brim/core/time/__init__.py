"""time: TODO."""
