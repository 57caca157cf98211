"""The days on which banks work: holidays, cut-offs, and when money submitted now is available.

Pure: computed for each clearing system and year. Neighbours: `rails` asks. Start reading at `rules`.
"""
