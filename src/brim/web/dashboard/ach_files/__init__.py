"""Files of live money: those for the bank and those that come from it, and the bytes of both for who works with them."""
