"""The ground floor: ids, clock, currencies, settings and the root of all errors.

Standard library only; every other room may import it and it imports none. Start reading at `ids`.
"""
