"""worker: TODO."""
