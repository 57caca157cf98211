"""Money at risk and the forecast of arrivals on the wire. They are Brim's own.

Start reading at `operations`.
"""
