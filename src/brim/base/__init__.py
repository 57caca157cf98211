"""The ground floor: ids, clocks, currencies, pages of lists, and the root of all errors.

Pure: no database, no network, no settings. Every other package may import it, and it imports none. Start reading at
`ids`.
"""
