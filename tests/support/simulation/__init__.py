"""A deterministic simulation of Brim: its real code on real PostgreSQL, in one process, with all chance from one seed.

`loop` is an event loop whose time moves only on demand, and which says when everything waits. `conductor` stands at the
wire between Brim and PostgreSQL: whenever everything waits, it decides by chance which round trip goes next, and which
fails. `world` has the processes, clients, receivers and the bank, `oracle` what must be true of them, and `mutants`
defects that must be found. Start reading at `run`.
"""
