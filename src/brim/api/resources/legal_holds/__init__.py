"""Legal holds on the wire, for the platform account. They are Brim's own.

Start reading at `operations`.
"""
