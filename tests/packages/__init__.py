"""What is released: built twice with the same bytes, and installed as people install things."""
