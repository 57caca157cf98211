"""Micro-deposits: their list, of one bank account or of all, as operators see it; no amounts."""
