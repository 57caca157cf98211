"""Files that came from the bank: their list, and one with what is wrong with it and its breaks."""
