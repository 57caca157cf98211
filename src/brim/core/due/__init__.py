"""What is due later, whatever it is: the queues that a clock moves through, and what keeps them in order.

A queue is a column of the rows that wait (`due_ms`), so nothing has an extra row in its normal life; what could not be
done is noted by `jobs`. Neighbours: `topups` brings a queue, `test_clocks` moves through all of them. Start reading at
`queues`.
"""

from brim.core.due.queues import DueItem, DueQueue, in_order

__all__ = ["DueItem", "DueQueue", "in_order"]
