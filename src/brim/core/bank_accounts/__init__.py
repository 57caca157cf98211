"""Bank accounts as such: their numbers, whose they are, and the states of their verification.

Pure rules that `funding`, `accounts` and `rails` share. Start reading at `rules`.
"""
