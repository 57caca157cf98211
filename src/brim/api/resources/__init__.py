"""resources: TODO."""
