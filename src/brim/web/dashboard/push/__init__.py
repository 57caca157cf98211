"""Incoming transfers: the suspense queue and a page for each transfer; funding instructions of the account."""
