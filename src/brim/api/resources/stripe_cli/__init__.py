"""stripe_cli: TODO."""
