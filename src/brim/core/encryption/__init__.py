"""encryption: TODO."""
