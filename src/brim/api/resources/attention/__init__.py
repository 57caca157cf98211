"""What needs attention, on the wire: the list behind Home. It is Brim's own.

Start reading at `operations`.
"""
