"""Corrections: the banks' notifications of change, their outcomes, and the refusal of an open one."""
