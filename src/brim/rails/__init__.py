"""How money really moves: one module for each way, all answering the same three questions.

When will the money be usable, when is an answer due, and what came back? `rail` states the questions, `sandbox`
answers them for test mode. Pure: no database, no network, no clock. Neighbours: `services` above asks, `domain`
below has the top-up. Start reading at `rail`.
"""
