"""The official command line listening: sessions, connections, what each is sent, and events sent again.

Neighbours: `events` and `request_logs`, which it streams; `webhooks`, whose messages it has. Start at `rules`.
"""
