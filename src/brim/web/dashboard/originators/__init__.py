"""Originators: who debits bank accounts for the platform, written, activated and suspended."""
