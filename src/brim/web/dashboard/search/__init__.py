"""Search and the command palette: objects by id, amount, metadata and text; pages and actions by their words.

Start reading at `pages`, then `objects`.
"""
