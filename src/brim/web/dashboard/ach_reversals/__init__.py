"""Reversals: the worklist of debits that are taken back, and the form that requests one."""
