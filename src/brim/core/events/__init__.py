"""Events: their types, made with what they announce, and read by id, by page and by number.

Neighbours: whoever changes something writes one here; `webhooks` and `stripe_cli` send them. Start reading at `rules`.
"""
