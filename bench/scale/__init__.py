"""The arithmetic from one machine to a million creates a second: `make scaling`, or `python -m bench.scale`.

`costs` has what was measured, and where; `model` is the simulation that uses it; `points` are measurements that the
model must reproduce; `steps` are the layouts of docs/scaling.md, and what breaks first in each; `__main__` writes the
page's tables.
"""
