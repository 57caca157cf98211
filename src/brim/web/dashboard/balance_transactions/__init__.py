"""Balance transactions: what changed the balance, with the balance after each."""
