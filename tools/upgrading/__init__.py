"""Upgrades a data folder that an earlier version wrote under load, and measures what the migrations cost.

Start reading at `scenario.py`, which is the test. `version.py` runs a version of Brim from its source tree, `load.py`
puts load on it, `reading.py` records what its API says, `fixture.py` keeps such a folder as SQL, and
`migration_bench.py` migrates a large one beside a client. `rolling.py` replaces the processes of one version by
another's under the load of `sdk_load.py`; `lock_bench.py` measures locks on the tables that `many_rows.py` fills.
"""
