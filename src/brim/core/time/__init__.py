"""What time it is for an account: real time, or that of the test clock in which its test mode lives.

Neighbours: everything that happens asks here first; `test_clocks` moves the clocks. Start reading at `rules`.
"""
