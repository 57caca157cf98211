"""The verification of the books, as the operator of the installation reads it."""
