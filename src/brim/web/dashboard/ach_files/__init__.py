"""ACH files that leave for the bank: their list, one with its entries, its bytes, and what people do with it."""
