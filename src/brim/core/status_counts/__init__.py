"""How many objects of a platform's lists have each status, for whoever looks at a list by status.

Only what an index by status serves is counted, and no more than 1,000 of each. Neighbours: the capabilities whose lists
are counted, which say what their ids begin with and which statuses there are; `topups.search` counts top-ups, with
all their filters. Start reading at `service`.
"""

from brim.core.status_counts.rules import MOST_COUNTED, CountedList, StatusCount
from brim.core.status_counts.service import count_statuses

__all__ = ["MOST_COUNTED", "CountedList", "StatusCount", "count_statuses"]
