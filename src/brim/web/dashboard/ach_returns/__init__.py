"""Returns: the worklist with its deadlines, and the dishonor of one."""
