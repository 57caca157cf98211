"""What every operation is made of: parameters and their kinds, calls, rights, errors, expansion, lists.

It knows no resource. Neighbours: `resources` declares operations with it, `app` runs them. Start at `operation`.
"""
