"""test_helpers: TODO."""
