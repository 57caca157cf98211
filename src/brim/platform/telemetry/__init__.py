"""What the service tells about itself: structured logs with the request id, and Prometheus metrics.

Neighbours: every package above may log and count; nothing here knows what is counted. Start reading at `logs`.
"""
