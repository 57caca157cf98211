"""Refunds: the worklist of top-ups that are paid back, and the form that requests one."""
