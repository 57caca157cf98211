"""Brim tops up prepaid balances and speaks the Stripe Top-ups API on the wire."""

__version__ = "0.1.0"
