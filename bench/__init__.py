"""Measures Brim beside its peers on one machine: `make bench`, or `python -m bench` from the top of the tree.

`__main__` says what is measured; `rounds` measures it; `report` writes the table into docs/performance.md. The load
comes from wrk (`http_load`, load.lua) and pgbench (`sql_load`, pgbench/*.sql). `protocol` is a measurement of its own.
"""
