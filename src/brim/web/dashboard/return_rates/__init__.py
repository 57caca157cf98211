"""Return rates: how many debits come back, and the override by which two people let debits go on."""
