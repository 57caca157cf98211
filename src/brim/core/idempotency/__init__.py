"""Idempotency keys: which request a key stands for, and its reply, found again by a retry.

Neighbours: every use case that a POST runs goes through `service.run_once`. Start reading at `rules`.
"""
