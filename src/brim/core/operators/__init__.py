"""The people who sign in to the pages: passwords, one-time codes, providers, sessions, links, and their keys.

Neighbours: `audit` tells what they did. Start reading at `rules`, then `sign_in`.
"""
