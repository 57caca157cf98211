"""API keys: what there are and what each may do; making, rolling and revoking them."""
