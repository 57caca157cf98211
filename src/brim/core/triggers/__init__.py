"""How each event of a top-up is made to happen in test mode: the requests that `brim trigger` and the Shell send.

Pure, and loaded by the command line at once: it imports nothing of the other capabilities. Start reading at `rules`.
"""

from brim.core.triggers.rules import TRIGGERS, Step, change_steps

__all__ = ["TRIGGERS", "Step", "change_steps"]
