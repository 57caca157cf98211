"""Records all that Brim says to the outside, to prove that a change inside has not changed the wire.

It knows Brim as a user does: by its command, by HTTP and by websockets. It imports nothing of `brim` or of the tests,
so one version of it can be run before and after modules have moved. Start reading at `session.py`, which plays the
whole recording; `masks.py` says what is replaced because it differs from run to run.
"""
