"""How money is collected: one module for each rail, all answering the same questions.

When will the money be usable, when is an answer due, and what came back? Rails know no top-ups: they see an
instruction. Pure: no database, no network, no clock. Neighbours: `topups` asks. Start reading at `protocol`.
"""
