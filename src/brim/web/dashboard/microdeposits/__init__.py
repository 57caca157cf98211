"""Micro-deposits: their list."""
