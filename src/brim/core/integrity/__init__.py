"""integrity: TODO."""
