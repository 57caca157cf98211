"""Tests of references, and of what becomes of a transfer."""
