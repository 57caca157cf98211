"""The result of the newest verification on the wire. It is Brim's own.

Start reading at `operations`.
"""
