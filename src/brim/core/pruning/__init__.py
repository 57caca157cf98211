"""What is forgotten in time: old events, idempotency keys, sessions and tries to sign in.

Neighbours: the worker runs it. Start reading at `service`.
"""
