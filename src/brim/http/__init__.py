"""http: TODO."""
