"""test_clocks: TODO."""
