"""Rules as pure functions on frozen structs: no clock, no database, no network.

`topups` holds the life of a top-up, `ledger` what a step books, `events` what is announced; `topup_wire` and its like
say how each kind of object is written for clients. Neighbours: `services` above decides with these rules; `kit` below
has ids and currencies. Start reading at `topups`.
"""
