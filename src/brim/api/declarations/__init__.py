"""The parameters of every operation, in the order in which their errors are reported.

A module for each of `operations`, which puts these into the table; what several take is in `common`. Neighbour: `kinds`
has what parameters may hold. Source: the parameter types of the official SDKs and the published schemas; where they
leave a bound open it is ours.
"""
