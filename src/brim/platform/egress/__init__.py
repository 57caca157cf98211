"""Requests to other people's servers: which addresses may be dialled, how names are looked up, and by which proxy.

Start reading at `targets`. Neighbours: webhooks and the sign-in by a provider send through it.
"""
