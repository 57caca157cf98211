"""Breaks: what the bank says and what does not match, listed by age and settled with a reason."""
