"""Tests of SEPA direct debits: identifiers, days, and the messages that collect."""
