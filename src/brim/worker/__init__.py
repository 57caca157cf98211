"""What happens without a request: settling what is due, numbering and sending events, forgetting what is old.

A job does one small step and says how much it did; `loop` repeats it, `run` puts the jobs of a process together. Any
number of worker processes may run beside each other. Neighbours: `core` below does the steps; `api` stands beside and
is not known here. Start reading at `run`.
"""
