"""Live money by ACH: files that leave, files from the bank, breaks, stops, originators. Brim's own, for platforms.

Keys of connected accounts are refused: files, the bank and whom it debits belong to the platform. Start reading at
`operations`.
"""
