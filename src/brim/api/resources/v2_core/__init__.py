"""v2_core: TODO."""
