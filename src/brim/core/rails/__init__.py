"""rails: TODO."""
