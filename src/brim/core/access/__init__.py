"""access: TODO."""
