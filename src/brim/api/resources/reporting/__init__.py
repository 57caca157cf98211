"""Reports on the wire: types, runs and the contents of their files.

Source: Stripe API reference, Report Runs, Report Types and Files. Start reading at `operations`.
"""
