"""Prenotes: their list, and one with its entries in files and what its bank has said."""
