"""Money at risk: usable money that may still be taken back, and when pending money arrives."""
