"""pairing: TODO."""
