"""Accounts of the installation, and the choice of the one that all pages show."""
