"""Files of live money, for the bank and from it, and the bytes of both for those who work with them."""
