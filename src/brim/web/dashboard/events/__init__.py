"""Events: the list, and one with its payload and where it was delivered."""
